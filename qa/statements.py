"""From chosen places to what a reply says, each part with its citations."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.documents import Document
from qa.answers import Candidate, Kind, Part
from qa.attempts import Attempt
from qa.citations import Citation, cite, verify
from qa.completion import complete_span

logger = logging.getLogger(__name__)

_MAX_CITATIONS = 5
_JOINERS: Mapping[Kind, str] = {"overview": " "}


@dataclass(frozen=True, slots=True)
class Statements:
    """What a reply says; each statement is the places that say it, the best first."""

    kind: Kind
    confidence: float
    places: tuple[tuple[Citation, ...], ...]

    def text(self) -> str | None:
        """Return the statements as one text; ``None`` without any."""
        quotes = [citations[0].quote for citations in self.places]
        return _JOINERS.get(self.kind, "; ").join(quotes) if quotes else None

    def citations(self) -> tuple[Citation, ...]:
        """Return all places, statement by statement."""
        return tuple(citation for citations in self.places for citation in citations)

    def parts(self) -> tuple[Part, ...]:
        """Return the statements with their places in ``citations()``."""
        parts = []
        first = 0
        for citations in self.places:
            numbers = tuple(range(first, first + len(citations)))
            parts.append(Part(citations[0].quote, numbers))
            first += len(citations)
        return tuple(parts)


def state_answer(attempt: Attempt, documents: Mapping[str, Document]) -> Statements:
    """Return what an attempt found: one answer, or several; maybe nothing."""
    if attempt.verdict == "no_answer":
        return Statements("no_answer", attempt.probability, ())
    groups = [item.places for item in attempt.items]
    places = _cited(groups, attempt.question, documents)
    if not places:
        return Statements("no_answer", attempt.probability, ())
    is_list = attempt.verdict == "answer" and len(places) > 1
    weakest = min(item.probability for item in attempt.items)
    return Statements("list" if is_list else attempt.verdict, weakest, places)


def cite_all(
    spans: Sequence[tuple[str, int, int]], documents: Mapping[str, Document]
) -> tuple[Citation, ...]:
    """Return the citations that keep the offset law; any others are logged."""
    citations = [cite(documents[doc_id], start, end) for doc_id, start, end in spans]
    kept = tuple(c for c in citations if verify(c, documents[c.doc_id]))
    if len(kept) < len(citations):
        logger.error(
            "dropped %d of %d citations: their text is not at their offsets",
            len(citations) - len(kept),
            len(citations),
        )
    return kept


def _cited(
    groups: Sequence[Sequence[Candidate]],
    question: str,
    documents: Mapping[str, Document],
) -> tuple[tuple[Citation, ...], ...]:
    taken: list[Citation] = []
    stated = []
    for group in groups:
        spans: list[tuple[str, int, int]] = []
        for candidate in group:
            text = documents[candidate.doc_id].text
            start, end = complete_span(text, candidate.start, candidate.end, question)
            is_cut = candidate.start < start or end < candidate.end
            if is_cut and spans:
                # What it said the same may be what was cut off.
                continue
            spans.append((candidate.doc_id, start, end))
        kept: list[Citation] = []
        for citation in cite_all(spans, documents):
            # Widened, two spans may have become one.
            if len(kept) < _MAX_CITATIONS and _is_free(citation, taken):
                kept.append(citation)
                taken.append(citation)
        if kept:
            stated.append(tuple(kept))
    return tuple(stated)


def _is_free(citation: Citation, taken: Sequence[Citation]) -> bool:
    return not any(
        citation.doc_id == other.doc_id
        and citation.start < other.end
        and other.start < citation.end
        for other in taken
    )
