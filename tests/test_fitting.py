from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from qa.answering.answer_types import AnswerTypes, shape_of
from qa.answering.confidence import UNFITTED, ConfidenceError, Fitted
from qa.answering.evidence import Assessment
from qa.evaluation.collection import Collection, fitting_half
from qa.evaluation.squad import Example, GoldAnswer
from qa.linear import Features
from qa.reading.reader import Check, Reading, go_on
from qa.reading.spans import Span
from qa.training.answers.fitting import (
    SET_ACCURACY,
    Outcome,
    choose_thresholds,
    fit_probability,
    fit_ranking,
    kept_from,
    learn_types,
    mean_first,
    standard_error,
)
from qa.training.answers.lists import fit_items, read_pieces
from qa.training.answers.sets import read_articles, read_set
from qa.words.comparing import is_negated


def test_the_ranking_puts_better_candidates_first() -> None:
    rng = random.Random(0)
    questions: list[list[tuple[Features, float]]] = []
    for _ in range(60):
        candidates: list[tuple[Features, float]] = []
        for _ in range(5):
            worth, noise = rng.random(), rng.random()
            told = {"margin": 0.0, "told": worth, "noise": noise}
            candidates.append((told, worth))
        questions.append(candidates)
    model = fit_ranking(questions, ("told", "noise"))
    assert mean_first(questions, model.score) > 0.75
    assert model.weights["told"] > abs(model.weights["noise"])


def test_a_ranking_needs_a_better_candidate() -> None:
    with pytest.raises(ValueError, match="more questions"):
        fit_ranking([[({"margin": 1.0}, 0.5), ({"margin": 0.0}, 0.5)]], ("margin",))


def test_the_ranking_learns_from_the_likeliest_candidates_alone() -> None:
    """What tells an unlikely one from the rest says nothing about the first place."""
    question: list[tuple[Features, float]] = [
        ({"margin": 9.0, "short": 0.0}, 0.1),
        ({"margin": 8.0, "short": 1.0}, 0.9),
        ({"margin": 7.0, "short": 0.0}, 0.1),
        *[({"margin": -9.0, "short": 0.0}, 0.5), ({"margin": -9.0, "short": 1.0}, 0.0)]
        * 10,
    ]
    model = fit_ranking([question] * 30, ("margin", "short"))
    assert mean_first([question], model.score) == 0.9


def test_a_fitted_probability_is_calibrated() -> None:
    rng = random.Random(0)
    features = [{"margin": rng.uniform(-3, 3)} for _ in range(3000)]
    outcomes = [rng.random() < (each["margin"] + 3) / 6 for each in features]
    model = fit_probability(features, outcomes, ("margin",))
    assert model.probability({"margin": 0.0}) == pytest.approx(0.5, abs=0.05)
    with pytest.raises(ValueError, match="right and wrong"):
        fit_probability(features, [True] * 3000, ("margin",))


def test_what_is_sure_is_right_on_each_set() -> None:
    rng = random.Random(0)
    outcomes, probabilities = [], []
    for group, share, count in (("easy", 1.0, 1000), ("hard", 0.7, 300)):
        for _ in range(count):
            probability = rng.random()
            is_right = rng.random() < share * probability
            probabilities.append(probability)
            outcomes.append(Outcome({}, is_right, group))
    thresholds = choose_thresholds(probabilities, outcomes)
    for group in ("easy", "hard"):
        sure = [
            outcome.is_right
            for outcome, probability in zip(outcomes, probabilities, strict=True)
            if outcome.group == group and probability >= thresholds.answer
        ]
        allowed = SET_ACCURACY - standard_error(len(sure)) if sure else 0.0
        assert len(sure) < 20 or sum(sure) / len(sure) >= allowed


def test_a_set_keeps_others_from_being_sure_only_where_it_has_enough_answers() -> None:
    easy = [(each / 1000, Outcome({}, True, "easy")) for each in range(1000)]

    def sure_from(count: int) -> float:
        """With a second set whose answers are right in four cases of five."""
        hard = [(0.9, Outcome({}, place % 5 != 0, "hard")) for place in range(count)]
        probabilities, outcomes = zip(*easy, *hard, strict=True)
        return choose_thresholds(probabilities, outcomes).answer

    assert sure_from(25) < 0.1
    assert sure_from(500) > 0.9


def test_answers_shapes_are_learned_by_what_asks() -> None:
    pairs = [("How many came?", str(n)) for n in range(40)]
    pairs += [("Who came?", "Ali Hassan")] * 40
    types = learn_types(pairs)
    assert types.fit("How many left?", "12") > 0 > types.fit("How many left?", "Ali X")
    assert types.fit("Who left?", "Maria Keller") > 0 > types.fit("Who left?", "12")
    assert types.fit("Is it?", "12") == 0.0
    assert shape_of("") == "letters, no capitals, 1"


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    assert Fitted.load(tmp_path) is None
    fitted = replace(
        UNFITTED, items=(0.4, 0.8), types=AnswerTypes({"who": {shape_of("Ali"): 0.5}})
    )
    fitted.save(tmp_path)
    assert Fitted.load(tmp_path) == fitted


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"ranking": 1}', '{"ranking": {"weights": {"x": 1}}}']
)
def test_a_damaged_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "answers.json").write_text(content, encoding="utf-8")
    with pytest.raises(ConfidenceError, match="fit it again"):
        Fitted.load(tmp_path)


