from __future__ import annotations

import pytest

from qa.mentions import Gender, Kind, Mention
from qa.pronouns import Reference, referring_words
from qa.referents import choose_referent


def mention(
    text: str, kind: Kind, *, plural: bool = False, gender: Gender = ""
) -> Mention:
    return Mention(text, kind, plural, 0, gender)


KELLER = mention("Maria Keller", "person", gender="she")
BRANDT = mention("Tomas Brandt", "person", gender="he")
BRIDGE = mention("the bridge", "thing")
SOLDIERS = mention("the soldiers", "group", plural=True)
ROME = mention("Rome", "place")
ISIS = mention("ISIS", "thing")
ALL = [ISIS, BRIDGE, ROME, KELLER, BRANDT, SOLDIERS]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What did she do?", "Maria Keller"),
        ("What did he do?", "Tomas Brandt"),
        ("How long is it?", "ISIS"),
        ("Where did they go?", "the soldiers"),
        ("What happened there?", "Rome"),
    ],
)
def test_a_pronoun_stands_for_the_most_salient_of_its_kind(
    question: str, text: str
) -> None:
    (word,) = referring_words(question)
    found = choose_referent(word, ALL, (), question)
    assert found is not None
    assert found.text == text


def test_what_it_stood_for_before_comes_first() -> None:
    question = "How long is it?"
    (word,) = referring_words(question)
    referred: list[tuple[Reference, str]] = [("thing", "the bridge")]
    assert choose_referent(word, ALL, referred, question) == BRIDGE


def test_what_the_question_names_is_not_meant() -> None:
    question = "Did he meet Tomas Brandt?"
    (word,) = referring_words(question)
    assert choose_referent(word, [BRANDT, ISIS], (), question) is None
