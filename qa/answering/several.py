"""Several questions in one: each is answered by itself, all are told together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.sentences import sentence_spans
from qa.answers import Answer, Kind, Part, Timings

_MOST = 3


def separate_questions(text: str) -> list[str]:
    """Return the questions of a text, when it is made of several; else the text."""
    found = [text[start:end] for start, end in sentence_spans(text)]
    is_several = 1 < len(found) <= _MOST and all(each.endswith("?") for each in found)
    return found if is_several else [text]


def join_answers(question: str, answers: Sequence[Answer]) -> Answer:
    """Return the answers to the questions of one text as one answer.

    Those that got none are named. One that is unsure makes the whole unsure, and its
    confidence is that of the least sure part.
    """
    told = [each for each in answers if each.citations]
    if not told:
        return replace(answers[0], question=question)
    parts: list[Part] = []
    before = 0
    for answer in told:
        parts += [
            replace(part, citations=tuple(place + before for place in part.citations))
            for part in answer.parts
        ]
        before += len(answer.citations)
    is_sure = all(each.kind in ("answer", "list", "overview") for each in told)
    kind: Kind = "list" if is_sure else "unsure"
    known = [each.confidence for each in told if each.confidence is not None]
    return replace(
        told[0],
        question=question,
        kind=kind,
        text="; ".join(part.text for part in parts),
        confidence=min(known, default=None),
        citations=tuple(citation for each in told for citation in each.citations),
        parts=tuple(parts),
        judgement=None,
        alternatives=(),
        unanswered=tuple(each.question for each in answers if not each.citations),
        timings_ms=Timings(
            max(each.timings_ms.retrieve for each in answers),
            max(each.timings_ms.read for each in answers),
            max(each.timings_ms.total for each in answers),
        ),
    )
