from __future__ import annotations

import pytest

from qa.pronouns import demonstrative, referring_words


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What did he praise?", ["he"]),
        ("Where was she born?", ["she"]),
        ("What is it aimed at?", ["it"]),
        ("When did it take place?", ["it"]),
        ("Did they sign it?", ["they", "it"]),
        ("What happened there?", ["there"]),
        ("Why did the two meet?", ["the two"]),
        ("What is his name?", ["his"]),
    ],
)
def test_words_that_point_back_are_found(question: str, words: list[str]) -> None:
    assert [word.word for word in referring_words(question)] == words


@pytest.mark.parametrize(
    "question",
    [
        "What did Luther call his work?",
        "Who left his post?",
        "How many people are there?",
        "Is there a law against it?",
        "Was there a fire?",
        "How long does it take?",
        "Is it true that Iraq helps?",
        "What does it mean when a series diverges?",
        "When imperialism shapes a state, what is it called?",
        "Did burlesque stay true to its origin?",
        "Which firms pay their workers?",
        "What are the two groups in Fresno?",
        "Who is the minister?",
    ],
)
def test_what_the_question_itself_explains_points_nowhere(question: str) -> None:
    assert referring_words(question) == []


def test_her_is_possessive_before_a_noun_alone() -> None:
    (word,) = referring_words("What is her plan?")
    assert word.is_possessive
    (word,) = referring_words("Who met her in Rome?")
    assert not word.is_possessive


@pytest.mark.parametrize(
    "question", ["Why is that?", "Was this successful?", "What came after that?"]
)
def test_this_and_that_point_back(question: str) -> None:
    assert demonstrative(question) is not None


@pytest.mark.parametrize(
    "question", ["Which river that floods is longest?", "What group met on Monday?"]
)
def test_that_in_a_clause_does_not(question: str) -> None:
    assert demonstrative(question) is None
