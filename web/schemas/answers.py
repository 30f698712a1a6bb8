"""Answers as they go out, and what they cite."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Self

from index.formats.titles import short_title
from qa.answerer import Stage
from qa.answering.citations import Citation
from qa.answers import Answer, Kind, Part
from qa.context import RequestContext, ScoredPlace
from qa.suggestions.suggestions import Suggestion
from qa.verification import QuoteState
from web.schemas.base import Reply, web_address


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
