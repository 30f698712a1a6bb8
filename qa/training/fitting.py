"""Fitting the confidence: evidence and outcomes in, a calibrated probability out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from qa.confidence import Confidence, Evidence

# What is given as an answer without doubt is right at least this often.
ANSWER_ACCURACY = 0.8
# An answer shown as doubtful can be checked at its quote; one withheld is lost.
SHOWN_WEIGHT = 3.0


def fit_confidence(
    evidence: Sequence[Evidence], right: Sequence[bool], answerable: Sequence[bool]
) -> Confidence:
    """Fit P(the answer is right) by logistic regression, and choose the thresholds.

    ``answer_threshold`` is the lowest at which the answers above it are right in
    ``ANSWER_ACCURACY`` of cases: a point of the risk-coverage curve.
    ``unsure_threshold`` best separates the right answers from the questions that
    have none: the share of right answers shown and the share of unanswerable questions
    refused are highest there together, the first counting ``SHOWN_WEIGHT`` times.

    Args:
        evidence: Of each answer.
        right: Whether it is right.
        answerable: Whether the question has an answer.

    Raises:
        ValueError: If all answers are right or all are wrong, or there are none.
    """
    if not any(right) or all(right):
        raise ValueError("need both right and wrong answers to fit a confidence")
    names = list(evidence[0].features())
    features = np.array([list(e.features().values()) for e in evidence])
    outcomes = np.array(right, dtype=bool)
    model = LogisticRegression(C=10.0, max_iter=5000)
    model.fit(features, outcomes)
    probabilities = model.predict_proba(features)[:, 1]
    unanswerable = ~np.array(answerable, dtype=bool)
    return Confidence(
        float(model.intercept_[0]),
        {name: float(w) for name, w in zip(names, model.coef_[0], strict=True)},
        *_thresholds(probabilities, outcomes, unanswerable),
    )


def _thresholds(
    probabilities: np.ndarray, right: np.ndarray, unanswerable: np.ndarray
) -> tuple[float, float]:
    grid = np.round(np.arange(0.05, 0.96, 0.01), 2)
    sure = [
        float(t)
        for t in grid
        if (probabilities >= t).any()
        and right[probabilities >= t].mean() >= ANSWER_ACCURACY
    ]
    answer = min(sure, default=float(grid[-1]))

    def separation(threshold: float) -> float:
        shown = (probabilities[right] >= threshold).mean()
        if not unanswerable.any():
            return float(shown)
        refused = (probabilities[unanswerable] < threshold).mean()
        return float(SHOWN_WEIGHT * shown + refused)

    unsure = max((float(t) for t in grid if t <= answer), key=separation)
    return answer, unsure
