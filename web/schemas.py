"""What goes out as JSON, typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from pydantic import BaseModel, ConfigDict

from index.documents import Document
from qa.answerer import Stage
from qa.answers import Answer, Kind, Part
from qa.citations import Citation
from qa.suggestions import Suggestion


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
    """Where a quote stands; offsets count code points of the document's text."""

    document: DocumentReference
    start: int
    end: int
    quote: str
    before: str
    after: str
    sentence: SentenceReply

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
        )


class TimingsReply(Reply):
    """Milliseconds spent on the parts of an answer."""

    retrieve: float
    read: float
    total: float


class PartReply(Reply):
    """One statement of an answer; ``citations`` are indices into the answer's."""

    text: str
    citations: list[int]

    @classmethod
    def of(cls, part: Part) -> Self:
        """Return the reply for a part."""
        return cls(text=part.text, citations=list(part.citations))


class AnswerReply(Reply):
    """An answer with its citations, or with the nearest passages if there is none."""

    question: str
    interpreted_question: str | None
    kind: Kind
    answer: str | None
    confidence: float
    citations: list[CitationReply]
    parts: list[PartReply]
    nearest_passages: list[CitationReply]
    suggested_questions: list[str]
    index_version: str
    timings_ms: TimingsReply

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """Return the reply for an answer."""
        return cls(
            question=answer.question,
            interpreted_question=answer.interpreted_question,
            kind=answer.kind,
            answer=answer.text,
            confidence=answer.confidence,
            citations=[CitationReply.of(each) for each in answer.citations],
            parts=[PartReply.of(each) for each in answer.parts],
            nearest_passages=[
                CitationReply.of(each) for each in answer.nearest_passages
            ],
            suggested_questions=list(answer.suggested_questions),
            index_version=answer.index_version,
            timings_ms=TimingsReply(
                retrieve=answer.timings_ms.retrieve,
                read=answer.timings_ms.read,
                total=answer.timings_ms.total,
            ),
        )


class StageReply(Reply):
    """What an answer that is being made is at."""

    stage: Stage


class SuggestionReply(Reply):
    """A question that the document answers."""

    question: str
    document_id: str


class SuggestionsReply(Reply):
    """Questions that the documents answer, best first; there may be none."""

    questions: list[SuggestionReply]

    @classmethod
    def of(cls, suggestions: Iterable[Suggestion]) -> Self:
        """Return the reply for suggestions."""
        return cls(
            questions=[
                SuggestionReply(question=each.question, document_id=each.doc_id)
                for each in suggestions
            ]
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


class ExcerptReply(Reply):
    """A whole document in three pieces: ``before + quote + after`` is its text."""

    document: DocumentSummary
    start: int
    end: int
    before: str
    quote: str
    after: str


class FeedbackReply(Reply):
    """A verdict was kept, under this number."""

    id: int


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
