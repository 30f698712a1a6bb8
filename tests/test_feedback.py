from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from index.documents import Document
from qa.evaluation.squad import GoldAnswer, read_squad
from scripts import export_feedback
from tests.fakes_web import VERSION, FakeAnswerer
from web import create_app
from web.feedback.labels import labels, write_labels
from web.feedback.routes import place_of
from web.feedback.store import Feedback, FeedbackError, FeedbackStore, Verdict

WHO = "Who opened the bridge?"
LINE = "After 🥁🥁 drums, Mariá Keller 🌉 opened the bridge."
ARTICLE = Document("2024/a", f"Café 🌉 news.\n{LINE}\nIt rained.", "A")
START = ARTICLE.text.index("Mariá")
END = ARTICLE.text.index(" opened")
QUOTE = "Mariá Keller 🌉"
PLACE = {"document_id": ARTICLE.doc_id, "start": START, "end": END}


@pytest.fixture
def answerer() -> FakeAnswerer:
    return FakeAnswerer([ARTICLE])


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore.open(tmp_path / "new" / "feedback.sqlite")


@pytest.fixture
def client(answerer: FakeAnswerer, store: FeedbackStore) -> FlaskClient:
    return create_app(answerer, store).test_client()


def send(client: FlaskClient, **changes: object) -> TestResponse:
    body = {
        "question": WHO,
        "verdict": "up",
        "answer": QUOTE,
        "citation": PLACE,
        "index_version": VERSION,
    }
    return client.post("/api/feedback", json=body | changes)


def problem_of(response: TestResponse, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    problem: dict[str, Any] = json.loads(response.data)
    return problem


def test_a_verdict_is_kept_with_the_text_that_it_is_about(
    client: FlaskClient, store: FeedbackStore
) -> None:
    response = send(client)
    assert response.status_code == 201
    assert set(response.get_json()) == {"id"}
    (kept,) = store.read()
    assert kept.question == WHO
    assert kept.verdict == "up"
    assert kept.answer == QUOTE
    assert kept.index_version == VERSION
    assert kept.place is not None
    assert kept.place.context == LINE
    assert kept.place.quote == QUOTE
    assert kept.place.document_sha256 == ARTICLE.sha256


def test_a_verdict_on_no_answer_needs_no_passage(
    client: FlaskClient, store: FeedbackStore
) -> None:
    assert send(client, verdict="down", answer=None, citation=None).status_code == 201
    (kept,) = store.read()
    assert kept.place is None
    assert kept.answer is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"verdict": "meh"}, "#/verdict"),
        ({"question": " "}, "#/question"),
        ({"index_version": ""}, "#/index_version"),
        ({"citation": {**PLACE, "end": 0}}, "#/citation/end"),
        ({"citation": {**PLACE, "end": 10_000}}, "is no part of"),
        ({"citation": {**PLACE, "end": START}}, "is no part of"),
        ({"citation": {**PLACE, "document_id": "b"}}, "no document 'b'"),
        ({"verdict": "wrong_passage", "citation": None}, "needs the citation"),
        ({"stars": 5}, "#/stars"),
    ],
)
def test_a_wrong_verdict_is_not_kept(
    client: FlaskClient, store: FeedbackStore, changes: dict[str, object], said: str
) -> None:
    assert said in problem_of(send(client, **changes), 422)["detail"]
    assert store.read() == []


def test_what_another_index_said_is_kept_if_it_still_stands_there(
    client: FlaskClient, answerer: FakeAnswerer, store: FeedbackStore
) -> None:
    assert send(client, index_version="older").status_code == 201
    answerer.replace(Document(ARTICLE.doc_id, "!" + ARTICLE.text, "A"))
    problem = problem_of(send(client, index_version="older"), 409)
    assert "ask again" in problem["detail"]
    assert len(store.read()) == 1


def test_a_store_that_fails_is_told_without_its_path(
    client: FlaskClient, store: FeedbackStore, tmp_path: Path
) -> None:
    (tmp_path / "new" / "feedback.sqlite").write_bytes(b"no database at all" * 100)
    problem = problem_of(send(client), 503)
    assert "the log says why" in problem["detail"]
    assert str(tmp_path) not in problem["detail"]


