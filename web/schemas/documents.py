"""Documents as they go out, and how far builds of them are."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import RootModel

from index.documents import Document
from index.formats.titles import short_title
from index.intake.progress import ENDED, Build, FileState, Progress
from qa.verification import QuoteState
from web.schemas.base import Reply, web_address


class DocumentSummary(Reply):
    """What is known about a document; ``characters`` counts code points."""

    id: str
    title: str
    url: str | None
    published: str | None
    sha256: str
    characters: int

    @classmethod
    def of(cls, document: Document) -> Self:
        """Return the summary of a document."""
        return cls(
            id=document.doc_id,
            title=short_title(document.title),
            url=web_address(document.url),
            published=document.published,
            sha256=document.sha256,
            characters=len(document.text),
        )


class DocumentsReply(Reply):
    """Documents, out of ``total``; ``next_cursor`` leads to those after them."""

    documents: list[DocumentSummary]
    total: int
    next_cursor: str | None
    index_version: str


class DocumentReply(Reply):
    """A whole document."""

    document: DocumentSummary
    text: str


class FoundReply(Reply):
    """A document, and what became of a quote of it.

    Without a quote to look for ``state`` is ``null``; the place is that of the quote
    now, and ``null`` if it is gone. ``page`` is the number of its page, from 1.
    """

    document: DocumentSummary
    state: QuoteState | None
    start: int | None
    end: int | None
    page: int | None
    before: str
    quote: str | None
    after: str


class ExcerptReply(FoundReply):
    """A whole document in three pieces: ``before + quote + after`` is its text."""


class PieceReply(Reply):
    """A piece of a text.

    ``mark`` tells whether it is of the quote looked for, or of another one; ``page``
    is the number of the page that begins with it; ``paragraph`` tells whether a
    paragraph does. A line end within a paragraph is white space, and may be shown so.
    """

    text: str
    mark: Literal["quote", "other"] | None
    page: int | None
    paragraph: bool


class PiecesReply(FoundReply):
    """A whole document in pieces; ``before`` and ``after`` are of the sentence."""

    pieces: list[PieceReply]


class TextReply(RootModel[DocumentReply | PiecesReply | ExcerptReply]):
    """A document, whole or in pieces."""


class ProgressReply(Reply):
    """How far one file, or one change of a document, has come.

    ``done`` of ``total`` parts of the stage under way are done; both are 0 where
    nobody counts. ``error`` is what is wrong with it, if it failed.
    """

    name: str
    state: FileState
    done: int
    total: int
    document_ids: list[str]
    error: str | None

    @classmethod
    def of(cls, progress: Progress) -> Self:
        """Return the reply for a file's progress."""
        return cls(
            name=progress.name,
            state=progress.state,
            done=progress.done,
            total=progress.total,
            document_ids=list(progress.document_ids),
            error=progress.error,
        )


class BuildReply(Reply):
    """A build of the index, and how far each of its files is."""

    id: str
    files: list[ProgressReply]
    is_over: bool

    @classmethod
    def of(cls, build: Build) -> Self:
        """Return the reply for a build."""
        files = build.progress()
        return cls(
            id=build.build_id,
            files=[ProgressReply.of(each) for each in files],
            is_over=all(each.state in ENDED for each in files),
        )
