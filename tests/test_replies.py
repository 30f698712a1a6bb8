"""Conversations through the pipeline, with fakes for the models."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from qa.answers import Answer
from qa.citations import verify
from qa.confidence import UNFITTED
from qa.conversation import CitedPlace, Turn
from qa.pipeline import Pipeline
from qa.reader import QuestionError, Reading
from qa.suggestions import Suggestion, load_suggestions, save_suggestions
from tests.fakes import FakeEmbedder, FakeReader, build_fake_index, fake_pipeline

TEXTS = {
    "bridge": "Mayor Maria Keller opened the bridge on Monday. Keller praised it.",
    "flood": "The river flooded the town of Dolna. Maria Novak blamed the rain.",
}
OPENED = Turn("Who opened the bridge?", "Maria Keller", (CitedPlace("bridge", 6, 18),))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    build_fake_index(tmp_path, TEXTS)
    return tmp_path


def check_law(answer: Answer, pipeline: Pipeline) -> None:
    documents = pipeline.documents()
    for citation in (*answer.citations, *answer.nearest_passages):
        assert verify(citation, documents[citation.doc_id])
    for part in answer.parts:
        assert part.text == answer.citations[part.citations[0]].quote


def test_a_follow_up_is_understood_and_says_how(root: Path) -> None:
    pipeline = fake_pipeline(root, FakeReader({"Monday": 6.0}))
    answer = pipeline.answer("When did she open it?", history=[OPENED])
    check_law(answer, pipeline)
    assert answer.interpreted_question == "When did Maria Keller open the bridge?"
    assert answer.question == "When did she open it?"
    assert answer.text == "Monday"


def test_a_question_may_be_asked_word_for_word(root: Path) -> None:
    pipeline = fake_pipeline(root, FakeReader({"Monday": 6.0}))
    history = [OPENED]
    answer = pipeline.answer("When did she?", history=history, interpret=False)
    assert answer.interpreted_question is None
    assert pipeline.answer("hello", interpret=False).kind == "answer"


class ByWording(FakeReader):
    """Finds one span for a question about Maria Keller, another for any other."""

    def __init__(self, named: dict[str, float], otherwise: dict[str, float]) -> None:
        super().__init__(otherwise)
        self._named = FakeReader(named)

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        if "Maria Keller" in question:
            return self._named.read(question, passages)
        return super().read(question, passages)


@pytest.mark.parametrize(
    ("rewritten", "raw", "text", "interpreted"),
    [
        (2.0, 1.0, "bridge", "When did Maria Keller open the bridge?"),
        (1.0, 2.0, "Monday", None),
        (-2.0, 1.5, "Monday", None),
    ],
)
def test_the_better_supported_of_the_two_questions_wins(
    root: Path, rewritten: float, raw: float, text: str, interpreted: str | None
) -> None:
    reader = ByWording({"bridge": rewritten}, {"Monday": raw})
    pipeline = fake_pipeline(root, reader)
    answer = pipeline.answer("When did she open it?", history=[OPENED])
    assert (answer.text, answer.interpreted_question) == (text, interpreted)


def test_a_fragment_means_nothing_as_asked(root: Path) -> None:
    reader = ByWording({"bridge": -2.0}, {"Monday": 4.0})
    pipeline = fake_pipeline(root, reader)
    answer = pipeline.answer("When?", history=[replace(OPENED, answer="Maria Keller")])
    assert answer.kind == "no_answer"
    asked = "When is it that Maria Keller opened the bridge?"
    assert answer.interpreted_question == asked


class BySynonym(FakeReader):
    """Finds Monday when asked of what the article says in the article's words."""

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        scores = {"Monday": 6.0} if "opened" in question else {"Keller": -1.0}
        return FakeReader(scores).read(question, passages)


def test_a_question_in_doubt_is_asked_in_the_words_of_the_article(root: Path) -> None:
    pipeline = fake_pipeline(root, BySynonym({}))
    answer = pipeline.answer("The bridge was launched when?")
    assert (answer.text, answer.interpreted_question) == ("Monday", None)
    word_for_word = pipeline.answer("The bridge was launched when?", interpret=False)
    assert word_for_word.kind == "no_answer"


def test_what_someone_said_is_told_when_no_words_are_the_answer(root: Path) -> None:
    pipeline = fake_pipeline(root, FakeReader({}))
    answer = pipeline.answer("What did Maria Keller say?")
    check_law(answer, pipeline)
    assert [part.text for part in answer.parts] == [
        "Mayor Maria Keller opened the bridge on Monday.",
        "Keller praised it.",
    ]


