from __future__ import annotations

from index.documents import Document
from qa.suggesting import MAX_DOCUMENTS, make_suggestions
from tests.fakes_web import FakeAnswerer

TEXT = "Iraq aims to help. Somalia is seeking support."
ASKED = {"What does Iraq aim to do?": "help", "What is Somalia seeking?": "Iraq"}


def test_a_question_is_suggested_when_its_own_sentence_answers_it() -> None:
    answerer = FakeAnswerer([Document("a", TEXT, "A")], ASKED)
    (found,) = make_suggestions(answerer)
    assert (found.question, found.doc_id) == ("What does Iraq aim to do?", "a")


def test_a_doubtful_answer_is_not_enough() -> None:
    answerer = FakeAnswerer([Document("a", TEXT, "A")], ASKED, kind="unsure")
    assert make_suggestions(answerer) == []


def test_of_many_documents_only_the_first_are_asked() -> None:
    documents = [Document(str(n), TEXT, "A") for n in range(MAX_DOCUMENTS + 5)]
    progress: list[tuple[int, int]] = []
    make_suggestions(
        FakeAnswerer(documents), lambda done, total: progress.append((done, total))
    )
    assert progress[-1] == (MAX_DOCUMENTS, MAX_DOCUMENTS)
