"""Articles as read: canonical text, kept verbatim, with what is known about each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# A longer file is no article; reading it whole would fill the memory.
MAX_FILE_BYTES = 20_000_000

# The article that the service answers about out of the box.
PACKAGED_CORPUS = Path(__file__).parent / "corpus"


class DocumentError(ValueError):
    """Text that cannot be indexed; the message names the file and the remedy."""


@dataclass(frozen=True, slots=True)
class Document:
    """One article.

    Attributes:
        doc_id: Unique in an index; for a file, its path in the folder that was
            read, without the ending.
        text: The canonical text, to which all offsets refer. Never changed.
        title: What to call the article.
        url: Where it was published, or ``None``.
        published: ISO 8601 date of publication, or ``None``.
    """

    doc_id: str
    text: str
    title: str
    url: str | None = None
    published: str | None = None

    @property
    def sha256(self) -> str:
        """Return the checksum that names the text: hex SHA-256 of its UTF-8 bytes."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()


def read_documents(path: Path) -> Iterator[Document]:
    """Yield the articles of a ``.txt`` file, or of all those in a folder and below.

    The order is that of the sorted paths, so that equal folders give equal indexes.

    Raises:
        DocumentError: If the path does not exist, holds no article, or a file
            cannot be read as UTF-8 text.
    """
    if path.is_dir():
        files = sorted(file for file in path.rglob("*.txt") if file.is_file())
        if not files:
            raise DocumentError(f"no .txt file in {path}; name a file or a folder")
        for file in files:
            yield _read_document(file, file.relative_to(path).with_suffix(""))
    elif not path.exists():
        raise DocumentError(f"no such file or folder: {path}")
    elif path.suffix.lower() != ".txt":
        raise DocumentError(f"cannot read {path}: only .txt files and folders of them")
    else:
        yield _read_document(path, Path(path.stem))


def _read_document(file: Path, name: Path) -> Document:
    try:
        data = file.read_bytes() if file.stat().st_size <= MAX_FILE_BYTES else None
    except OSError as error:
        raise DocumentError(f"cannot read {file}: {error.strerror}") from error
    if data is None:
        raise DocumentError(
            f"{file} is larger than {MAX_FILE_BYTES:,} bytes; split it into articles"
        )
    try:
        # Decoded from bytes, as text mode would change line ends and so offsets.
        text = data.decode("utf-8-sig")
        doc_id = name.as_posix()
        doc_id.encode("utf-8")
    except UnicodeError as error:
        raise DocumentError(f"{file} is not UTF-8 ({error}); convert it") from error
    return Document(doc_id, text, _title(name.name))


def _title(name: str) -> str:
    """Return a title made of a file's name: plain text has no better place for one."""
    words = name.replace("-", " ").replace("_", " ").split()
    title = " ".join(words) or name
    return title[0].upper() + title[1:]
