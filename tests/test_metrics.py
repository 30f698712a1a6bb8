from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from qa.evaluation.metrics import (
    auroc,
    best_threshold_f1,
    bootstrap_interval,
    calibration_bins,
    coverage_at,
    exact_match,
    expected_calibration_error,
    f1,
    ndcg,
    recall_at_k,
    reciprocal_rank,
    risk_coverage,
)
from qa.normalize import normalize_answer


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("The Eiffel Tower!", "eiffel tower"),
        ("  an  Apple a   day ", "apple day"),
        ("U.S.", "us"),
        ("counter-terrorism", "counterterrorism"),
        ("Iraq's", "iraqs"),
        ("Iraq’s", "iraq’s"),
        ("theatre", "theatre"),
        ("A.", ""),
        ("“the” end", "“ ” end"),
    ],
)
def test_answers_are_normalised_as_squad_does(text: str, normalized: str) -> None:
    assert normalize_answer(text) == normalized


def test_exact_match_is_of_any_gold_answer() -> None:
    assert exact_match("the U.S.", ["America", "US"]) == 1.0
    assert exact_match("the U.S. army", ["America", "US"]) == 0.0


def test_f1_is_of_the_best_gold_answer() -> None:
    # Two of three words are right, and two of four found: 2·(2/3)(2/4)/(2/3+2/4).
    assert f1("in Baghdad city", ["city of Baghdad Iraq", "Basra"]) == pytest.approx(
        4 / 7
    )
    assert f1("Baghdad", ["baghdad."]) == 1.0
    assert f1("Basra", ["Baghdad"]) == 0.0


def test_f1_counts_repeated_words_once_each() -> None:
    assert f1("very very good", ["very good good"]) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("prediction", "golds", "value"),
    [("", [], 1.0), ("Baghdad", [], 0.0), ("", ["Baghdad"], 0.0), ("the", [], 1.0)],
)
def test_no_gold_answer_wants_the_empty_one(
    prediction: str, golds: list[str], value: float
) -> None:
    assert f1(prediction, golds) == value
    assert exact_match(prediction, golds) == value


@pytest.mark.parametrize(("k", "recall"), [(1, 0.0), (2, 0.5), (4, 1.0), (9, 1.0)])
def test_recall_is_the_share_of_what_is_relevant(k: int, recall: float) -> None:
    assert recall_at_k(["x", "a", "y", "b"], ["a", "b"], k) == recall


def test_recall_of_nothing_is_none() -> None:
    assert recall_at_k(["x"], [], 1) == 0.0


SCORE_LISTS = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=12)


@settings(max_examples=50, deadline=None)
@given(SCORE_LISTS, SCORE_LISTS)
def test_auroc_is_scikit_learns(positives: list[float], negatives: list[float]) -> None:
    labels = [1] * len(positives) + [0] * len(negatives)
    wanted = roc_auc_score(labels, positives + negatives)
    assert auroc(positives, negatives) == pytest.approx(wanted)


def test_auroc_needs_both_kinds() -> None:
    with pytest.raises(ValueError, match="both kinds"):
        auroc([], [1.0])


def test_the_best_threshold_answers_what_is_worth_it() -> None:
    found = best_threshold_f1(
        [9.0, 5.0, 3.0, 1.0], [1.0, 0.5, 0.0, 0.0], [True, True, False, False]
    )
    assert found.f1 == pytest.approx(3.5 / 4)
    assert found.threshold == 5.0


def test_answering_nothing_may_be_best() -> None:
    found = best_threshold_f1([2.0, 1.0], [0.0, 0.0], [False, False])
    assert (found.f1, found.threshold) == (1.0, math.inf)