class LongWords(FakeEmbedder):
    """Knows short words in one piece, others in two."""

    def count_tokens(self, text: str) -> int:
        return 1 if len(text) < 6 else 2


class BySpelling(FakeReader):
    """Finds nothing when asked of a "brigde"."""

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        if "brigde" in question:
            return FakeReader({}).read(question, passages)
        return super().read(question, passages)


def test_a_misspelt_question_says_how_it_was_read(root: Path) -> None:
    reader = BySpelling({"Monday": 6.0})
    pipeline = fake_pipeline(root, reader, embedder=LongWords())
    answer = pipeline.answer("When was the brigde opened?")
    assert answer.text == "Monday"
    assert answer.interpreted_question == "When was the bridge opened?"
    answer = pipeline.answer("When did she cross the brigde?", history=[OPENED])
    asked = "When did Maria Keller cross the bridge?"
    assert answer.interpreted_question == asked


def test_a_slip_that_makes_no_difference_is_not_told(root: Path) -> None:
    reader = FakeReader({"Monday": 6.0})
    pipeline = fake_pipeline(root, reader, embedder=LongWords())
    answer = pipeline.answer("When was the brigde opened?")
    assert (answer.text, answer.interpreted_question) == ("Monday", None)


def test_several_doubtful_answers_are_shown_together_as_unsure(root: Path) -> None:
    doubtful = replace(UNFITTED, answer_threshold=0.99)
    reader = FakeReader({"bridge": 3.0, "town": 2.0})
    pipeline = fake_pipeline(root, reader, doubtful)
    answer = pipeline.answer("Which things were there?")
    check_law(answer, pipeline)
    assert (answer.kind, answer.text) == ("unsure", "bridge; town")
    assert [part.citations for part in answer.parts] == [(0,), (1,)]


class ShortSighted(FakeReader):
    """Takes questions of so many characters at most."""

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        if len(question) > 60:
            raise QuestionError("the question is too long")
        return super().read(question, passages)


@pytest.mark.parametrize("words", [12, 120])
def test_a_follow_up_too_long_when_rewritten_is_read_as_asked(
    root: Path, words: int
) -> None:
    pipeline = fake_pipeline(root, ShortSighted({"Monday": 6.0}))
    name = " ".join(["Maria", *["Anna"] * words, "Keller"])
    history = [Turn("Who opened the bridge?", name, OPENED.citations)]
    answer = pipeline.answer("When did she open it?", history=history)
    assert (answer.text, answer.interpreted_question) == ("Monday", None)
    with pytest.raises(QuestionError):
        pipeline.answer("When did she open the bridge " + "again " * 9)


def test_thanks_before_a_question_do_not_hide_it(root: Path) -> None:
    pipeline = fake_pipeline(root, FakeReader({"Dolna": 6.0}))
    answer = pipeline.answer("thanks, and which town did the river flood?")
    assert (answer.text, answer.interpreted_question) == ("Dolna", None)
    assert answer.question == "thanks, and which town did the river flood?"


def test_articles_without_suggestions_offer_what_they_are_about(root: Path) -> None:
    pipeline = fake_pipeline(root, FakeReader({}))
    about = "What is “Flood” about?"
    said = pipeline.answer("hello", doc_ids=["flood"])
    assert said.suggested_questions == (about,)
    assert pipeline.answer(about, doc_ids=["flood"]).kind == "overview"
    none = pipeline.answer("How old is the mayor?", doc_ids=["flood"])
    assert (none.kind, none.suggested_questions) == ("no_answer", (about,))


def test_a_question_that_stands_alone_is_not_rewritten(root: Path) -> None:
    pipeline = fake_pipeline(root, FakeReader({"Dolna": 6.0}))
    answer = pipeline.answer("Which town did the river flood?", history=[OPENED])
    assert answer.interpreted_question is None
    assert answer.text == "Dolna"


def test_a_follow_up_is_looked_up_in_the_article_in_talk(root: Path) -> None:
    pipeline = fake_pipeline(root, FakeReader({"bridge": 1.0, "rain": 1.0}))
    history = [Turn("Who spoke?", "Maria Novak", (CitedPlace("flood", 37, 48),))]
    answer = pipeline.answer("What did she blame?", history=history, k=1)
    assert [citation.doc_id for citation in answer.citations] == ["flood"]


