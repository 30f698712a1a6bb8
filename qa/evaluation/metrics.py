"""Measures of answers and of confidence, as the field defines them. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from qa.normalize import normalize_answer


def exact_match(prediction: str, golds: Sequence[str]) -> float:
    """Return 1.0 if the prediction equals a gold answer, else 0.0.

    No gold answers means that the right prediction is the empty one.
    """
    normalized = normalize_answer(prediction)
    return float(any(normalized == normalize_answer(gold) for gold in golds or [""]))


def f1(prediction: str, golds: Sequence[str]) -> float:
    """Return the best token F1 of the prediction against the gold answers.

    No gold answers means that the right prediction is the empty one.
    """
    return max(_token_f1(prediction, gold) for gold in golds or [""])


def _token_f1(prediction: str, gold: str) -> float:
    predicted, wanted = (
        normalize_answer(prediction).split(),
        normalize_answer(gold).split(),
    )
    if not predicted or not wanted:
        return float(predicted == wanted)
    common = sum((Counter(predicted) & Counter(wanted)).values())
    if common == 0:
        return 0.0
    precision, recall = common / len(predicted), common / len(wanted)
    return 2 * precision * recall / (precision + recall)


def recall_at_k(ranked: Sequence[str], relevant: Iterable[str], k: int) -> float:
    """Return the share of the relevant ids among the first ``k`` ranked ones."""
    wanted = set(relevant)
    return len(wanted & set(ranked[:k])) / len(wanted) if wanted else 0.0


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Return one over the place of the first relevant id among ``k``, else 0."""
    for place, doc_id in enumerate(ranked[:k], start=1):
        if doc_id in relevant:
            return 1.0 / place
    return 0.0


def ndcg(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Return nDCG of the first ``k`` ids, each relevant or not (Järvelin 2002).

    An id counts at its first place alone; with nothing relevant the value is 0.
    """
    gains = [1 / math.log2(place + 2) for place in range(k)]
    best = sum(gains[: len(relevant)])
    distinct = list(dict.fromkeys(ranked))[:k]
    found = (
        g for g, doc_id in zip(gains, distinct, strict=False) if doc_id in relevant
    )
    return sum(found) / best if best else 0.0


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """Return the chance that a positive scores above a negative; ties count half.

    Raises:
        ValueError: If either is empty.
    """
    if not positives or not negatives:
        raise ValueError("auroc needs scores of both kinds")
    ordered = np.sort(np.asarray(negatives, dtype=np.float64))
    scores = np.asarray(positives, dtype=np.float64)
    below = np.searchsorted(ordered, scores, side="left")
    not_above = np.searchsorted(ordered, scores, side="right")
    return float((below + not_above).mean() / 2 / len(ordered))


@dataclass(frozen=True, slots=True)
class ThresholdF1:
    """The best mean score over all no-answer thresholds, and that threshold."""

    f1: float
    threshold: float


def best_threshold_f1(
    scores: Sequence[float], answer_values: Sequence[float], answerable: Sequence[bool]
) -> ThresholdF1:
    """Return SQuAD 2.0's best-threshold F1 (Rajpurkar et al. 2018, section 5).

    Args:
        scores: Of each question; those below the threshold are left unanswered.
        answer_values: F1 of each answer if it is given.
        answerable: Whether the question has an answer; if not, leaving it
            unanswered is worth 1.
    """
    order = np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")
    given = np.asarray(answer_values, dtype=np.float64)[order]
    withheld = 1.0 - np.asarray(answerable, dtype=np.float64)[order]
    totals = withheld.sum() + np.concatenate([[0.0], np.cumsum(given - withheld)])
    # No threshold parts equal scores.
    ranked = np.asarray(scores, dtype=np.float64)[order]
    totals[1:-1][ranked[1:] == ranked[:-1]] = -np.inf
    best = int(np.argmax(totals))
    threshold = float("inf") if best == 0 else float(scores[int(order[best - 1])])
    return ThresholdF1(float(totals[best] / len(given)), threshold)


def coverage_at(
    confidences: Sequence[float], correct: Sequence[float], accuracy: float
) -> float:
    """Return the largest share of questions answered with at least an accuracy.

    The most confident are answered first: the risk-coverage curve of El-Yaniv and
    Wiener (2010), read at one risk.
    """
    accuracies = risk_coverage(confidences, correct)
    fitting = np.flatnonzero(np.asarray(accuracies) >= accuracy)
    return float((fitting[-1] + 1) / len(accuracies)) if len(fitting) else 0.0


def risk_coverage(
    confidences: Sequence[float], correct: Sequence[float]
) -> list[float]:
    """Return the accuracy of the ``n`` most confident answers, for each ``n``."""
    order = np.argsort(-np.asarray(confidences, dtype=np.float64), kind="stable")
    values = np.asarray(correct, dtype=np.float64)[order]
    return [float(v) for v in np.cumsum(values) / np.arange(1, len(values) + 1)]


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Answers of like confidence: how many, how confident, how often right."""

    count: int
    confidence: float
    accuracy: float


def calibration_bins(
    confidences: Sequence[float], correct: Sequence[float], bins: int = 10
) -> list[CalibrationBin]:
    """Return the non-empty bins of equal width over ``[0, 1]``, lowest first."""
    values = np.asarray(confidences, dtype=np.float64)
    right = np.asarray(correct, dtype=np.float64)
    places = np.minimum((values * bins).astype(int), bins - 1)
    return [
        CalibrationBin(
            int((places == b).sum()),
            float(values[places == b].mean()),
            float(right[places == b].mean()),
        )
        for b in range(bins)
        if (places == b).any()
    ]


def expected_calibration_error(
    confidences: Sequence[float], correct: Sequence[float], bins: int = 10
) -> float:
    """Return the mean distance of confidence from accuracy (Guo et al. 2017, eq. 3).

    Of nothing it is not a number.
    """
    if not confidences:
        return float("nan")
    return sum(
        found.count * abs(found.confidence - found.accuracy)
        for found in calibration_bins(confidences, correct, bins)
    ) / len(confidences)


def bootstrap_interval(
    values: Sequence[float], *, rounds: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Return the 95 % interval of the mean, by resampling (Efron 1979)."""
    found = np.asarray(values, dtype=np.float64)
    rng = np.random.default_rng(seed)
    means = [
        found[rng.integers(0, len(found), len(found))].mean() for _ in range(rounds)
    ]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
