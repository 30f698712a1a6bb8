from __future__ import annotations

from qa.evaluation.squad import Example, GoldAnswer
from qa.training.negatives import mine_negatives


def example(question: str, context: str, gold: str | None) -> Example:
    golds = () if gold is None else (GoldAnswer(gold, context.index(gold)),)
    return Example(question, question, context, golds, "test")


EXAMPLES = [
    example(
        "Who led the peace talks in Baghdad?",
        "The minister Karim led the peace talks in Baghdad.",
        "Karim",
    ),
    example("Where were peace talks?", "The peace talks in Baghdad failed.", "Baghdad"),
    example("What needs flour?", "A cake needs flour.", "cake"),
    example("Who praised Karim?", "Ali praised the peace talks of Karim.", "Ali"),
    example("Who wept?", "The peace talks made nobody weep in Baghdad.", None),
]


def test_the_likest_contexts_without_the_answer_come_first() -> None:
    found = mine_negatives(EXAMPLES, per_question=2)
    assert found[0] == [EXAMPLES[1].context, EXAMPLES[4].context]
    # Both of the others that are like it hold "Baghdad".
    assert found[1] == [EXAMPLES[3].context]


def test_what_nothing_is_like_has_no_negatives() -> None:
    assert mine_negatives(EXAMPLES, per_question=3)[2] == []


def test_a_question_without_answer_needs_none() -> None:
    assert mine_negatives(EXAMPLES, per_question=3)[4] == []
