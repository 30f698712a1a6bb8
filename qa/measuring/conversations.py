"""Measures of how conversations are understood and answered."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.documents import Document
from qa.answerer import MAX_TURNS, Answerer
from qa.answers import Answer
from qa.conversation import CitedPlace, Turn, stand_alone
from qa.metrics import f1
from qa.spelling import corrected
from qa.squad import Example

# An answer is right from this token F1 with one that is wanted.
_RIGHT_F1 = 0.5
_PRONOUN = re.compile(
    r"\b(?:he|she|it|they|him|hers?|them|his|its|theirs?|there|th[ai][ts]|these|those)\b",
    re.IGNORECASE,
)


class ConversationFormatError(ValueError):
    """A file that does not hold conversations; names it and what is wrong."""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A question in its conversation, and what people made of it."""

    question: str
    history: tuple[Turn, ...]
    rewrite: str


@dataclass(frozen=True, slots=True)
class RewritingFigures:
    """Mean token F1 of questions, as asked and as rewritten, to the human rewrites.

    A question stands alone when people left it as it was.
    """

    questions: int
    raw_f1: float
    rewritten_f1: float
    rewritten: int
    stand_alone: int
    stand_alone_rewritten: int


@dataclass(frozen=True, slots=True)
class StandAloneFigures:
    """How many questions that stand alone were rewritten all the same.

    Attributes:
        respelt: Those whose spelling was mended by their context, right or wrong.
    """

    questions: int
    respelt: int
    touched: int
    without_pronoun: int
    touched_without_pronoun: int


@dataclass(frozen=True, slots=True)
class WantedTurn:
    """A turn of a conversation, with all right answers; none: the articles do not say.

    Attributes:
        kinds: The kinds of answer that are right, when one is asked for by kind.
    """

    question: str
    answers: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TurnResult:
    """A turn with the answer it got."""

    turn: WantedTurn
    answer: Answer
    is_right: bool


def read_canard(path: Path, half: str) -> list[Rewriting]:
    """Read CANARD's JSON lines (``.gz``), of every second dialogue.

    The title and the section of a dialogue's article become its first turn.

    Args:
        path: The file.
        half: ``tune`` or ``report``: which dialogues.

    Raises:
        ConversationFormatError: If it cannot be read or a record lacks a field.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            records = [json.loads(line) for line in file]
        dialogues = sorted({record["QuAC_dialog_id"] for record in records})
        kept = set(dialogues[0 if half == "tune" else 1 :: 2])
        return [_rewriting(r) for r in records if r["QuAC_dialog_id"] in kept]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ConversationFormatError(f"cannot read {path}: {error!r}") from error


def _rewriting(record: dict[str, Any]) -> Rewriting:
    title, section, *said = record["History"]
    turns = [Turn(title, section)]
    for question, answer in zip(said[::2], said[1::2], strict=True):
        # What QuAC's dialogues say for "no answer".
        turns.append(Turn(question, None if answer == "I don't know." else answer))
    history = (turns[0], *turns[1:][-(MAX_TURNS - 1) :])
    return Rewriting(record["Question"], history, record["Rewrite"])


def evaluate_canard(rewritings: Sequence[Rewriting]) -> RewritingFigures:
    """Return how near the rewritten questions come to the human rewrites."""
    raw, ours = 0.0, 0.0
    rewritten = alone = alone_rewritten = 0
    for each in rewritings:
        found = stand_alone(each.question, each.history)
        raw += f1(each.question, [each.rewrite])
        ours += f1(found or each.question, [each.rewrite])
        rewritten += found is not None
        if each.question.strip().lower() == each.rewrite.strip().lower():
            alone += 1
            alone_rewritten += found is not None
    count = len(rewritings)
    return RewritingFigures(
        count, raw / count, ours / count, rewritten, alone, alone_rewritten
    )


def evaluate_stand_alone(
    examples: Sequence[Example], count_tokens: Callable[[str], int]
) -> StandAloneFigures:
    """Return how many questions are rewritten after turns that they do not lean on.

    The turns are two other questions of the set with their answers, drawn with a
    fixed seed, and one to the same context.

    Args:
        examples: Questions that stand alone.
        count_tokens: As for ``corrected``.
    """
    rng = random.Random(0)
    same: dict[str, list[Example]] = {}
    for example in examples:
        same.setdefault(example.context, []).append(example)
    respelt = touched = plain = plain_touched = 0
    for example in examples:
        others = [each for each in same[example.context] if each is not example][:1]
        history = [
            Turn(each.question, each.answers[0].text if each.answers else None)
            for each in (*rng.sample(examples, 2), *others)
        ]
        found = stand_alone(example.question, history, example.context) is not None
        touched += found
        spelt = corrected(example.question, example.context, count_tokens)
        respelt += spelt != example.question
        if not _PRONOUN.search(example.question):
            plain += 1
            plain_touched += found
    return StandAloneFigures(len(examples), respelt, touched, plain, plain_touched)


def read_conversations(
    path: Path,
) -> tuple[list[Document], list[tuple[WantedTurn, ...]]]:
    """Read the documents and conversations of a JSON file.

    It has ``documents`` (``doc_id``, ``title``, ``text``) and ``conversations``, each
    with ``turns``: ``question``, ``answers`` and, for an overview and the like,
    ``kind``.

    Raises:
        ConversationFormatError: If it cannot be read or lacks a field.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        documents = [
            Document(d["doc_id"], d["text"], d["title"]) for d in record["documents"]
        ]
        conversations = [
            tuple(
                WantedTurn(
                    turn["question"],
                    tuple(turn["answers"]),
                    tuple(filter(None, turn.get("kind", "").split("|"))),
                )
                for turn in conversation["turns"]
            )
            for conversation in record["conversations"]
        ]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ConversationFormatError(f"cannot read {path}: {error!r}") from error
    return documents, conversations


def evaluate_conversations(
    answerer: Answerer, conversations: Sequence[Sequence[WantedTurn]]
) -> list[TurnResult]:
    """Hold the conversations, each turn after the answers really given before it."""
    results = []
    for conversation in conversations:
        history: list[Turn] = []
        for turn in conversation:
            answer = answerer.answer(turn.question, history=history[-MAX_TURNS:])
            results.append(TurnResult(turn, answer, _is_right(turn, answer)))
            places = (CitedPlace(c.doc_id, c.start, c.end) for c in answer.citations)
            history.append(Turn(turn.question, answer.text, tuple(places)))
    return results


def _is_right(turn: WantedTurn, answer: Answer) -> bool:
    if turn.kinds and answer.kind not in turn.kinds:
        return False
    if not turn.answers:
        return bool(turn.kinds) or answer.kind == "no_answer"
    texts = [answer.text or "", *(part.text for part in answer.parts)]
    return max(f1(text, turn.answers) for text in texts) >= _RIGHT_F1
