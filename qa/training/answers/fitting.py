"""Fitting what chooses answers: ranking, relevance, confidence and their thresholds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from sklearn.linear_model import LogisticRegression

from qa.answering.answer_types import AnswerTypes, asking_words, shape_of
from qa.answering.confidence import Thresholds
from qa.linear import Features, LinearModel

# What is given as an answer without doubt is right at least this often: of all sets
# together, and of each that has enough such answers to tell. The share of one set is
# known no better than by its standard error, six points for 40 answers, and may miss by
# so much: else a few answers of one set say how sure all others have to be.
ANSWER_ACCURACY, SET_ACCURACY = 0.88, 0.85
_ENOUGH = 20
# Thresholds above one that must hold, too: one alone may hold by chance.
_STEADY = 5
# An answer shown as doubtful can be checked at its quote; one withheld is lost. To show
# a right one is worth three times as much as to withhold a wrong one, so all are shown
# that are right in at least a quarter of cases.
SHOWN = 0.25
# Questions that must ask alike before the shapes of their answers are told apart.
_COMMON = 30
# Inverse strength of the L2 penalty on a probability's weights: of 0.03 to 3 the one
# with the best log loss of the confidence, in ten folds of what it is fitted on.
_REGULARISATION = 0.2
# Candidates of a question that are compared, those with the highest margins, and how
# much better one is. Of 3, 5, 8 and 12 the best F1 of the first, in five folds of
# what it is fitted on.
_RIVALS, _BETTER = 3, 0.2


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer that was served: what was known of it, and what it was worth.

    Attributes:
        group: The set that its question is of.
    """

    features: Features
    is_right: bool
    group: str


def fit_ranking(
    questions: Sequence[Sequence[tuple[Features, float]]], names: Sequence[str]
) -> LinearModel:
    """Fit the order of candidates: logistic regression over pairs of one question.

    As RankSVM compares (Joachims 2002), weighted by how much better one is: of the
    candidates with the highest margins the best with each other one. To tell the
    others apart is easy, and of no use: pairs of any two make the order worse than the
    margins alone are.

    Args:
        questions: Of each, its candidates with their features, ``margin`` among them,
            and their F1.
        names: Of the features to weigh.

    Raises:
        ValueError: If no candidate is better than another.
    """
    differences, labels, weights = [], [], []
    for candidates in questions:
        rivals = sorted(candidates, key=lambda each: -each[0]["margin"])[:_RIVALS]
        if not rivals:
            continue
        best = max(rivals, key=lambda each: each[1])
        for worse in rivals:
            if best[1] - worse[1] < _BETTER:
                continue
            difference = [best[0][name] - worse[0][name] for name in names]
            differences += [difference, [-each for each in difference]]
            labels += [1, 0]
            weights += [best[1] - worse[1]] * 2
    if not differences:
        raise ValueError("no candidate is better than another; give more questions")
    model = LogisticRegression(C=1.0, max_iter=5000, fit_intercept=False)
    model.fit(np.array(differences), labels, sample_weight=weights)
    return _linear(names, model)


def mean_first(
    questions: Sequence[Sequence[tuple[Features, float]]],
    score: Callable[[Features], float],
) -> float:
    """Return the mean F1 of the candidate of each question that scores highest."""
    firsts = [
        max(candidates, key=lambda each: score(each[0]))[1] if candidates else 0.0
        for candidates in questions
    ]
    return sum(firsts) / max(1, len(firsts))


def fit_probability(
    features: Sequence[Features], outcomes: Sequence[bool], names: Sequence[str]
) -> LinearModel:
    """Fit P(outcome) by logistic regression.

    Raises:
        ValueError: If all outcomes are the same, or there are none.
    """
    if not any(outcomes) or all(outcomes):
        raise ValueError("need both right and wrong outcomes to fit a probability")
    model = LogisticRegression(C=_REGULARISATION, max_iter=5000)
    model.fit(np.array([[f[n] for n in names] for f in features]), list(outcomes))
    return _linear(names, model)


def standard_error(count: int) -> float:
    """Return that of a share of ``SET_ACCURACY`` among so many answers."""
    return sqrt(SET_ACCURACY * (1 - SET_ACCURACY) / count)


def choose_thresholds(
    probabilities: Sequence[float], outcomes: Sequence[Outcome]
) -> Thresholds:
    """Return from where on an answer is sure, and shown at all.

    ``answer`` is the lowest at which the answers above it are right in
    ``ANSWER_ACCURACY`` of cases: a point of the risk-coverage curve.
    ``unsure`` is ``SHOWN``, or ``answer`` if that is less.
    """
    found = np.array(probabilities)
    right = np.array([each.is_right for each in outcomes])
    groups = np.array([each.group for each in outcomes])
    grid = [float(each) for each in np.round(np.arange(0.05, 0.96, 0.01), 2)]

    def is_sure(threshold: float) -> bool:
        above = found >= threshold
        sets = [above & (groups == group) for group in set(groups)]
        return bool(
            above.any()
            and right[above].mean() >= ANSWER_ACCURACY
            and all(
                right[each].mean() >= SET_ACCURACY - standard_error(each.sum())
                for each in sets
                if each.sum() >= _ENOUGH
            )
        )

    holds = [is_sure(threshold) for threshold in grid]
    steady = (
        threshold
        for place, threshold in enumerate(grid)
        if all(holds[place : place + 1 + _STEADY])
    )
    sure = next(steady, grid[-1])
    return Thresholds(answer=sure, unsure=min(SHOWN, sure))


def kept_from(probabilities: Sequence[float], outcomes: Sequence[bool]) -> float:
    """Return from which probability on to keep things, for the best F1 of those kept.

    Args:
        probabilities: Of each thing to be wanted.
        outcomes: Whether it is.
    """
    found, wanted = np.array(probabilities), np.array(outcomes)

    def exact(threshold: float) -> float:
        kept = found >= threshold
        return float(2 * (kept & wanted).sum() / max(1, kept.sum() + wanted.sum()))

    return max((each / 100 for each in range(5, 96)), key=exact)


def learn_types(pairs: Iterable[tuple[str, str]]) -> AnswerTypes:
    """Return the shapes of answers that are known, as pairs of question and answer."""
    general: Counter[str] = Counter()
    by_asking: dict[str, Counter[str]] = {}
    for question, answer in pairs:
        shape = shape_of(answer)
        general[shape] += 1
        for asking in asking_words(question):
            by_asking.setdefault(asking, Counter())[shape] += 1
    total = sum(general.values())
    return AnswerTypes(
        {
            asking: {
                # Smoothed towards the general share, as if seen ten times more.
                shape: round(
                    log((counts[shape] + 10 * count / total) / (n + 10))
                    - log(count / total),
                    3,
                )
                for shape, count in general.items()
            }
            for asking, counts in sorted(by_asking.items())
            if (n := sum(counts.values())) >= _COMMON
        }
    )


def _linear(names: Sequence[str], model: LogisticRegression) -> LinearModel:
    weights = {
        n: round(float(w), 4) for n, w in zip(names, model.coef_[0], strict=True)
    }
    return LinearModel(round(float(np.ravel(model.intercept_)[0]), 4), weights)
