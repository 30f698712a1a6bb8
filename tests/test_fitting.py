from __future__ import annotations

import random

import pytest

from qa.confidence import Evidence
from qa.metrics import expected_calibration_error
from qa.training.fitting import ANSWER_ACCURACY, fit_confidence


def evidence(margin: float) -> Evidence:
    return Evidence(margin, 1.0, 0.5, 0, 0.2, 0.5, 0.5, is_closed=False)


def outcomes(seed: int, count: int = 3000) -> tuple[list[Evidence], list[bool]]:
    """Answers whose chance to be right rises with the margin."""
    rng = random.Random(seed)
    margins = [rng.uniform(-8, 8) for _ in range(count)]
    right = [rng.random() < 1 / (1 + 2.718 ** (-m + 1)) for m in margins]
    return [evidence(m) for m in margins], right


def test_the_fitted_probability_is_calibrated_on_others() -> None:
    seen, right = outcomes(1)
    confidence = fit_confidence(seen, right, [True] * len(right))
    others, truth = outcomes(2)
    found = [confidence.probability(e) for e in others]
    assert expected_calibration_error(found, [float(t) for t in truth]) < 0.03


def test_what_is_answered_is_right_as_often_as_promised() -> None:
    seen, right = outcomes(1)
    # Those without an answer are among the wrong ones.
    answerable = [r or row % 2 == 0 for row, r in enumerate(right)]
    confidence = fit_confidence(seen, right, answerable)
    others, truth = outcomes(2)
    given = [
        t
        for e, t in zip(others, truth, strict=True)
        if confidence.verdict(confidence.probability(e)) == "answer"
    ]
    assert sum(given) / len(given) > ANSWER_ACCURACY - 0.03
    assert confidence.unsure_threshold <= confidence.answer_threshold


def test_nothing_can_be_learnt_from_one_outcome() -> None:
    with pytest.raises(ValueError, match="right and wrong"):
        fit_confidence([evidence(1.0)] * 3, [True] * 3, [True] * 3)
