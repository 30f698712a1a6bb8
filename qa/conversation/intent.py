"""What a question wants: a classifier over its vector and its wording."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Intent = Literal[
    "fact",
    "list",
    "yes_no",
    "reason",
    "overview",
    "topic",
    "keywords",
    "small_talk",
    "help",
    "not_understood",
    "other_language",
]
INTENTS: tuple[Intent, ...] = get_args(Intent)
# Those that no article answers, whatever it says.
UNANSWERED: tuple[Intent, ...] = (
    "small_talk",
    "help",
    "not_understood",
    "other_language",
)

# From which probability on no article answers, whatever it says.
_SURE = 0.8

_START, _END = "<", ">"
_TOKEN = re.compile(r"\w+|[^\w\s]")
# A question has some ten of them and one vector, whose length is 1: both count alike.
_GRAM = 0.3

INTENTS_FILE = Path(__file__).with_name("intents.json")


class IntentFileError(ValueError):
    """A damaged file of the classifier's numbers; names it."""


def wording(question: str) -> set[str]:
    """Return the words of a question, its marks, and each pair of neighbours.

    The vector tells what a question is about; these tell how it is asked.
    """
    words = [_START, *_TOKEN.findall(question.lower()), _END]
    pairs = (f"{one} {other}" for one, other in pairwise(words))
    return {*words[1:-1], *pairs}


@dataclass(frozen=True, slots=True)
class IntentClassifier:
    """Multinomial logistic regression over a question's vector, place and wording.

    Attributes:
        intents: One a row of the weights.
        grams: Of the wording those that count; the last columns of the weights.
        weights: Shape ``(intents, dim + 1 + grams)``; the column after the vector's is
            of whether anything was said before.
        bias: Shape ``(intents,)``.
    """

    intents: tuple[Intent, ...]
    grams: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    @classmethod
    def load(cls, path: Path = INTENTS_FILE) -> IntentClassifier:
        """Read the fitted numbers.

        Raises:
            IntentFileError: If they cannot be read or do not fit each other.
        """
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            intents = tuple(record["intents"])
            grams = tuple(map(str, record["grams"]))
            weights = np.array(record["weights"], dtype=np.float32)
            bias = np.array(record["bias"], dtype=np.float32)
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise IntentFileError(f"cannot read {path}: {error!r}") from error
        if (
            not set(intents) <= set(INTENTS)
            or weights.ndim != 2
            or weights.shape[0] != len(intents)
            or weights.shape[1] <= 1 + len(grams)
            or bias.shape != (len(intents),)
        ):
            raise IntentFileError(f"the numbers in {path} do not fit each other")
        return cls(intents, grams, weights, bias)

    def probabilities(
        self, question: str, vector: NDArray[np.float32], *, in_talk: bool
    ) -> Mapping[Intent, float]:
        """Return the probability of each intent; they add up to one.

        Args:
            question: As asked.
            vector: Its vector, shape ``(dim,)``, of unit length.
            in_talk: Whether anything was said before.
        """
        features = question_features(question, vector, in_talk, self.grams)
        scores = self.weights @ features + self.bias
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        return dict(zip(self.intents, shares.tolist(), strict=True))

    def classify(
        self, question: str, vector: NDArray[np.float32], *, in_talk: bool
    ) -> Intent:
        """Return the likeliest intent; see ``probabilities``.

        That no article answers it counts where it is sure: else what is likeliest
        besides is looked up, and the reader tells whether there is an answer.
        """
        found = self.probabilities(question, vector, in_talk=in_talk)
        unanswered = sum(found.get(intent, 0.0) for intent in UNANSWERED)
        answered = [intent for intent in found if intent not in UNANSWERED]
        among = answered if answered and unanswered < _SURE else list(found)
        return max(among, key=lambda intent: found[intent])


def question_features(
    question: str, vector: NDArray[np.float32], in_talk: bool, grams: Sequence[str]
) -> NDArray[np.float32]:
    """Return what is classified, in the order of the columns of the weights."""
    said = wording(question)
    has = np.array([_GRAM * (gram in said) for gram in grams], dtype=np.float32)
    place = np.array([in_talk], dtype=np.float32)
    return np.concatenate([vector, place, has])
