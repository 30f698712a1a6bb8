from __future__ import annotations

import random

import pytest

from qa.evaluation.squad import Example, GoldAnswer
from qa.training.evidence.examples import (
    EvidenceExample,
    are_apart,
    enumeration_examples,
    in_search_words,
    make_examples,
)


def answers_of(made: EvidenceExample) -> list[str]:
    return [made.passage[start:end] for start, end in made.answers]


def test_an_example_keeps_its_answer_in_its_passage() -> None:
    context = " ".join(f"Sentence {n} is about nothing." for n in range(40))
    context += " The fund supports sailing, tennis and diving. More follows here."
    gold = "sailing, tennis and diving"
    example = Example(
        "1",
        "What does the fund support?",
        context,
        (GoldAnswer(gold, context.index(gold)),),
        "test",
    )
    for seed in range(20):
        (made, *_) = make_examples([[example]], [[[]]], random.Random(seed))
        assert answers_of(made) == ["sailing", "tennis", "diving"]
        assert len(made.passage) < 900


@pytest.mark.parametrize(
    ("answers", "several"),
    [
        (["Ann", "Ben"], True),
        (["Ann"], False),
        (["Ann", "ann"], False),
        (["Ann Lee", "Lee"], False),
    ],
)
def test_answers_are_several_when_they_stand_apart_and_differ(
    answers: list[str], several: bool
) -> None:
    text = "; ".join(answers)
    golds, place = [], 0
    for answer in answers:
        golds.append(GoldAnswer(answer, text.index(answer, place)))
        place = golds[-1].end
    assert are_apart(golds) is several


def test_answers_within_each_other_are_one() -> None:
    assert not are_apart([GoldAnswer("Ann and Ben", 0), GoldAnswer("Ben", 8)])


def test_an_enumeration_becomes_a_question_about_its_items() -> None:
    text = "The fund of the town supports sports such as sailing, tennis and diving."
    (made,) = enumeration_examples([text], random.Random(0))
    assert answers_of(made) == ["sailing", "tennis", "diving"]
    assert "fund of the town supports sports" in made.question


def test_search_words_are_those_that_say_what_is_wanted() -> None:
    found = in_search_words("What did the ministers sign in Baghdad?", random.Random(1))
    assert set(found.split()) <= {"ministers", "sign", "baghdad", "did"}
    assert in_search_words("Who is he?", random.Random(1)) == "Who is he?"
