"""Running the reader over questions whose answers are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa.evaluation.metrics import (
    auroc,
    best_threshold_f1,
    bootstrap_interval,
    coverage_at,
    exact_match,
    f1,
)
from qa.evaluation.squad import Example
from qa.reading.reader import Reader, Reading

# An answer this close to a gold one counts as right where right or wrong is asked.
RIGHT_F1 = 0.5

_NO_SPAN = -1e4


@dataclass(frozen=True, slots=True)
class ReadingResult:
    """What the reader made of one example.

    Attributes:
        prediction: The best span's text; empty when the context has no word.
        margin: Its score minus the no-answer score.
        exact_match: Of the prediction, whether or not it would be given.
        f1: Likewise.
    """

    example: Example
    prediction: str
    margin: float
    exact_match: float
    f1: float


def evaluate_reading(
    reader: Reader,
    examples: Sequence[Example],
    report: Callable[[int], None] = lambda count: None,
) -> list[ReadingResult]:
    """Read each example's own context and return the results in their order.

    For a question without an answer the scores are those of giving the span, which
    is always wrong; what withholding it is worth depends on a threshold.
    """
    results = []
    for example in examples:
        (reading,) = reader.read(example.question, [example.context])
        results.append(_result(example, reading))
        report(1)
    return results


def _result(example: Example, reading: Reading) -> ReadingResult:
    if not reading.spans:
        return ReadingResult(example, "", _NO_SPAN, 0.0, 0.0)
    span = reading.spans[0]
    prediction = example.context[span.start : span.end]
    golds = [answer.text for answer in example.answers]
    return ReadingResult(
        example,
        prediction,
        span.score - reading.no_answer_score,
        exact_match(prediction, golds) if golds else 0.0,
        f1(prediction, golds) if golds else 0.0,
    )


def reading_figures(results: Sequence[ReadingResult]) -> dict[str, float | list[float]]:
    """Return the figures of a set's results; shares and scores are in percent.

    With unanswerable questions among them these are the no-answer AUROC and SQuAD
    2.0's best-threshold F1 as well. Exact match and F1 are of the answerable ones.
    """
    figures: dict[str, float | list[float]] = {"questions": len(results)}
    answerable = [r for r in results if r.example.answers]
    unanswerable = [r for r in results if not r.example.answers]
    if answerable:
        scores = [r.f1 for r in answerable]
        right = [float(r.f1 >= RIGHT_F1) for r in answerable]
        margins = [r.margin for r in answerable]
        figures |= {
            "exact_match": 100 * mean([r.exact_match for r in answerable]),
            "f1": 100 * mean(scores),
            "f1_interval": [100 * v for v in bootstrap_interval(scores)],
            "coverage_at_80": 100 * coverage_at(margins, right, 0.8),
            "coverage_at_90": 100 * coverage_at(margins, right, 0.9),
        }
    if unanswerable and answerable:
        best = best_threshold_f1(
            [r.margin for r in results],
            [r.f1 for r in results],
            [bool(r.example.answers) for r in results],
        )
        figures |= {
            "unanswerable": len(unanswerable),
            "no_answer_auroc": no_answer_auroc(answerable, unanswerable),
            "best_threshold_f1": 100 * best.f1,
            "best_threshold": best.threshold,
        }
    return figures


def no_answer_auroc(
    answerable: Sequence[ReadingResult], unanswerable: Sequence[ReadingResult]
) -> float:
    """Return how well the margin tells contexts with the answer from those without."""
    return auroc([r.margin for r in answerable], [r.margin for r in unanswerable])


def mean(values: Sequence[float]) -> float:
    """Return the mean; not a number of nothing."""
    return sum(values) / len(values) if values else float("nan")
