"""Questions labelled with what they want, and how many of them are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.conversation.intent import INTENTS, Intent, IntentClassifier

_PLACES = {"alone": False, "talk": True}


class IntentsFormatError(ValueError):
    """A file that does not hold labelled questions; names it, the line and why."""


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question with what it wants, and whether anything was said before it."""

    intent: Intent
    in_talk: bool
    question: str


@dataclass(frozen=True, slots=True)
class IntentFigures:
    """How many questions were told right; the wrong ones with what they were told."""

    questions: int
    wrong: tuple[tuple[LabelledQuestion, Intent], ...]

    def share(self) -> float:
        """Return the share that was told right."""
        return 1 - len(self.wrong) / self.questions

    def confusions(self) -> list[tuple[tuple[Intent, Intent], int]]:
        """Return wanted and told intents with how often, the commonest first."""
        return Counter((q.intent, told) for q, told in self.wrong).most_common()


def read_intents(path: Path) -> list[LabelledQuestion]:
    """Read tab-separated lines: intent, ``alone`` or ``talk``, question.

    Lines that start with ``#`` are comments.

    Raises:
        IntentsFormatError: If it cannot be read or a line is not of this form.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise IntentsFormatError(f"cannot read {path}: {error}") from error
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split("\t")
        intent = next((i for i in INTENTS if i == fields[0]), None)
        if len(fields) != 3 or intent is None or fields[1] not in _PLACES:
            raise IntentsFormatError(
                f"{path}, line {number}: write an intent, alone or talk, and a "
                "question, with tabs between"
            )
        found.append(LabelledQuestion(intent, _PLACES[fields[1]], fields[2]))
    if not found:
        raise IntentsFormatError(f"no questions in {path}")
    return found


def evaluate_intents(
    classifier: IntentClassifier,
    questions: Sequence[LabelledQuestion],
    embed: Callable[[str], NDArray[np.float32]],
) -> IntentFigures:
    """Return how many of the questions are told right."""
    wrong = []
    for each in questions:
        vector = embed(each.question)
        told = classifier.classify(each.question, vector, in_talk=each.in_talk)
        if told != each.intent:
            wrong.append((each, told))
    return IntentFigures(len(questions), tuple(wrong))
