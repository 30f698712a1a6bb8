"""What comes in and goes out as JSON, typed."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from index.documents import Document
from qa.answers import Answer, Citation
from qa.confidence import Verdict
from qa.pipeline import DEFAULT_K, MAX_K, MAX_QUESTION_CHARACTERS


class AnswerRequest(BaseModel):
    """A question, and how many passages to read for it."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    question: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=1, max_length=MAX_QUESTION_CHARACTERS
        ),
    ]
    k: Annotated[int, Field(ge=1, le=MAX_K)] = DEFAULT_K


class Reply(BaseModel):
    """Base of all replies."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class DocumentReference(Reply):
    """The document that a citation is from; ``sha256`` names its exact text."""

    id: str
    title: str
    url: str | None
    sha256: str


class SentenceReply(Reply):
    """The sentence round a quote; ``text == document.text[start:end]``."""

    start: int
    end: int
    text: str


class CitationReply(Reply):
    """Where a quote stands; offsets count code points of the document's text.

    ``page`` is the number of its page, from 1, in a document that has pages.
    """

    document: DocumentReference
    start: int
    end: int
    quote: str
    before: str
    after: str
    sentence: SentenceReply
    page: int | None

    @classmethod
    def of(cls, citation: Citation) -> Self:
        """Return the reply for a citation."""
        return cls(
            document=DocumentReference(
                id=citation.doc_id,
                title=citation.title,
                url=citation.url,
                sha256=citation.document_sha256,
            ),
            start=citation.start,
            end=citation.end,
            quote=citation.quote,
            before=citation.before,
            after=citation.after,
            sentence=SentenceReply(
                start=citation.sentence.start,
                end=citation.sentence.end,
                text=citation.sentence.text,
            ),
            page=citation.page,
        )


class TimingsReply(Reply):
    """Milliseconds spent on the parts of an answer."""

    retrieve: float
    read: float
    total: float


class AnswerReply(Reply):
    """An answer with its citations, or with the nearest passages if there is none."""

    question: str
    kind: Verdict
    answer: str | None
    confidence: float
    citations: list[CitationReply]
    nearest_passages: list[CitationReply]
    index_version: str
    timings_ms: TimingsReply

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """Return the reply for an answer."""
        return cls(
            question=answer.question,
            kind=answer.kind,
            answer=answer.text,
            confidence=answer.confidence,
            citations=[CitationReply.of(each) for each in answer.citations],
            nearest_passages=[
                CitationReply.of(each) for each in answer.nearest_passages
            ],
            index_version=answer.index_version,
            timings_ms=TimingsReply(
                retrieve=answer.timings_ms.retrieve,
                read=answer.timings_ms.read,
                total=answer.timings_ms.total,
            ),
        )


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
            title=document.title,
            url=document.url,
            published=document.published,
            sha256=document.sha256,
            characters=len(document.text),
        )


class DocumentsReply(Reply):
    """The indexed documents, by title."""

    documents: list[DocumentSummary]


class DocumentReply(Reply):
    """A whole document."""

    document: DocumentSummary
    text: str


class ExcerptRequest(BaseModel):
    """The part of a document to set apart: query parameters, so not strict."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: Annotated[int, Field(ge=0)]
    end: int


class ExcerptReply(Reply):
    """A whole document in three pieces: ``before + quote + after`` is its text."""

    document: DocumentSummary
    start: int
    end: int
    before: str
    quote: str
    after: str


class LivenessReply(Reply):
    """The process answers."""

    status: str = "alive"


class ReadinessReply(Reply):
    """The service can answer questions, from this index."""

    status: str = "ready"
    index_version: str
    documents: int


class FieldProblem(Reply):
    """What is wrong with one field; ``pointer`` is a JSON Pointer to it."""

    detail: str
    pointer: str


class Problem(Reply):
    """An error as in RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem]
