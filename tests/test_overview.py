from __future__ import annotations

import numpy as np
import pytest

from index.documents import Document
from index.passages import Passage
from qa.overview import (
    central_sentences,
    centrality,
    sentences_about,
)
from qa.topics import overview_topic, wanted_subject
from tests.fakes import HOSTILE_TEXTS, FakeEmbedder

ARTICLE = Document(
    "a",
    "Facebook Twitter (X) Instagram\n"
    "The city opened a new bridge over the harbour on Saturday.\n"
    "The bridge over the harbour carries trams and bicycles.\n"
    "Cake is sold at the market every single morning.\n"
    "The mayor said the new bridge would change the city.\n"
    "Read on.\n",
    "A bridge",
)


@pytest.mark.parametrize(
    "question",
    [
        "What is this about?",
        "Summarize",
        "Can you summarize this article for me, please?",
        "key points",
        "What are the main points?",
        "tl;dr",
        "What happened?",
        "Give me a short summary of the article.",
        "What does the article say?",
        "sum it up",
    ],
)
def test_an_overview_of_the_article_in_talk_is_asked_for(question: str) -> None:
    assert overview_topic(question, in_talk=False) == ""


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What is “The bridge” about?", "bridge"),
        ("Summarize the article about the bridge", "bridge"),
        ("Give me an overview of the talks", "talks"),
    ],
)
def test_the_article_may_be_named(question: str, topic: str) -> None:
    assert overview_topic(question, in_talk=False) == topic


@pytest.mark.parametrize(
    "question",
    [
        "What is the memorandum about?",
        "What happened in Baghdad?",
        "What happened next?",
        "Who summarized the talks?",
        "What are the key challenges facing Somalia?",
    ],
)
def test_a_question_of_its_own_asks_for_no_overview(question: str) -> None:
    assert overview_topic(question, in_talk=False) is None


def test_it_may_be_what_was_said_before() -> None:
    assert overview_topic("What is it about?", in_talk=False) == ""
    assert overview_topic("What is it about?", in_talk=True) is None
    assert overview_topic("What is this article about?", in_talk=True) == ""


def test_the_sentences_that_are_like_the_others_carry_the_article() -> None:
    found = [ARTICLE.text[s:e] for s, e in central_sentences(ARTICLE, FakeEmbedder())]
    assert len(found) == 3
    assert found[0].startswith("The city opened")
    assert found == sorted(found, key=ARTICLE.text.index)
    assert not any("Facebook" in text or "Cake" in text for text in found)


def test_what_comes_first_counts_more() -> None:
    alike = np.array([[1, 0], [0, 1], [1, 0]], dtype=np.float32)
    first, _, last = centrality(alike)
    assert first > last > 0


def test_a_lone_sentence_is_its_own_overview() -> None:
    text = "The city opened a new bridge."
    found = central_sentences(Document("a", text, "A"), FakeEmbedder())
    assert found == [(0, len(text))]


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_sentences_are_pieces_of_any_text(text: str) -> None:
    found = central_sentences(Document("a", text, "A"), FakeEmbedder())
    assert len(found) <= 5
    assert all(text[start:end].strip() == text[start:end] for start, end in found)
    assert found == sorted(found)


def test_what_is_said_of_a_subject_is_found() -> None:
    assert wanted_subject("Tell me about the mayor") == "the mayor"
    assert wanted_subject("What does the article say about trams?") == "trams"
    assert wanted_subject("What did the mayor say?") is None
    start = ARTICLE.text.index("The bridge")
    passage = Passage("a", start, len(ARTICLE.text), ARTICLE.text[start:])
    (place,) = sentences_about("the trams", [passage, passage])
    doc_id, first, last = place
    assert doc_id == "a"
    assert ARTICLE.text[first:last].startswith("The bridge over the harbour carries")
    assert sentences_about("the zoo", [passage]) == []


def test_sentences_with_most_of_a_subject_are_about_it_when_none_has_all() -> None:
    text = "Iraq and Somalia met. The talks were long. Somalia was there at the talks."
    passages = [Passage("a", 0, len(text), text)]

    def told(subject: str) -> list[str]:
        return [text[start:end] for _, start, end in sentences_about(subject, passages)]

    assert told("the talks of Iraq and Somalia") == [
        "Iraq and Somalia met.",
        "Somalia was there at the talks.",
    ]
    assert told("Iraq, Somalia and Yemen") == []
    assert told("the talks of Iraq") == []
