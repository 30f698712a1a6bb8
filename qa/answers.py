"""Answers: what they are made of, and choosing their spans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from index.documents import Document
from index.passages import ScoredPassage
from qa.citations import Citation, sentence_around
from qa.confidence import Evidence, is_closed_question, support
from qa.metrics import normalize_answer
from qa.reader import Reading

Kind = Literal[
    "answer",
    "unsure",
    "no_answer",
    "list",
    "overview",
    "small_talk",
    "clarification",
]


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds spent on the parts of an answer."""

    retrieve: float
    read: float
    total: float


@dataclass(frozen=True, slots=True)
class Part:
    """One statement of an answer: an item of a list, a sentence of an overview.

    Attributes:
        text: As shown.
        citations: Where it stands, as places in the answer's ``citations``.
    """

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to a question.

    Attributes:
        interpreted_question: The question that was answered instead, when what was
            asked leant on the conversation; ``None`` when it was answered as asked.
        kind: ``answer``; ``unsure``, shown as such, one answer or several;
            ``no_answer``; a ``list`` of several answers; an ``overview`` of a
            document; ``small_talk``; or ``clarification``, which asks the user
            something back.
        text: The parts' texts, joined; for small talk and clarification the plain
            reply; ``None`` exactly when there is ``no_answer``.
        confidence: Fitted probability that the answer is right, from 0 to 1; for
            ``no_answer``, that of the best span, which was too low to show.
        citations: Where the answer stands, best first (of several parts in the order
            of these); empty when nothing of a document is said.
        parts: What the answer consists of; empty exactly when ``citations`` is.
        nearest_passages: For ``no_answer``, the passages nearest to the question, as
            citations of whole passages; they do not answer it. Empty otherwise.
        suggested_questions: Questions that the documents answer.
        index_version: The version of the index that was searched.
    """

    question: str
    interpreted_question: str | None
    kind: Kind
    text: str | None
    confidence: float
    citations: tuple[Citation, ...]
    parts: tuple[Part, ...]
    nearest_passages: tuple[Citation, ...]
    suggested_questions: tuple[str, ...]
    index_version: str
    timings_ms: Timings


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


def rank_candidates(
    passages: Sequence[ScoredPassage], readings: Sequence[Reading]
) -> list[Candidate]:
    """Return the spans of all passages by margin, best first, each place once.

    Passages overlap, so one place may be read twice: the better reading counts.
    """
    best: dict[tuple[str, int, int], Candidate] = {}
    for rank, (scored, reading) in enumerate(zip(passages, readings, strict=True)):
        passage = scored.passage
        for span in reading.spans:
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


def weigh(
    question: str,
    candidates: Sequence[Candidate],
    documents: Mapping[str, Document],
) -> Evidence:
    """Return the evidence for the first of the ranked candidates.

    It does not depend on how many answers are wanted.

    Raises:
        ValueError: If there is no candidate.
    """
    if not candidates:
        raise ValueError("no candidate to weigh")
    first, *others = candidates
    said = normalize_answer(first.text)
    rival = max(
        (other.margin for other in others if not _says_same(first, other)),
        default=first.margin - _NO_RIVAL,
    )
    best_elsewhere: dict[int, Candidate] = {}
    for other in others:
        if other.passage.passage != first.passage.passage:
            best_elsewhere.setdefault(other.rank, other)
    agreeing = sum(
        1 for other in best_elsewhere.values() if normalize_answer(other.text) == said
    )
    sentence = sentence_around(documents[first.doc_id], first.start, first.end)
    return Evidence(
        margin=first.margin,
        gap=first.margin - rival,
        similarity=first.passage.score,
        rank=first.rank,
        agreement=agreeing / len(best_elsewhere) if best_elsewhere else 0.0,
        support=support(question, first.passage.passage.text),
        sentence_support=support(question, sentence.text),
        is_closed=is_closed_question(question),
    )


# Logits by which a lone span is taken to lead.
_NO_RIVAL = 8.0


def _says_same(one: Candidate, other: Candidate) -> bool:
    """Tell whether two spans overlap, or say the same words elsewhere."""
    if (one.doc_id == other.doc_id) and one.start < other.end and other.start < one.end:
        return True
    return normalize_answer(one.text) == normalize_answer(other.text)
