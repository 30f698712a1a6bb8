"""What was fitted for a reader: the ranking, the confidence, and their thresholds."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from qa.answering.answer_types import AnswerTypes
from qa.answering.features import CANDIDATE_FEATURES, SENTENCE_FEATURES
from qa.answering.items import ITEM_FEATURES
from qa.linear import LinearModel

Verdict = Literal["answer", "unsure", "no_answer"]

# What the confidence knows besides the candidate's own features.
CONFIDENCE_FEATURES = (
    *CANDIDATE_FEATURES,
    "lead",  # of its ranking score over the best that says something else
    "best_evidence",  # the highest relevance of any sentence read
)

_FILE = "answers.json"


class ConfidenceError(ValueError):
    """A file of fitted numbers that does not fit this program; fit them again."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability something is an answer, and shown at all."""

    answer: float
    unsure: float

    def verdict(self, probability: float) -> Verdict:
        """Return how what has this probability is given."""
        if probability >= self.answer:
            return "answer"
        return "unsure" if probability >= self.unsure else "no_answer"


@dataclass(frozen=True, slots=True)
class Fitted:
    """All that ``scripts/fit_answers.py`` fits for one reader.

    Attributes:
        ranking: Orders the candidates of a question.
        confidence: P(the answer is right), of the first of them.
        shown: Thresholds of the confidence.
        relevance: P(a sentence bears on the question).
        evidence: Thresholds of the relevance.
        item: P(a tagged piece is a part of the answer).
        items: Least probability of a piece to be an item of a list, of several; the
            first for questions that ask for a list, then for others.
        judgement: Least probability of a yes or no that is told.
        types: Shapes of answers.
    """

    ranking: LinearModel
    confidence: LinearModel
    shown: Thresholds
    relevance: LinearModel
    evidence: Thresholds
    item: LinearModel = field(default_factory=lambda: LinearModel(0.0, {"tagged": 1.0}))
    items: tuple[float, float] = (0.5, 0.9)
    judgement: float = 0.6
    types: AnswerTypes = field(default_factory=lambda: AnswerTypes({}))

    @classmethod
    def load(cls, folder: Path) -> Fitted | None:
        """Read the file that stands beside a reader's weights; ``None`` without one.

        Raises:
            ConfidenceError: If the file is damaged or weighs unknown features.
        """
        path = folder / _FILE
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            asked, unasked = (float(each) for each in record["items"])
            return cls(
                ranking=LinearModel.read(record["ranking"], CANDIDATE_FEATURES),
                confidence=LinearModel.read(record["confidence"], CONFIDENCE_FEATURES),
                shown=_thresholds(record["shown"]),
                relevance=LinearModel.read(record["relevance"], SENTENCE_FEATURES),
                evidence=_thresholds(record["evidence"]),
                item=LinearModel.read(record["item"], ITEM_FEATURES),
                items=(asked, unasked),
                judgement=float(record["judgement"]),
                types=AnswerTypes(record["types"]["fits"]),
            )
        except FileNotFoundError:
            return None
        except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise ConfidenceError(
                f"cannot read {path} ({error!r}); fit it again"
            ) from error

    def save(self, folder: Path) -> None:
        """Write the file that ``load`` reads."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (folder / _FILE).write_text(text + "\n", encoding="utf-8")


def _thresholds(record: dict[str, Any]) -> Thresholds:
    return Thresholds(float(record["answer"]), float(record["unsure"]))


# For a reader that nobody has fitted anything for: SQuAD 2.0's own rule, the span
# against no answer, and doubt in a band round it.
UNFITTED = Fitted(
    ranking=LinearModel(0.0, {"margin": 1.0}),
    confidence=LinearModel(0.0, {"margin": 0.5}),
    shown=Thresholds(answer=0.6, unsure=0.4),
    relevance=LinearModel(-1.0, {"evidence": 1.0, "words": 1.0}),
    evidence=Thresholds(answer=0.6, unsure=0.4),
)
