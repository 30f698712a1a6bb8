from __future__ import annotations

import pytest

from index.documents import Document
from qa.conversation import CitedPlace, Turn
from qa.topics import (
    chosen_topic,
    overview_topic,
    spoken_subject,
    titled,
    wanted_article,
)
from qa.topics import wanted_subject as subject


@pytest.mark.parametrize(
    "question",
    [
        "whats this about",
        "key points pls",
        "whats going on",
        "tl;dr please",
        "summarise the article in 3 short sentences",
        "what's the point of this",
    ],
)
def test_an_overview_may_be_asked_for_carelessly(question: str) -> None:
    assert overview_topic(question, in_talk=False) == ""


def test_the_kind_of_text_is_no_part_of_a_topic() -> None:
    asked = "key points of the cobalt story please"
    assert overview_topic(asked, in_talk=False) == "cobalt"


def test_a_few_keywords_are_a_subject() -> None:
    assert subject("border guard command") == "border guard command"
    assert subject("Velden?") == "Velden"


@pytest.mark.parametrize(
    "question",
    [
        "will it appeal?",
        "why not",
        "who else",
        "and the mayor",
        "name the groups",
        "yes",
    ],
)
def test_a_short_question_is_no_subject(question: str) -> None:
    assert subject(question) is None


def test_the_reply_to_which_article_names_it() -> None:
    asked_which = [Turn("What is this about?", "There are 3 articles. Which one?")]
    assert wanted_article("the one about the comet", asked_which) == "comet"
    assert wanted_article("Who found the comet?", asked_which) is None
    told = [Turn("What is this about?", "A comet.", (CitedPlace("c", 0, 8),))]
    assert wanted_article("the one about the comet", told) is None
    assert chosen_topic("Ferry strike") == "Ferry strike"


def test_a_title_that_alone_has_the_topic_is_meant() -> None:
    documents = {
        name: Document(name, "Text.", title)
        for name, title in (("a", "Court stops cobalt mine"), ("b", "Court opens"))
    }
    assert titled("cobalt mine", list(documents), documents) == "a"
    assert titled("court", list(documents), documents) is None
    assert titled("B", list(documents), documents) == "b"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What did Maria Keller say about the bridge?", "Keller the bridge"),
        ("what has Keller said", "Keller"),
        ("what happened in Velden?", "Velden"),
        ("What did she say about it?", None),
        ("What did Keller buy?", None),
    ],
)
def test_what_was_said_or_happened_is_told_by_sentences(
    question: str, told: str | None
) -> None:
    assert spoken_subject(question) == told