def test_without_a_store_no_verdict_is_taken(answerer: FakeAnswerer) -> None:
    client = create_app(answerer).test_client()
    assert send(client).status_code == 404
    assert "data-feedback" not in client.get("/").text


def test_verdicts_of_many_threads_are_all_kept(store: FeedbackStore) -> None:
    threads = [
        threading.Thread(target=store.add, args=(feedback("up"),)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.read()) == 8


def test_a_store_is_opened_again_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "feedback.sqlite"
    FeedbackStore.open(path).add(feedback("up"))
    assert FeedbackStore.open(path).read() == [feedback("up")]


def test_what_is_no_store_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database at all " * 100)
    with sqlite3.connect(tmp_path / "newer") as connection:
        connection.execute("PRAGMA user_version = 3")
    connection.close()
    for path in (tmp_path / "text", tmp_path / "newer", tmp_path / "text" / "below"):
        with pytest.raises(FeedbackError, match="name another file with --feedback"):
            FeedbackStore.open(path)
    with pytest.raises(FeedbackError, match="no such file"):
        FeedbackStore.open_existing(tmp_path / "nothing")


def feedback(
    verdict: Verdict,
    *,
    quote: str = QUOTE,
    question: str = WHO,
    answered: bool = True,
) -> Feedback:
    start = ARTICLE.text.index(quote)
    place = place_of(ARTICLE, start, start + len(quote))
    return Feedback(question, verdict, quote if answered else None, place, VERSION)


def test_a_book_of_one_line_gives_a_context_of_bounded_length() -> None:
    book = Document("b", "x" * 9000 + QUOTE + "y" * 9000, "B")
    place = place_of(book, 9000, 9000 + len(QUOTE))
    assert place.quote == QUOTE
    assert len(place.context) == 4000 + len(QUOTE)


def test_right_answers_become_labels_of_their_context() -> None:
    (example,) = labels([feedback("up"), feedback("up", quote="Keller")])
    assert example.context == LINE
    assert [answer.text for answer in example.answers] == [QUOTE, "Keller"]
    assert example.answers[0] == GoldAnswer(QUOTE, LINE.index(QUOTE))


def test_wrong_passages_and_right_silence_become_labels_without_an_answer() -> None:
    verdicts = [
        feedback("wrong_passage"),
        feedback("up", quote="It rained.", answered=False),
    ]
    assert [(each.context, each.answers) for each in labels(verdicts)] == [
        (LINE, ()),
        ("It rained.", ()),
    ]


def test_a_context_with_a_right_answer_is_not_called_empty() -> None:
    (example,) = labels([feedback("up"), feedback("wrong_passage", quote="After")])
    assert [answer.text for answer in example.answers] == [QUOTE]


def test_the_last_verdict_counts_and_a_wrong_answer_is_no_label() -> None:
    assert labels([feedback("up"), feedback("down")]) == []
    assert labels([Feedback(WHO, "up", None, None, VERSION)]) == []


def test_the_export_is_read_as_squad(
    client: FlaskClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    send(client)
    send(client, question="Why?", verdict="wrong_passage")
    send(client, question="When?", verdict="down")
    labels_file = tmp_path / "labels.jsonl"
    source = str(tmp_path / "new" / "feedback.sqlite")
    code = export_feedback.main([str(labels_file), "--feedback", source])
    assert code == 0
    who, why = read_squad(labels_file)
    assert (who.question, who.context) == (WHO, LINE)
    assert who.answers == (GoldAnswer(QUOTE, LINE.index(QUOTE)),)
    assert (why.question, why.answers) == ("Why?", ())
    assert (
        "3 verdicts: 1 questions with answers and 1 without" in capsys.readouterr().out
    )


def test_an_export_that_cannot_be_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = str(tmp_path / "labels.jsonl")
    assert export_feedback.main([output, "--feedback", str(tmp_path / "none")]) == 2
    assert "no such file" in capsys.readouterr().err
    with pytest.raises(ValueError, match=r"\.jsonl"):
        write_labels([], tmp_path / "labels.json")
