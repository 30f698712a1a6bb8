"""Conversations with the answers that are right, and how many turns get them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.documents import Document
from qa.answerer import MAX_TURNS, Answerer
from qa.answers import Answer
from qa.conversation.conversation import CitedPlace, Turn
from qa.evaluation.metrics import f1

# An answer is right from this token F1 with one that is wanted.
_RIGHT_F1 = 0.5


class ConversationFormatError(ValueError):
    """A file that does not hold conversations; names it and what is wrong."""


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
