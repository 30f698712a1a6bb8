"""Candidates: the spans that may be the answer, at their places in the documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from index.paragraphs import paragraphs_at
from index.passages import ScoredPassage
from qa.reading.reader import Reading
from qa.reading.spans import Span, trim_span


class Place(Protocol):
    """A piece of a document: half-open offsets, in code points of its text."""

    @property
    def doc_id(self) -> str:
        """Return the document's id."""
        ...

    @property
    def start(self) -> int:
        """Return where it starts."""
        ...

    @property
    def end(self) -> int:
        """Return where it ends, exclusive."""
        ...


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a document; see ``Place``."""

    doc_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may be the answer, at its place in a document.

    Attributes:
        margin: The span's score minus the no-answer score of its passage: what
            candidates of different passages are compared by.
        passage: The passage it was read in; ``rank`` is its place among those
            retrieved, from 0.
    """

    doc_id: str
    start: int
    end: int
    text: str
    margin: float
    passage: ScoredPassage
    rank: int


def overlaps(one: Place, other: Place) -> bool:
    """Tell whether two pieces share a character of a document."""
    return (
        one.doc_id == other.doc_id and one.start < other.end and other.start < one.end
    )


def find_candidates(
    passages: Sequence[ScoredPassage], readings: Sequence[Reading]
) -> list[Candidate]:
    """Return the spans of all passages by margin, best first, each place once.

    Passages overlap, so one place may be read twice: the better reading counts.
    """
    best: dict[tuple[str, int, int], Candidate] = {}
    for rank, (scored, reading) in enumerate(zip(passages, readings, strict=True)):
        passage = scored.passage
        for found in reading.spans:
            span = _without_lone_mark(passage.text, found)
            if span is None or _joins_parts(passage.text, span):
                continue
            candidate = Candidate(
                passage.doc_id,
                passage.start + span.start,
                passage.start + span.end,
                passage.text[span.start : span.end],
                span.score - reading.no_answer_score,
                scored,
                rank,
            )
            place = (candidate.doc_id, candidate.start, candidate.end)
            if place not in best or candidate.margin > best[place].margin:
                best[place] = candidate
    return sorted(best.values(), key=lambda candidate: -candidate.margin)


_MARKS = (('"', '"'), ("“", "”"), ("«", "»"))


def _without_lone_mark(text: str, span: Span) -> Span | None:
    """Return the span without half a pair of quotation marks inside it."""
    said = text[span.start : span.end]
    for opening, closing in _MARKS:
        lone = (
            said.count(opening) % 2
            if opening == closing
            else said.count(opening) - said.count(closing)
        )
        if not lone:
            continue
        place = span.start + (said.rfind(opening) if lone > 0 else said.find(closing))
        parts = (
            Span(span.start, place, span.score),
            Span(place + 1, span.end, span.score),
        )
        longer = max(parts, key=lambda part: part.end - part.start)
        return trim_span(text, longer)
    return span


def _joins_parts(text: str, span: Span) -> bool:
    """Tell whether a span reaches over paragraphs, lines of a list, or cells of a row.

    The end of a wrapped line inside a paragraph parts nothing.
    """
    if "\t" in text[span.start : span.end]:
        return True
    return len(paragraphs_at(text, span.start, span.end)) > 1
