from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial

import pytest

from index.documents import Document
from index.work.executor import Budget, InProcess
from index.work.processes import LocalProcesses
from qa.answers import Kind
from qa.suggestions import suggesting
from qa.suggestions.proposing import propose_questions
from qa.suggestions.suggesting import MAX_DOCUMENTS, make_suggestions
from qa.suggestions.suggestions import Suggestion
from tests.fakes_web import FakeAnswerer

TEXT = "In May, Priya Raman opened the Old Harbour Bridge. Priya Raman built it."
ASKED = {
    "Who is Priya Raman?": "built it",
    "What is Priya Raman?": "built it",
    "Who is Old Harbour Bridge?": "nobody",
}


def test_questions_are_about_the_names_of_a_document() -> None:
    assert propose_questions(Document("a", TEXT, "A")) == [
        "Who is Priya Raman?",
        "Who is Old Harbour Bridge?",
    ]


def test_no_name_is_cut_and_no_two_are_joined() -> None:
    text = (
        "A meeting of Iraqi Interior Minister Abdul Amir Al-Shammari and others.\n"
        "Trade between New Norland and Old Norland fell."
    )
    assert propose_questions(Document("a", text, "A")) == [
        "Who is New Norland?",
        "Who is Old Norland?",
    ]


@pytest.mark.parametrize("text", ["", "He said much.", "The Mayor.", "x " * 1000])
def test_a_text_without_names_proposes_nothing(text: str) -> None:
    assert propose_questions(Document("a", text, "A")) == []


@pytest.mark.parametrize("piece", ["Aa ", "Aa of the ", "A’", "Aa\n", "A-"])
def test_proposing_takes_time_in_proportion_to_the_text(piece: str) -> None:
    started = time.perf_counter()
    propose_questions(Document("a", piece * (1_000_000 // len(piece)), "A"))
    assert time.perf_counter() - started < 3


def suggest(answerer: FakeAnswerer) -> list[Suggestion]:
    return make_suggestions(lambda: answerer, answerer.documents(), InProcess())


def test_a_question_is_suggested_when_its_document_answers_it() -> None:
    (found,) = suggest(FakeAnswerer([Document("a", TEXT, "A")], ASKED))
    assert (found.question, found.doc_id) == ("Who is Priya Raman?", "a")


@pytest.mark.parametrize(
    ("kind", "confidence", "count"),
    [
        ("answer", 0.87, 1),
        ("unsure", 0.75, 1),
        ("unsure", 0.6, 0),
        ("overview", 0.9, 0),
    ],
)
def test_a_doubtful_answer_is_not_enough(
    kind: Kind, confidence: float, count: int
) -> None:
    documents = [Document("a", TEXT, "A")]
    answerer = FakeAnswerer(documents, ASKED, kind=kind, confidence=confidence)
    assert len(suggest(answerer)) == count


@pytest.mark.parametrize("answer", ["Priya Raman built", "built"])
def test_an_answer_that_describes_nobody_is_not_enough(answer: str) -> None:
    asked = dict.fromkeys(ASKED, answer)
    assert suggest(FakeAnswerer([Document("a", TEXT, "A")], asked)) == []


def test_what_is_only_answered_as_if_it_were_somebody_is_not_suggested() -> None:
    asked = {**ASKED, "Who is Old Harbour Bridge?": "built it"}
    (found,) = suggest(FakeAnswerer([Document("a", TEXT, "A")], asked))
    assert found.question == "Who is Priya Raman?"


def test_of_many_documents_only_the_first_are_asked() -> None:
    documents = [Document(str(n), TEXT, "A") for n in range(MAX_DOCUMENTS + 5)]
    answerer = FakeAnswerer(documents)
    progress: list[tuple[int, int]] = []
    make_suggestions(
        lambda: answerer,
        answerer.documents(),
        InProcess(),
        lambda done, total: progress.append((done, total)),
    )
    assert progress[-1] == (MAX_DOCUMENTS, MAX_DOCUMENTS)


def test_a_document_that_is_gone_meanwhile_is_passed_over() -> None:
    answerer = FakeAnswerer([Document("a", TEXT, "A")], ASKED)
    found = make_suggestions(lambda: answerer, ["gone", "a"], InProcess())
    assert [each.doc_id for each in found] == ["a"]


class SlowAnswerer(FakeAnswerer):
    """Never gets ready with one of its documents."""

    def documents(self) -> Mapping[str, Document]:
        return Slow(super().documents())


class Slow(dict[str, Document]):
    def get(self, key: str, default: object = None) -> Document:
        while key == "slow":
            time.sleep(1)
        return self[key]


def test_a_document_beyond_the_time_is_given_up_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(suggesting, "_BUDGET", Budget(seconds=1.0, wall_seconds=1.0))
    documents = [Document("slow", "He said it.", "S"), Document("a", TEXT, "A")]
    load: Callable[[], FakeAnswerer] = partial(SlowAnswerer, documents, ASKED)
    found = make_suggestions(load, ["slow", "a"], LocalProcesses(1))
    assert [each.doc_id for each in found] == ["a"]
