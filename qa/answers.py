"""Answers: the records that a reply is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qa.answering.citations import Citation

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
        confidence: Probability that it is right; ``None`` where none is estimated.
    """

    text: str
    citations: tuple[int, ...]
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to a question.

    Attributes:
        interpreted_question: What was looked up instead, when what was asked leant on
            the conversation or was misspelt; ``None`` when it was answered as asked.
        kind: ``answer``; ``unsure``, shown as such, one answer or several;
            ``no_answer``; a ``list`` of several answers; an ``overview``: the
            sentences that bear on a topic, or that carry a document; ``small_talk``;
            or ``clarification``, which asks the user something back.
        text: The parts' texts, joined; for small talk and clarification the plain
            reply; ``None`` exactly when there is ``no_answer``.
        confidence: Fitted probability that the answer is right, from 0 to 1; for
            ``no_answer``, that of the best span, which was too low to show; ``None``
            where none is estimated.
        citations: Where the answer stands, best first (of several parts in the order
            of these); empty when nothing of a document is said.
        parts: What the answer consists of; empty exactly when ``citations`` is.
        nearest_passages: For ``no_answer``, the passages nearest to the question, as
            citations of whole passages; they do not answer it. Empty otherwise.
        suggested_questions: Questions that the documents answer.
        index_version: The version of the index that was searched.
        kept_terms: What the question took from the conversation.
        judgement: Of a question that asks for yes or no, what the cited sentence
            says, where that is sure.
        alternatives: Where several articles answer differently, the best answer of
            each, likeliest first; they are the ``parts``, too.
        documents_searched: How many documents it was looked for in.
        dropped_citations: Citations that broke the offset law and are not shown.
        unanswered: Of several questions in one, those that no document answers.
    """

    question: str
    interpreted_question: str | None
    kind: Kind
    text: str | None
    confidence: float | None
    citations: tuple[Citation, ...]
    parts: tuple[Part, ...]
    nearest_passages: tuple[Citation, ...]
    suggested_questions: tuple[str, ...]
    index_version: str
    timings_ms: Timings
    kept_terms: tuple[str, ...] = ()
    judgement: Literal["yes", "no"] | None = None
    alternatives: tuple[Part, ...] = ()
    documents_searched: int | None = None
    dropped_citations: int = 0
    unanswered: tuple[str, ...] = ()
