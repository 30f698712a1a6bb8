"""Articles as read: canonical text, kept verbatim, with what is known about each."""

from __future__ import annotations

import bisect
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from index.extract import SUFFIXES, Extracted, ExtractError, extract
from index.jsonl import read_lines

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
        pages: Offsets at which its pages start; empty if it has no pages.
    """

    doc_id: str
    text: str
    title: str
    url: str | None = None
    published: str | None = None
    pages: tuple[int, ...] = ()

    @property
    def sha256(self) -> str:
        """Return the checksum that names the text: hex SHA-256 of its UTF-8 bytes."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    def page_at(self, offset: int) -> int | None:
        """Return the number of the page, from 1, on which an offset of the text is."""
        return bisect.bisect_right(self.pages, offset) if self.pages else None


def _raise(error: DocumentError) -> NoReturn:
    raise error


def read_documents(
    path: Path, refuse: Callable[[DocumentError], None] = _raise
) -> Iterator[Document]:
    """Yield the articles of a file, or of all files in a folder and below.

    Files of other kinds and hidden ones are passed over. The order is that of the
    sorted paths, so that equal folders give equal indexes. A document's id is its path
    without the ending, or what a line of JSON gives as ``id``; if it is taken, the
    path with the ending.

    Args:
        path: A file, or a folder.
        refuse: Called with the reason for each file, or line of JSON, that cannot be
            read; the others are read all the same. Without it the first is raised.

    Raises:
        DocumentError: If the path does not exist or holds no file to read.
    """
    taken: set[str] = set()
    for file, name in _files(path, refuse):
        for document in _read_file(file, name, refuse):
            doc_id = document.doc_id
            if doc_id in taken and file.suffix.lower() != _LINES:
                doc_id = name.as_posix()
            if doc_id in taken:
                refuse(DocumentError(f"{file}: the id {doc_id!r} is taken; rename it"))
                continue
            taken.add(doc_id)
            yield replace(document, doc_id=doc_id)


_LINES = ".jsonl"
_KINDS = ", ".join((*SUFFIXES, _LINES))


def _files(
    path: Path, refuse: Callable[[DocumentError], None]
) -> Iterator[tuple[Path, Path]]:
    """Yield the files to read, and their names in the index with the ending."""
    if not path.exists():
        raise DocumentError(f"no such file or folder: {path}")
    if not path.is_dir():
        if not _is_known(path):
            raise DocumentError(
                f"cannot read {path}: only {_KINDS} and folders of them"
            )
        yield path, Path(path.name)
        return
    root = os.path.realpath(path)
    found: list[Path] = []

    def refuse_folder(error: OSError) -> None:
        refuse(DocumentError(f"cannot read {error.filename}: {error.strerror}"))

    for folder, folders, names in os.walk(path, onerror=refuse_folder):
        # A link is followed to no folder: one inside is read in its own place.
        folders[:] = sorted(n for n in folders if not n.startswith("."))
        for name in (*folders, *names):
            entry = Path(folder) / name
            # Not Path.resolve: it fails at links in a circle, which are refused later.
            if entry.is_symlink() and not Path(os.path.realpath(entry)).is_relative_to(
                root
            ):
                refuse(DocumentError(f"{entry} is a link out of {path}"))
            elif name in names and _is_known(entry) and not name.startswith("."):
                found.append(entry)
    if not found:
        raise DocumentError(f"no {_KINDS} file in {path}; name a file or a folder")
    for file in sorted(found):
        yield file, file.relative_to(path)


def _is_known(path: Path) -> bool:
    return path.suffix.lower() in (*SUFFIXES, _LINES)


def _read_file(
    file: Path, name: Path, refuse: Callable[[DocumentError], None]
) -> Iterator[Document]:
    """Yield the articles of one file."""
    stem = name.with_suffix("")
    try:
        # A pipe or a device would be waited for, or never end.
        if not stat.S_ISREG(file.stat().st_mode):
            raise ExtractError("is no regular file")
        stem.as_posix().encode("utf-8")
        if file.suffix.lower() != _LINES:
            if file.stat().st_size > MAX_FILE_BYTES:
                raise ExtractError(
                    f"is larger than {MAX_FILE_BYTES:,} bytes; split it into articles"
                )
            extracted = extract(file.read_bytes(), file.suffix.lower())
            yield _document(stem.as_posix(), stem.name, extracted)
            return
        for line in read_lines(file, MAX_FILE_BYTES):
            if isinstance(line.article, ExtractError):
                refuse(DocumentError(f"{file}:{line.number} {line.article}"))
                continue
            doc_id = line.doc_id or f"{stem.as_posix()}/{line.number}"
            yield _document(doc_id, doc_id, line.article)
    except OSError as error:
        refuse(DocumentError(f"cannot read {file}: {error.strerror}"))
    except UnicodeEncodeError as error:
        refuse(DocumentError(f"the name of {file!r} is not UTF-8 ({error}); rename it"))
    except ExtractError as error:
        refuse(DocumentError(f"{file} {error}"))


def _document(doc_id: str, name: str, extracted: Extracted) -> Document:
    return Document(
        doc_id,
        extracted.text,
        extracted.title or _title(name),
        extracted.url,
        extracted.published,
        extracted.pages,
    )


def _title(name: str) -> str:
    """Return a title made of a file's name: "Trade Talks 2025"."""
    words = name.replace("-", " ").replace("_", " ").split()
    return " ".join(word[0].upper() + word[1:] for word in words) or name
