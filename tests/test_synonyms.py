from __future__ import annotations

from qa.confidence import content_words
from qa.synonyms import Swap, says_all, swaps

TEXTS = ["They discussed a treaty at the meeting.", "It seeks support."]


def test_a_question_is_put_in_the_words_that_the_texts_have() -> None:
    (swap,) = swaps("What did they talk about?", "", TEXTS)
    assert swap == Swap("talk about", "discuss")
    assert swap.apply("What did they Talk about?") == "What did they discuss?"
    assert [each.other for each in swaps("What does it want?", "", TEXTS)] == ["seek"]


def test_words_that_no_text_has_are_of_no_use() -> None:
    assert swaps("Is there a problem?", "", TEXTS) == []


def test_what_the_best_answer_says_is_not_put_otherwise() -> None:
    assert swaps("Where were the talks?", "The talks were in Baghdad.", TEXTS) == []
    assert swaps("Where were the talks?", "He went to Baghdad.", TEXTS)


def test_a_text_says_words_by_their_synonyms_too() -> None:
    said = "Iraq provided assistance."
    assert says_all(said, content_words("Did Iraq offer help?"))
    assert not says_all(said, content_words("Did Iraq offer money?"))
