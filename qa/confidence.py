"""How likely an answer is right: features of the evidence, and a fitted probability."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Verdict = Literal["answer", "unsure", "no_answer"]

_FILE = "confidence.json"


class ConfidenceError(ValueError):
    """A confidence file that does not fit this program; fit it again."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer; all of it known before its truth is.

    Attributes:
        margin: Span score minus no-answer score in its passage, in logits.
        gap: Margin above that of the best span which says something else.
        similarity: Retrieval score of the passage.
        rank: Place of the passage among those retrieved, from 0.
        agreement: Share of the other passages whose best span says the same.
        support: Share of the question's content words that stand in the passage.
        sentence_support: Share of them that stand in the span's own sentence.
        is_closed: Whether the question asks for yes or no, which no span says.
    """

    margin: float
    gap: float
    similarity: float
    rank: int
    agreement: float
    support: float
    sentence_support: float
    is_closed: bool

    def features(self) -> dict[str, float]:
        """Return the numbers that are weighed, by name; each is bounded."""
        return {
            "margin": max(-12.0, min(12.0, self.margin)),
            "gap": max(0.0, min(8.0, self.gap)),
            "similarity": self.similarity,
            "rank": math.log1p(self.rank),
            "agreement": self.agreement,
            "support": self.support,
            "sentence_support": self.sentence_support,
            "is_closed": float(self.is_closed),
        }


@dataclass(frozen=True, slots=True)
class Confidence:
    """A logistic model of P(the answer is right), fitted by ``fit_confidence.py``.

    Attributes:
        weights: Of each feature of ``Evidence``, by name.
        answer_threshold: At least this probability is an answer.
        unsure_threshold: At least this one is shown as unsure; below, no answer.
    """

    intercept: float
    weights: Mapping[str, float]
    answer_threshold: float
    unsure_threshold: float

    def probability(self, evidence: Evidence) -> float:
        """Return the probability that the answer is right."""
        features = evidence.features()
        logit = self.intercept + sum(
            weight * features[name] for name, weight in self.weights.items()
        )
        return 1.0 / (1.0 + math.exp(-logit))

    def bar(self, probability: float) -> float:
        """Return the least probability of what may stand beside such an answer."""
        if self.verdict(probability) == "answer":
            return self.answer_threshold
        return self.unsure_threshold

    def verdict(self, probability: float) -> Verdict:
        """Return how an answer of this probability is given."""
        if probability >= self.answer_threshold:
            return "answer"
        return "unsure" if probability >= self.unsure_threshold else "no_answer"

    @classmethod
    def load(cls, folder: Path) -> Confidence | None:
        """Read the file that stands beside a reader's weights; ``None`` without one.

        Raises:
            ConfidenceError: If the file is damaged or weighs unknown features.
        """
        path = folder / _FILE
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            found = cls(
                float(record["intercept"]),
                {str(name): float(w) for name, w in record["weights"].items()},
                float(record["answer_threshold"]),
                float(record["unsure_threshold"]),
            )
        except FileNotFoundError:
            return None
        except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise ConfidenceError(
                f"cannot read {path} ({error!r}); fit it again"
            ) from error
        known = set(_NO_EVIDENCE.features())
        if not set(found.weights) <= known:
            raise ConfidenceError(
                f"{path} weighs {sorted(set(found.weights) - known)}, which this "
                "program does not know; fit it again"
            )
        return found

    def save(self, folder: Path) -> None:
        """Write the file that ``load`` reads."""
        record = {
            "intercept": self.intercept,
            "weights": dict(self.weights),
            "answer_threshold": self.answer_threshold,
            "unsure_threshold": self.unsure_threshold,
        }
        (folder / _FILE).write_text(
            json.dumps(record, indent=1) + "\n", encoding="utf-8"
        )


_NO_EVIDENCE = Evidence(0.0, 0.0, 0.0, 0, 0.0, 0.0, 0.0, is_closed=False)

# For a reader that nobody has fitted a confidence for: SQuAD 2.0's own rule, the
# span against no answer, and doubt in a band round it.
UNFITTED = Confidence(0.0, {"margin": 0.5}, answer_threshold=0.6, unsure_threshold=0.4)

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_STOP_WORDS_TEXT = """
a an the of in on at to for from by with as and or but if is are was were be been
being am do does did done has have had having will would can could shall should may
might must not no it its this that these those there here he she they we you i his her
their our your him them us me my who whom whose what which when where why how many
much any some other than then so such into about over under between during after
before also very more most s 's article text passage say says said tell according name
named mention mentions mentioned
"""
_ENDINGS = (
    "ations", "ation", "ates", "ated", "ating", "ate", "ions", "ion", "ings", "ing",
    "ies", "ed", "es", "ly", "s", "e", "y",
)  # fmt: skip
_STOP_WORDS = frozenset(_STOP_WORDS_TEXT.split())
_CLOSED = re.compile(
    r"\s*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should"
    r"|may|might|must)\b(?!.*\bor\b)",
    re.IGNORECASE,
)


def is_closed_question(question: str) -> bool:
    """Tell whether a question asks for yes or no."""
    return _CLOSED.match(question) is not None


def content_words(text: str) -> frozenset[str]:
    """Return the stems of the words of a text that say what it is about."""
    words = (match.group().lower() for match in _WORD.finditer(text))
    return frozenset(_stem(word) for word in words if word not in _STOP_WORDS)


def support(question: str, text: str) -> float:
    """Return the share of a question's content words that stand in a text."""
    asked = content_words(question)
    return len(asked & content_words(text)) / len(asked) if asked else 0.0


def _stem(word: str) -> str:
    """Cut the commonest English endings, so that "visited" meets "visit"."""
    word = word.removesuffix("'s").removesuffix("’s")
    if word.endswith("ss"):
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
