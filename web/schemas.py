"""What goes out as JSON, typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, RootModel

from index.documents import Document
from index.intake.worker import ENDED, Build, FileState, Progress
from qa.answerer import Stage
from qa.answering.citations import Citation
from qa.answers import Answer, Kind, Part
from qa.context import RequestContext, ScoredPlace
from qa.suggestions.suggestions import Suggestion
from qa.verification import QuoteState


class Reply(BaseModel):
    """Base of all replies."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


_MAX_TITLE_CHARACTERS = 300


def short_title(title: str) -> str:
    """Return a title that can be shown: some are whole texts."""
    if len(title) <= _MAX_TITLE_CHARACTERS:
        return title
    return title[: _MAX_TITLE_CHARACTERS - 1] + "…"


def web_address(url: str | None) -> str | None:
    """Return an address that is safe to link to: others may be programs."""
    is_web = url is not None and url.lower().startswith(("http://", "https://"))
    return url if is_web else None


class DocumentReference(Reply):
    """The document that a citation is from; ``sha256`` names its exact text."""

    id: str
    title: str
    url: str | None
    published: str | None
    sha256: str


class SentenceReply(Reply):
    """The sentence round a quote; ``text == document.text[start:end]``."""

    start: int
    end: int
    text: str


class PositionSelector(Reply):
    """Offsets, as W3C's Web Annotation names them."""

    type: Literal["TextPositionSelector"] = "TextPositionSelector"
    start: int
    end: int


class QuoteSelectorReply(Reply):
    """Words and those round them, as W3C's Web Annotation names them."""

    type: Literal["TextQuoteSelector"] = "TextQuoteSelector"
    exact: str
    prefix: str
    suffix: str


# What tells a quote from the same words elsewhere.
_AROUND = 64


class CitationReply(Reply):
    """Where a quote stands; offsets count code points of the document's text.

    ``page`` is the number of its page, from 1, in a document that has pages;
    ``selectors`` say the same as ``start``, ``end`` and ``quote`` to annotation tools.
    """

    document: DocumentReference
    start: int
    end: int
    quote: str
    before: str
    after: str
    sentence: SentenceReply
    page: int | None
    selectors: tuple[PositionSelector, QuoteSelectorReply]

    @classmethod
    def of(cls, citation: Citation) -> Self:
        """Return the reply for a citation."""
        return cls(
            document=DocumentReference(
                id=citation.doc_id,
                title=short_title(citation.title),
                url=web_address(citation.url),
                published=citation.published,
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
            selectors=(
                PositionSelector(start=citation.start, end=citation.end),
                QuoteSelectorReply(
                    exact=citation.quote,
                    prefix=citation.before[-_AROUND:],
                    suffix=citation.after[:_AROUND],
                ),
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
    confidence: float | None

    @classmethod
    def of(cls, part: Part) -> Self:
        """Return the reply for a part."""
        return cls(
            text=part.text,
            citations=list(part.citations),
            confidence=part.confidence,
        )


class ScoredPlaceReply(Reply):
    """A place in a document that a stage of the answer weighed, and its scores."""

    stage: str
    document_id: str
    start: int
    end: int
    scores: dict[str, float]

    @classmethod
    def of(cls, place: ScoredPlace) -> Self:
        """Return the reply for a place."""
        return cls(
            stage=place.stage,
            document_id=place.doc_id,
            start=place.start,
            end=place.end,
            scores=place.scores,
        )


class AnswerReply(Reply):
    """An answer with its citations, or with the nearest passages if there is none.

    ``explain`` is there when it was asked for.
    """

    question: str
    interpreted_question: str | None
    kind: Kind
    answer: str | None
    confidence: float | None
    citations: list[CitationReply]
    parts: list[PartReply]
    nearest_passages: list[CitationReply]
    suggested_questions: list[str]
    index_version: str
    timings_ms: TimingsReply
    kept_terms: list[str]
    judgement: Literal["yes", "no"] | None
    alternatives: list[PartReply]
    documents_searched: int | None
    unanswered: list[str]
    explain: list[ScoredPlaceReply] | None

    @classmethod
    def of(cls, answer: Answer, context: RequestContext | None = None) -> Self:
        """Return the reply for an answer, and for what was noted when it was made."""
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
            kept_terms=list(answer.kept_terms),
            judgement=answer.judgement,
            alternatives=[PartReply.of(each) for each in answer.alternatives],
            documents_searched=answer.documents_searched,
            unanswered=list(answer.unanswered),
            explain=[ScoredPlaceReply.of(each) for each in context.places]
            if context is not None and context.is_explained
            else None,
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


class QuoteReply(Reply):
    """What became of a citation: ``gone`` has no place any more.

    ``citation`` is where the words stand now.
    """

    document_id: str
    quote: str
    state: QuoteState
    citation: CitationReply | None


class VerifyReply(Reply):
    """What became of citations, in their order, in this index."""

    index_version: str
    results: list[QuoteReply]


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
    is the number of the page that begins with it.
    """

    text: str
    mark: Literal["quote", "other"] | None
    page: int | None


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


class FeedbackReply(Reply):
    """A verdict was kept, under this id."""

    id: str


class LivenessReply(Reply):
    """The process answers."""

    status: Literal["alive"] = "alive"


class ReadinessReply(Reply):
    """The service can answer questions, from this index."""

    status: Literal["ready"] = "ready"
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