QUESTIONS = st.lists(
    st.tuples(
        st.integers(-3, 3).map(float), st.sampled_from([0.0, 0.5, 1.0]), st.booleans()
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=100, deadline=None)
@given(QUESTIONS)
def test_the_best_threshold_is_that_of_a_brute_force(
    questions: list[tuple[float, float, bool]],
) -> None:
    def mean_at(threshold: float) -> float:
        return sum(
            (value if answerable else 0.0)
            if score >= threshold
            else float(not answerable)
            for score, value, answerable in questions
        ) / len(questions)

    found = best_threshold_f1(
        [score for score, _, _ in questions],
        [value if answerable else 0.0 for _, value, answerable in questions],
        [answerable for _, _, answerable in questions],
    )
    brute = max(mean_at(t) for t in [math.inf, *(score for score, _, _ in questions)])
    assert found.f1 == pytest.approx(brute)
    assert mean_at(found.threshold) == pytest.approx(found.f1)


def test_risk_coverage_follows_the_most_confident_first() -> None:
    assert risk_coverage([0.1, 0.9, 0.5], [0.0, 1.0, 0.0]) == pytest.approx(
        [1.0, 1 / 2, 1 / 3]
    )


@pytest.mark.parametrize(
    ("accuracy", "coverage"), [(1.0, 0.25), (0.75, 1.0), (0.7, 1.0), (0.74, 1.0)]
)
def test_coverage_is_the_most_that_keeps_the_accuracy(
    accuracy: float, coverage: float
) -> None:
    found = coverage_at([0.9, 0.8, 0.7, 0.6], [1.0, 0.0, 1.0, 1.0], accuracy)
    assert found == coverage


def test_an_accuracy_never_reached_covers_nothing() -> None:
    assert coverage_at([0.9, 0.8], [0.0, 1.0], 0.9) == 0.0


def test_calibration_bins_hold_what_is_in_them() -> None:
    found = calibration_bins([0.0, 0.05, 0.95, 1.0], [0.0, 1.0, 1.0, 1.0])
    assert [(b.count, b.accuracy) for b in found] == [(2, 0.5), (2, 1.0)]
    assert [b.confidence for b in found] == pytest.approx([0.025, 0.975])


def test_calibration_error_is_the_weighted_distance() -> None:
    error = expected_calibration_error([0.8, 0.8, 0.8, 0.2], [1.0, 1.0, 0.0, 0.0])
    assert error == pytest.approx(3 / 4 * (0.8 - 2 / 3) + 1 / 4 * 0.2)


def test_perfect_confidence_has_no_calibration_error() -> None:
    assert expected_calibration_error([1.0, 1.0, 0.0], [1.0, 1.0, 0.0]) == 0.0


def test_the_bootstrap_interval_is_that_of_the_mean() -> None:
    values = np.random.default_rng(1).normal(5.0, 2.0, size=400).tolist()
    low, high = bootstrap_interval(values)
    error = 1.96 * 2.0 / math.sqrt(400)
    mean = sum(values) / len(values)
    assert low == pytest.approx(mean - error, abs=0.06)
    assert high == pytest.approx(mean + error, abs=0.06)
    assert bootstrap_interval(values) == (low, high)


@pytest.mark.parametrize(
    ("ranked", "expected"), [("abc", 1.0), ("xxa", 1 / 3), ("xyz", 0.0), ("", 0.0)]
)
def test_reciprocal_rank_is_that_of_the_first_relevant(
    ranked: str, expected: float
) -> None:
    assert reciprocal_rank(list(ranked), {"a", "b"}, 3) == pytest.approx(expected)


def test_reciprocal_rank_looks_no_further_than_k() -> None:
    assert reciprocal_rank(["x", "a"], {"a"}, 1) == 0.0


def test_ndcg_is_one_exactly_for_the_best_order() -> None:
    assert ndcg(["a", "b", "x"], {"a", "b"}, 10) == pytest.approx(1.0)
    assert 0 < ndcg(["x", "a", "b"], {"a", "b"}, 10) < 1


def test_ndcg_by_hand() -> None:
    # 1/log2(3) of 1/log2(2) + 1/log2(3).
    assert ndcg(["x", "a"], {"a", "b"}, 10) == pytest.approx(0.6309 / 1.6309, abs=1e-4)
    assert ndcg(["a", "a"], {"a", "b"}, 10) == ndcg(["a"], {"a", "b"}, 10)
    assert ndcg(["a"], set(), 10) == 0.0
