from __future__ import annotations

import random

import pytest

from qa.evaluation.squad import Example, GoldAnswer
from qa.training.groups import MAX_CONTEXT, Mixture, make_groups

SENTENCES = [
    f"Sentence number {n} tells of the long talks that were held in the city."
    for n in range(40)
]
GOLD = "a treaty of peace"
TEXT = " ".join([*SENTENCES[:9], f"They signed {GOLD} at last.", *SENTENCES[9:14]])
NEVER = Mixture(crop=0.0, split=0.0, mined=0.0, swap=0.0)


def example(context: str = TEXT, question: str = "What did they sign?") -> Example:
    gold = GoldAnswer(GOLD, context.index(GOLD))
    return Example("q", question, context, (gold,), "test")


def groups_of(mixture: Mixture, *, seed: int = 0, context: str = TEXT) -> list[str]:
    """The passages of the first group; its answers are checked on the way."""
    first = make_groups(
        example(context), ["Other text."], mixture, random.Random(seed)
    )[0]
    for passage in first.passages:
        if passage.answer is not None:
            found = passage.text[passage.answer.start : passage.answer.end]
            assert found == GOLD
    assert [p.answer is not None for p in first.passages].count(True) == 1
    return [passage.text for passage in first.passages]


def test_without_a_mixture_the_context_is_kept() -> None:
    assert groups_of(NEVER) == [TEXT]


@pytest.mark.parametrize("seed", range(8))
def test_a_long_context_is_cut_round_the_answer(seed: int) -> None:
    context = " ".join([*SENTENCES, f"They signed {GOLD}.", *SENTENCES])
    (text,) = groups_of(NEVER, seed=seed, context=context)
    assert GOLD in text
    assert len(text) <= MAX_CONTEXT


def test_a_split_gives_a_neighbour_without_the_answer() -> None:
    positive, negative = groups_of(Mixture(crop=0.0, split=1.0, mined=0.0, swap=0.0))
    assert GOLD in positive
    assert GOLD not in negative
    assert negative in TEXT


def test_a_mined_passage_stands_beside_the_right_one() -> None:
    assert groups_of(Mixture(crop=0.0, split=0.0, mined=1.0, swap=0.0)) == [
        TEXT,
        "Other text.",
    ]


def test_a_question_without_answer_is_one_passage_without_span() -> None:
    bare = Example("q", "Who?", TEXT, (), "test")
    (group,) = make_groups(bare, ["Other."], Mixture(), random.Random(0))
    assert [passage.answer for passage in group.passages] == [None]


def test_a_changed_question_is_unanswerable() -> None:
    context = f"In May 1990 Iraq and Iran met. They signed {GOLD} in 1991."
    asked = example(context, "What did Iraq sign in 1991?")
    swap = Mixture(crop=0.0, split=0.0, mined=0.0, swap=1.0)
    changed = set()
    for seed in range(20):
        _, group = make_groups(asked, [], swap, random.Random(seed))
        assert [passage.answer for passage in group.passages] == [None]
        changed.add(group.question)
    assert "What did Iran sign in 1991?" in changed
    assert "What did Iraq sign in 1990?" in changed
    assert asked.question not in changed
