from __future__ import annotations

import pytest

from qa.ellipsis import complete, is_fragment, without_opening


@pytest.mark.parametrize(
    ("fragment", "last", "answer", "whole"),
    [
        ("Why?", "Where did Ismail go?", "Rome", "Why did Ismail go?"),
        (
            "And why?",
            "Which command did Ismail visit?",
            "Border Guard Command",
            "Why did Ismail visit Border Guard Command?",
        ),
        (
            "When?",
            "Who opened the bridge?",
            "Maria Keller",
            "When is it that Maria Keller opened the bridge?",
        ),
        ("Why is that?", "Did Iraq help?", None, "Why did Iraq help?"),
        (
            "In what year?",
            "From which city was it stolen?",
            "Lyon",
            "In what year was it stolen from Lyon?",
        ),
        (
            "Since when?",
            "Who is the mayor?",
            "Maria Keller",
            "Since when is Maria Keller the mayor?",
        ),
        ("Who else?", "Who came?", "Maria Keller", "Who else came?"),
        ("Any others?", "Which groups came?", "ISIS", "Which groups came?"),
        (
            "And the Somali one?",
            "Who is the Iraqi Interior Minister?",
            "Al-Shammari",
            "Who is the Somali Interior Minister?",
        ),
        ("What about Iraq?", "How old is Somalia?", None, "How old is Iraq?"),
        ("And in Rome?", "Who met in Paris?", "A", "Who met in Rome?"),
        (
            "Why?",
            "What does Somalia want from Iraq?",
            "foster stronger international alliances in the fight against extremism",
            "Why does Somalia want that from Iraq?",
        ),
        (
            "Why?",
            "What does Somalia want from Iraq?",
            "support",
            "Why does Somalia want support from Iraq?",
        ),
        ("When?", "What did Iraq defeat?", None, "When did Iraq defeat that?"),
        ("What for?", "What did she do in Rome?", None, "Why did she do that in Rome?"),
        (
            "Why?",
            "Which groups are mentioned?",
            "Al-Qaeda and ISIS",
            "Why are Al-Qaeda and ISIS mentioned?",
        ),
        (
            "Why?",
            "Who was elected?",
            "Keller won by a mile",
            "Why was someone elected?",
        ),
        ("Which groups?", "What did he praise?", "aid", "Which groups did he praise?"),
        ("Why?", "What year did he retire?", "1999", "Why did he retire?"),
    ],
)
def test_a_fragment_is_completed_with_the_last_question(
    fragment: str, last: str, answer: str | None, whole: str
) -> None:
    assert is_fragment(fragment)
    assert complete(fragment, last, answer) == whole


@pytest.mark.parametrize(
    "question",
    [
        "Who resigned?",
        "Which minister resigned?",
        "And who is the mayor?",
        "Where did they meet?",
        "And did he agree?",
        "So people didn't like him?",
        "What is that?",
    ],
)
def test_a_question_with_a_verb_is_no_fragment(question: str) -> None:
    assert not is_fragment(question)
    assert complete(question, "Who came?", "Keller") is None


def test_a_long_answer_is_not_put_into_the_question() -> None:
    answer = "word " * 30
    found = complete("Why?", "What did Keller say?", answer)
    assert found == "Why did Keller say that?"


def test_without_anything_told_only_things_can_be_asked_for() -> None:
    last = ("What is this about?", "It is about talks.")
    asked = complete("which groups?", *last, told=("", None))
    assert asked == "Which groups are mentioned?"
    assert complete("why?", *last, told=("", None)) is None


def test_only_an_opening_word_is_cut() -> None:
    assert without_opening("And so, was it well received?") == "was it well received?"
    assert without_opening("Was it well received?") == "Was it well received?"


def test_tell_me_more_is_about_the_short_answer_or_what_was_asked_of() -> None:
    asked = complete("tell me more", "What did they sign?", "a memorandum")
    assert asked == "Tell me about memorandum"
    asked = complete("Go on.", "What did Keller say?", "That it was " + "long " * 9)
    assert asked == "Tell me about Keller"
    assert complete("tell me more", "what happened?", None) is None


def test_another_subject_takes_the_place_of_the_one_told_about() -> None:
    asked = complete("what about ferries?", "anything about drugs?", "Drugs are.")
    assert asked == "anything about ferries?"


def test_a_verb_after_what_is_a_question_of_its_own() -> None:
    assert not is_fragment("what comes next?")


def test_what_for_is_why() -> None:
    asked = complete("what for?", "Why was it?", "It was.", ("Who came?", "Keller"))
    assert asked == complete("why?", "Why was it?", "It was.", ("Who came?", "Keller"))


def test_what_is_like_nothing_in_the_last_question_is_asked_about_by_itself() -> None:
    last = "What did Keller offer Brandt?"
    assert complete("what about drugs?", last, "Help.") == "Tell me about drugs"
    assert (
        complete("what about Novak?", last, "Help.") == "What did Keller offer Novak?"
    )
