"""Articles as read: canonical text, kept verbatim, with what is known about each."""

from __future__ import annotations

import bisect
import hashlib
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from index.folders import DocumentError, find_files
from index.formats.base import Extracted, ExtractError, Findings
from index.formats.extract import SUFFIXES, extract
from index.formats.jsonl import Line, ParseTask, parse_line, read_lines
from index.formats.tables import Table
from index.formats.titles import short_title
from index.work.executor import Budget, Executor, InProcess, Overrun

# A longer file is no article; reading it whole would fill the memory.
MAX_FILE_BYTES = 20_000_000
# JSON takes forty times the memory of its text at the worst.
_LONG_LINE_BYTES = 1_000_000
# Browsers open no longer address.
_MAX_URL_CHARACTERS = 2_000

_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
_NUMBERS = re.compile(r"\d+")

# The article that the service answers about out of the box.
PACKAGED_CORPUS = Path(__file__).parent / "corpus"


class _Kept:
    """Room for what is computed of a document once, and is no part of it."""

    __slots__ = ("_sha256",)
    _sha256: str


@dataclass(frozen=True, slots=True)
class Document(_Kept):
    """One article.

    Attributes:
        doc_id: Unique in an index; for a file, its path in the folder that was
            read, without the ending.
        text: The canonical text, to which all offsets refer. Never changed.
        title: What to call the article.
        url: Where it was published, or ``None``.
        published: ISO 8601 date of publication, or ``None``.
        pages: Offsets at which its pages start; empty if it has no pages.
        tables: Where its tables stand, in the order of the text.
    """

    doc_id: str
    text: str
    title: str
    url: str | None = None
    published: str | None = None
    pages: tuple[int, ...] = ()
    tables: tuple[Table, ...] = ()

    @property
    def sha256(self) -> str:
        """Return the checksum that names the text: hex SHA-256 of its UTF-8 bytes."""
        # A text may be long, and its documents are listed again and again.
        if not hasattr(self, "_sha256"):
            digest = hashlib.sha256(self.text.encode("utf-8")).hexdigest()
            object.__setattr__(self, "_sha256", digest)
        return self._sha256

    @property
    def year(self) -> str:
        """Return the year it is of: the last one in its title, or that of its date."""
        found = _YEAR.findall(self.title) or _YEAR.findall((self.published or "")[:4])
        return str(found[-1]) if found else ""

    def is_version_of(self, other: Document) -> bool:
        """Tell whether two articles have the same title, up to its numbers."""
        title = _NUMBERS.sub("#", self.title)
        has_words = any(map(str.isalpha, title))
        return has_words and title == _NUMBERS.sub("#", other.title)

    def page_at(self, offset: int) -> int | None:
        """Return the number of the page, from 1, on which an offset of the text is."""
        return bisect.bisect_right(self.pages, offset) if self.pages else None


def _raise(error: DocumentError) -> NoReturn:
    raise error


def _pass_over(file: str, findings: Findings) -> None:
    return


def read_documents(
    path: Path,
    refuse: Callable[[DocumentError], None] = _raise,
    *,
    tell: Callable[[str, Findings], None] = _pass_over,
    executor: Executor | None = None,
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
        tell: Called with what happened to a file on its way to a text.
        executor: Where files are read, within ``EXTRACTION_BUDGET``; ``None`` for this
            process, in which nothing is given up.

    Raises:
        DocumentError: If the path does not exist or holds no file to read.
    """
    taken: set[str] = set()
    files = list(find_files(path, KINDS, refuse))
    alone = [file for file, _ in files if file.suffix.lower() != LINES]
    executor = executor or InProcess()
    extracted = executor.run(ExtractTask(), alone, EXTRACTION_BUDGET)
    for file, name in files:
        if file.suffix.lower() == LINES:
            articles = _lines(file, name, refuse, executor)
        else:
            articles = _article(file, name, next(extracted), refuse, tell)
        for document in articles:
            doc_id = document.doc_id
            if doc_id in taken and file.suffix.lower() != LINES:
                doc_id = name.as_posix()
            if doc_id in taken:
                refuse(DocumentError(f"{file}: the id {doc_id!r} is taken; rename it"))
                continue
            taken.add(doc_id)
            yield replace(document, doc_id=doc_id)


LINES = ".jsonl"
KINDS = (*SUFFIXES, LINES)
# A file that needs more is no article, but an attack or an accident.
EXTRACTION_BUDGET = Budget(seconds=15.0, memory=600_000_000)


@dataclass(frozen=True, slots=True)
class ExtractTask:
    """Reads one file after another: the article, or why there is none."""

    def start(self) -> Callable[[Path], Extracted | str]:
        """Return what reads a file."""
        return _extract_file


def _extract_file(file: Path) -> Extracted | str:
    try:
        status = file.stat()
        # A pipe or a device would be waited for, or never end.
        if not stat.S_ISREG(status.st_mode):
            return f"{file} is no regular file"
        if status.st_size > MAX_FILE_BYTES:
            return (
                f"{file} is larger than {MAX_FILE_BYTES:,} bytes; split it into "
                "articles"
            )
        return extract(file.read_bytes(), file.suffix.lower())
    except OSError as error:
        return f"cannot read {file}: {error.strerror}"
    except ExtractError as error:
        return f"{file} {error}"


def _article(
    file: Path,
    name: Path,
    found: Extracted | str | Overrun,
    refuse: Callable[[DocumentError], None],
    tell: Callable[[str, Findings], None],
) -> Iterator[Document]:
    stem = name.with_suffix("")
    try:
        stem.as_posix().encode("utf-8")
    except UnicodeEncodeError as error:
        refuse(DocumentError(f"the name of {file!r} is not UTF-8 ({error}); rename it"))
        return
    if isinstance(found, Overrun):
        refuse(DocumentError(f"{file} {found.reason} to be read; split or mend it"))
    elif isinstance(found, str):
        refuse(DocumentError(found))
    else:
        tell(str(file), found.findings)
        yield _document(stem.as_posix(), stem.name, found)


def _lines(
    file: Path,
    name: Path,
    refuse: Callable[[DocumentError], None],
    executor: Executor,
) -> Iterator[Document]:
    """Yield the articles of a file that has one a line; most need no extraction."""
    stem = name.with_suffix("")
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise ExtractError("is no regular file")
        stem.as_posix().encode("utf-8")
        for line in map(partial(_parsed, executor), read_lines(file, MAX_FILE_BYTES)):
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


def _parsed(executor: Executor, read: tuple[int, bytes] | Line) -> Line:
    """Return what a line holds; of a long one within the budget of a file."""
    if isinstance(read, Line):
        return read
    number, line = read
    if len(line) <= _LONG_LINE_BYTES:
        return parse_line(read)
    (found,) = executor.run(ParseTask(), [read], EXTRACTION_BUDGET)
    if isinstance(found, Overrun):
        problem = ExtractError(f"{found.reason} to be read; split or mend it")
        return Line(number, None, problem)
    return found


def _document(doc_id: str, name: str, extracted: Extracted) -> Document:
    return Document(
        doc_id,
        extracted.text,
        short_title(extracted.title or _title(name)),
        extracted.url if len(extracted.url or "") <= _MAX_URL_CHARACTERS else None,
        extracted.published,
        extracted.pages,
        extracted.tables,
    )


def _title(name: str) -> str:
    """Return a title made of a file's name: "Trade Talks 2025"."""
    words = name.replace("-", " ").replace("_", " ").split()
    return " ".join(word[0].upper() + word[1:] for word in words) or name
