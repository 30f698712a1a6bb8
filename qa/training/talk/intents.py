"""Fit the classifier of intents: labelled questions in, numbers out."""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegressionCV
from sklearn.model_selection import StratifiedGroupKFold

from qa.conversation.intent import (
    INTENTS,
    IntentClassifier,
    question_features,
    wording,
)
from qa.evaluation.intents import IntentsFormatError, LabelledQuestion

_FOLDS = 5
_DECIMALS = 3
# Words and pairs of words that fewer questions have are learned by heart.
_COMMON = 4
# A question with slots is filled so many times; each time in small letters, in
# capitals or with a slip of the pen this often.
_FILLED = 6
_WRITTEN = 2
_SMALL, _CAPITALS, _SLIP = 0.25, 0.06, 0.12
# Slips in shorter questions leave nothing of them.
_SHORTEST = 15
_SLOT = re.compile(r"\{(\w+)\}")


def read_slots(path: Path) -> dict[str, list[str]]:
    """Read what stands for each slot: lines of a slot, a tab and a text.

    Raises:
        IntentsFormatError: If it cannot be read or a line is not of this form.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise IntentsFormatError(f"cannot read {path}: {error}") from error
    found: dict[str, list[str]] = defaultdict(list)
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            slot, tab, text = line.partition("\t")
            if not tab:
                raise IntentsFormatError(f"{path}, line {number}: no tab in it")
            found[slot].append(text)
    return dict(found)


def fill_slots(
    questions: Sequence[LabelledQuestion], slots: Mapping[str, Sequence[str]]
) -> list[list[LabelledQuestion]]:
    """Return each question as asked in several ways; with slots, about several things.

    Some are in small letters, in capitals or misspelt: people write so, too.

    Raises:
        IntentsFormatError: If a question has a slot that has no texts.
    """
    rng = random.Random(0)
    found = []
    for each in questions:
        unknown = [s for s in _SLOT.findall(each.question) if s not in slots]
        if unknown:
            raise IntentsFormatError(f"nothing stands for {{{unknown[0]}}}")
        times = _FILLED if _SLOT.search(each.question) else _WRITTEN
        texts = {
            _written(_filled(each.question, slots, rng), rng) for _ in range(times)
        }
        found.append([replace(each, question=text) for text in sorted(texts)])
    return found


def _filled(
    question: str, slots: Mapping[str, Sequence[str]], rng: random.Random
) -> str:
    text = _SLOT.sub(lambda match: rng.choice(slots[match[1]]), question)
    return text[0].upper() + text[1:] if question[0] == "{" else text


def _written(question: str, rng: random.Random) -> str:
    draw = rng.random()
    if draw < _SMALL:
        return question.lower()
    if draw < _SMALL + _CAPITALS:
        return question.upper()
    if draw < _SMALL + _CAPITALS + _SLIP and len(question) > _SHORTEST:
        place = rng.randrange(1, len(question) - 2)
        swapped = question[place + 1] + question[place]
        return question[:place] + swapped + question[place + 2 :]
    return question


def fit_intents(
    groups: Sequence[Sequence[LabelledQuestion]],
    embed: Callable[[str], NDArray[np.float32]],
) -> IntentClassifier:
    """Fit by multinomial logistic regression, its strength chosen on five folds.

    Args:
        groups: Of questions; those of one are never in two folds. Of every intent at
            least as many as there are folds.
        embed: The vector of a question, of unit length.
    """
    questions = [each for group in groups for each in group]
    numbers = [number for number, group in enumerate(groups) for _ in group]
    grams = _common_grams(groups)
    features = np.array(
        [
            question_features(q.question, embed(q.question), q.in_talk, grams)
            for q in questions
        ]
    )
    labels = np.array([INTENTS.index(each.intent) for each in questions])
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    model = LogisticRegressionCV(
        Cs=(1.0, 3.0, 10.0, 30.0),
        cv=list(folds.split(features, labels, numbers)),
        max_iter=300,
        scoring="neg_log_loss",
        l1_ratios=(0.0,),
        use_legacy_attributes=False,
    )
    model.fit(features, labels)
    return IntentClassifier(
        tuple(INTENTS[label] for label in model.classes_),
        grams,
        model.coef_.astype(np.float32),
        model.intercept_.astype(np.float32),
    )


def _common_grams(groups: Sequence[Sequence[LabelledQuestion]]) -> tuple[str, ...]:
    found = Counter(
        gram
        for group in groups
        for gram in set().union(*(wording(each.question) for each in group))
    )
    return tuple(sorted(g for g, count in found.items() if count >= _COMMON))


def save_intents(classifier: IntentClassifier, path: Path) -> None:
    """Write the numbers, a line an intent."""
    rows = (
        json.dumps([round(float(number), _DECIMALS) for number in row])
        for row in classifier.weights
    )
    bias = json.dumps([round(float(number), _DECIMALS) for number in classifier.bias])
    path.write_text(
        f'{{"intents": {json.dumps(classifier.intents)},\n"bias": {bias},\n'
        f'"grams": {json.dumps(classifier.grams)},\n'
        f'"weights": [\n' + ",\n".join(rows) + "\n]}\n",
        encoding="utf-8",
    )
