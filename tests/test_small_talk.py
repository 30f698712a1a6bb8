from __future__ import annotations

import pytest

from qa.small_talk import not_understood, small_talk, without_courtesies

PASSAGES = ["Iraq and Somalia agreed in Baghdad to cooperate."]


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "Hi there!",
        "Good morning",
        "thanks",
        "Thank you very much!",
        "ok, great",
        "bye",
        "help",
        "Who are you?",
        "What can you do?",
        "hello, how are you?",
        "???",
        "🙂",
    ],
)
def test_small_talk_gets_a_plain_reply(text: str) -> None:
    reply = small_talk(text)
    assert reply is not None
    assert reply.endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "Hello, who is the minister?",
        "Who are the ministers?",
        "What can Iraq do?",
        "help for Somalia",
        "Who thanked Iraq?",
        "Good Morning Baghdad",
    ],
)
def test_a_question_is_no_small_talk(text: str) -> None:
    assert small_talk(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "asdf qwertz",
        "¿Dónde se reunieron los ministros de Irak?",
        "Wer ist der Minister von Irak?",
        "Was kostet das?",
        "Où se sont rencontrés les ministres ?",
        "где они встретились",
    ],
)
def test_gibberish_and_other_languages_are_answered_kindly(text: str) -> None:
    reply = not_understood(text, PASSAGES)
    assert reply is not None
    assert "English" in reply


@pytest.mark.parametrize(
    "text",
    ["Iraq Somalia talks", "Where did they meet?", "who cares", "baghdad", "1989"],
)
def test_questions_and_key_words_are_understood(text: str) -> None:
    assert not_understood(text, PASSAGES) is None


def test_the_articles_own_language_is_understood() -> None:
    assert not_understood("الوزيران في بغداد", ["التقى الوزيران في بغداد"]) is None


@pytest.mark.parametrize(
    ("asked", "bare"),
    [
        ("thanks, and who is Al-Shammari?", "who is Al-Shammari?"),
        ("Hello! Where did they meet?", "Where did they meet?"),
        ("ok, great. And the Somali one?", "And the Somali one?"),
        ("Great Britain, who rules it?", "Great Britain, who rules it?"),
        ("Who thanked Iraq’s minister?", "Who thanked Iraq’s minister?"),
        ("Hi-tech firms grew?", "Hi-tech firms grew?"),
    ],
)
def test_courtesies_before_a_question_are_cut(asked: str, bare: str) -> None:
    assert without_courtesies(asked) == bare