def test_places_that_are_gone_from_the_index_do_no_harm(root: Path) -> None:
    pipeline = fake_pipeline(root, FakeReader({"Monday": 6.0}))
    places = (CitedPlace("gone", 0, 5), CitedPlace("bridge", 900, 901))
    history = [Turn("Who opened the bridge?", "Maria Keller", places)]
    for question in ("When did she open it?", "Who else?", "Summarize"):
        check_law(pipeline.answer(question, history=history), pipeline)


def test_what_was_answered_is_no_answer_to_who_else(root: Path) -> None:
    pipeline = fake_pipeline(root, FakeReader({"Maria Keller": 6.0}))
    assert pipeline.answer("Who opened the bridge?").kind == "answer"
    assert pipeline.answer("Who else?", history=[OPENED]).kind == "no_answer"


def test_several_answers_are_a_list_with_a_part_each(root: Path) -> None:
    pipeline = fake_pipeline(root, FakeReader({"bridge": 6.0, "town": 5.0}))
    answer = pipeline.answer("Which things were there?")
    check_law(answer, pipeline)
    assert answer.kind == "list"
    assert answer.text == "bridge; town"
    assert [part.citations for part in answer.parts] == [(0,), (1,)]


def test_one_fact_in_two_places_is_one_answer_with_two_citations(root: Path) -> None:
    pipeline = fake_pipeline(root, FakeReader({"Maria Keller": 6.0, "Keller": 3.0}))
    answer = pipeline.answer("Who praised the bridge?")
    check_law(answer, pipeline)
    (part,) = answer.parts
    assert part.citations == (0, 1)
    quotes = [citation.quote for citation in answer.citations]
    assert quotes == ["Maria Keller", "Keller"]


def test_an_overview_is_of_the_article_in_talk(root: Path) -> None:
    pipeline = fake_pipeline(root, FakeReader({}))
    answer = pipeline.answer("What is this about?", history=[OPENED])
    check_law(answer, pipeline)
    assert answer.kind == "overview"
    assert {citation.doc_id for citation in answer.citations} == {"bridge"}
    assert answer.text == " ".join(part.text for part in answer.parts)


def test_of_many_articles_it_is_asked_which_is_meant(root: Path) -> None:
    pipeline = fake_pipeline(root, FakeReader({}))
    answer = pipeline.answer("Summarize")
    assert (answer.kind, answer.citations) == ("clarification", ())
    assert answer.suggested_questions[0] == "What is “Bridge” about?"
    named = pipeline.answer(answer.suggested_questions[1])
    assert {citation.doc_id for citation in named.citations} == {"flood"}
    alone = pipeline.answer("Summarize", doc_ids=["flood"])
    assert {citation.doc_id for citation in alone.citations} == {"flood"}


def test_what_is_said_of_something_is_told(root: Path) -> None:
    pipeline = fake_pipeline(root, FakeReader({}))
    answer = pipeline.answer("Tell me about the river")
    check_law(answer, pipeline)
    assert answer.text == "The river flooded the town of Dolna."


@pytest.mark.parametrize("text", ["hello", "thanks!", "?", "qwertz asdf"])
def test_small_talk_is_answered_without_the_reader(root: Path, text: str) -> None:
    pipeline = fake_pipeline(root, FakeReader({"bridge": 9.0}))
    answer = pipeline.answer(text)
    assert (answer.kind, answer.citations, answer.parts) == ("small_talk", (), ())
    assert answer.text


def test_suggestions_follow_what_leads_nowhere(root: Path) -> None:
    pipeline = fake_pipeline(root, FakeReader({}))
    found = [
        Suggestion("Who opened the bridge?", "bridge"),
        Suggestion("Why?", "flood"),
    ]
    save_suggestions(root, pipeline.index_version(), found)
    pipeline = fake_pipeline(
        root, FakeReader({}), suggest=lambda version: load_suggestions(root, version)
    )
    assert pipeline.suggestions("flood") == found[1:]
    assert pipeline.answer("hello").suggested_questions == (
        "Who opened the bridge?",
        "Why?",
    )
    answer = pipeline.answer("How old is the mayor?", history=[OPENED])
    assert answer.kind == "no_answer"
    assert answer.suggested_questions == ("Why?",)


def test_the_conversations_of_the_test_data_are_sound() -> None:
    path = Path(__file__).with_name("conversations.json")
    record = json.loads(path.read_text(encoding="utf-8"))
    texts = {each["doc_id"]: each["text"] for each in record["documents"]}
    missing = [
        answer
        for conversation in record["conversations"]
        for turn in conversation["turns"]
        for answer in turn["answers"]
        if answer not in texts.get(conversation["document"], answer)
    ]
    assert missing == []