def test_unknown_features_are_refused(tmp_path: Path) -> None:
    fitted = replace(
        UNFITTED, ranking=replace(UNFITTED.ranking, weights={"beauty": 1.0})
    )
    fitted.save(tmp_path)
    with pytest.raises(ConfidenceError, match="beauty"):
        Fitted.load(tmp_path)


def test_what_is_kept_is_kept_for_the_best_f1() -> None:
    probabilities = [0.9, 0.8, 0.6, 0.5, 0.3, 0.2]
    # From 0.5 on three of four are wanted, and none that is wanted is lost.
    assert (
        0.3 < kept_from(probabilities, [True, True, False, True, False, False]) <= 0.5
    )
    assert 0.8 < kept_from(probabilities, [True] + [False] * 5) <= 0.9


class TaggingWords:
    """Reads nothing and tags every word with a capital, those of a list most."""

    def read(
        self, question: str, passages: Sequence[str], check: Check = go_on
    ) -> list[Reading]:
        return [Reading((Span(0, 3, 1.0),), 0.0) for _ in passages]

    def assess(self, question: str, passages: Sequence[str]) -> list[Assessment]:
        found = []
        for text in passages:
            tags, place = [], 0
            for word in text.split():
                place = text.index(word, place)
                if word.istitle():
                    share = 0.9 if "several" in question else 0.2
                    tags.append(Span(place, place + len(word), share))
            found.append(Assessment((), tuple(tags), (0.0, 1.0, 0.0)))
        return found


def test_items_are_learned_of_answers_that_are_all_wanted() -> None:
    text = "Ann saw Ben and Cyd"
    lists = [
        Example(
            str(number),
            "who, several",
            text,
            tuple(GoldAnswer(each, text.index(each)) for each in ("Ann", "Ben", "Cyd")),
            "set",
        )
        for number in range(20)
    ]
    singles = [
        Example(str(number), "who", text, (GoldAnswer("Ann", 0),), "set")
        for number in range(20)
    ]
    models = TaggingWords()
    item, (asked, unasked) = fit_items(singles, lists, models, models)
    assert item.weights["tagged"] > 0.5
    # Ben and Cyd are items where all are wanted, and are not where one is.
    one, all_of = (
        read_pieces(singles[0], frozenset(), models, models),
        read_pieces(lists[0], frozenset(), models, models),
    )
    assert len(all_of.kept(item, asked)) == 3
    assert len(one.kept(item, asked)) < 2
    assert asked <= unasked


def test_questions_that_deny_are_added_to_those_that_are_fitted_on(
    tmp_path: Path,
) -> None:
    path = tmp_path / "made.jsonl"
    lines = []
    for number in range(120):
        town = f"Town{number}"
        context = f"{town} has a mill. It has no {'well' if number % 10 else 'lake'}."
        asked = f"What does {town} not have?" if number % 10 == 0 else f"Who has {town}"
        start = context.index("mill")
        answers = {"text": ["mill"], "answer_start": [start]}
        record = {
            "id": str(number),
            "question": asked,
            "context": context,
            "answers": answers,
        }
        lines.append(json.dumps(record))
    path.write_text("\n".join(lines))
    made = read_set(path, 40, 0.25)
    fitted = [question.text for question in made.fitting.questions]
    assert len(set(fitted)) == len(fitted)
    denying = [text for text in fitted if is_negated(text)]
    half = fitting_half(made.fitting)
    assert sorted(denying) == sorted(
        f"What does Town{number} not have?"
        for number in range(0, 120, 10)
        if str(number) in half
    )
    reported = [question.text for question in made.held_out.questions]
    assert not set(reported) & set(fitted)
    assert len([text for text in reported if is_negated(text)]) < len(reported) / 5


def test_articles_of_the_two_halves_share_no_context(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    lines = []
    for number in range(60):
        context = f"Town{number} has a mill."
        answers = {"text": ["mill"], "answer_start": [context.index("mill")]}
        lines.append(
            json.dumps(
                {
                    "id": str(number),
                    "question": f"What has Town{number}?",
                    "context": context,
                    "answers": answers,
                }
            )
        )
    path.write_text("\n".join(lines))
    made = read_articles(path, 40, 0.25)
    assert made.name == "set, one article"
    by_id = {document.doc_id: document.text for document in made.fitting.documents}

    def contexts(part: Collection) -> set[str]:
        asked = {doc_id for question in part.questions for doc_id in question.relevant}
        return {each for doc_id in asked for each in by_id[doc_id].split("\n\n")}

    assert len(made.fitting.questions) == len(made.held_out.questions) == 20
    assert not contexts(made.fitting) & contexts(made.held_out)
    assert made.fitting.documents == made.held_out.documents
