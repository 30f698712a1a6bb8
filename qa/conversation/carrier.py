"""The question itself, in what people say around it ("do you know who won?")."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CARRIER_FILE = Path(__file__).with_name("carrier.json")

# Of a text, the place of each token in it, and their states, shape (tokens, dim).
TokenStates = Callable[[str], tuple[Sequence[tuple[int, int]], NDArray[np.float32]]]

_WORD = re.compile(r"\S+")


class CarrierFileError(ValueError):
    """A damaged file of the finder's numbers; names it."""


@dataclass(frozen=True, slots=True)
class QuestionFinder:
    """Logistic regression over the embedder's states of a question's words.

    Attributes:
        weights: Of a word's state and its neighbours', shape ``(3 * dim,)``.
        bias: Of the logit that a word belongs to the question itself.
        least: Logits by which a part is likelier than the whole where it is cut out.
    """

    weights: NDArray[np.float32]
    bias: float
    least: float

    @classmethod
    def load(cls, path: Path = CARRIER_FILE) -> QuestionFinder:
        """Read the fitted numbers.

        Raises:
            CarrierFileError: If they cannot be read.
        """
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            weights = np.array(record["weights"], dtype=np.float32)
            return cls(weights, float(record["bias"]), float(record["least"]))
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise CarrierFileError(f"cannot read {path}: {error!r}") from error

    def save(self, path: Path) -> None:
        """Write the file that ``load`` reads."""
        record = {
            "bias": round(self.bias, 4),
            "least": self.least,
            "weights": [round(float(weight), 4) for weight in self.weights],
        }
        path.write_text(json.dumps(record) + "\n", encoding="utf-8")

    def find(self, question: str, states: TokenStates) -> str:
        """Return the question itself, as it stands in what was said."""
        words, vectors = word_states(question, states)
        if not words:
            return question
        logits = (vectors @ self.weights + self.bias).tolist()
        first, last, gain = _likeliest(logits)
        if gain < self.least:
            return question
        return question[words[first][0] : words[last][1]].rstrip(" ,;:.!?-")


def word_states(
    question: str, states: TokenStates
) -> tuple[list[tuple[int, int]], NDArray[np.float32]]:
    """Return where each word stands, and its state with those of its neighbours.

    A word's state is its first token's; before the first word and after the last one
    all are zero. The states have the shape ``(words, 3 * dim)``.
    """
    offsets, found = states(question)
    rows = {start: row for row, (start, _) in enumerate(offsets)}
    words = [m.span() for m in _WORD.finditer(question) if m.start() in rows]
    own = found[[rows[start] for start, _ in words]]
    before, after = np.roll(own, 1, axis=0), np.roll(own, -1, axis=0)
    if words:
        before[0] = after[-1] = 0.0
    return words, np.concatenate([own, before, after], axis=1)


def _likeliest(logits: Sequence[float]) -> tuple[int, int, float]:
    """Return the first and last word of the run with the highest sum of logits.

    The third number is by how much its sum exceeds that of all words.
    """
    sums = [0.0, *accumulate(logits)]
    first, last, best, lowest = 0, len(logits) - 1, float("-inf"), 0
    for end in range(1, len(sums)):
        if sums[end - 1] < sums[lowest]:
            lowest = end - 1
        if sums[end] - sums[lowest] > best:
            first, last, best = lowest, end - 1, sums[end] - sums[lowest]
    return first, last, best - sums[-1]
