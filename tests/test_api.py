from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from index.documents import Document
from index.store import IndexNotFoundError
from qa.answerer import DEFAULT_K, MAX_K, MAX_QUESTION_CHARACTERS, MAX_TURNS
from qa.conversation import CitedPlace, Turn
from qa.reader import QuestionError
from qa.suggestions import Suggestion
from tests.fakes_web import VERSION, Asked, FakeAnswerer
from web import create_app
from web.api import MAX_BODY_BYTES

BRIDGE = Document(
    "2024/the bridge",
    "The mayor came.\nMaria Keller opened the bridge on 3 May.\nIt rained.",
    "The bridge",
    "https://example.org/bridge",
    "2024-05-04",
)
WHO = "Who opened the bridge?"
PLAIN_TURN = {"question": "Who came?", "answer": None}


@pytest.fixture
def answerer() -> FakeAnswerer:
    return FakeAnswerer([BRIDGE], {WHO: "Maria Keller"})


@pytest.fixture
def client(answerer: FakeAnswerer) -> FlaskClient:
    return create_app(answerer).test_client()


def post(
    client: FlaskClient, body: bytes | str, content_type: str = "application/json"
) -> TestResponse:
    return client.post("/api/answer", data=body, content_type=content_type)


def problem_of(response: TestResponse, status: int) -> dict[str, Any]:
    """The problem in a response, checked against RFC 9457."""
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    problem: dict[str, Any] = json.loads(response.data)
    assert set(problem) == {"type", "title", "status", "detail", "errors"}
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    return problem


def test_an_answer_comes_with_its_citation(client: FlaskClient) -> None:
    response = client.post("/api/answer", json={"question": WHO})
    assert response.status_code == 200
    assert response.content_type == "application/json"
    assert json.loads(response.data) == {
        "question": WHO,
        "interpreted_question": None,
        "kind": "answer",
        "answer": "Maria Keller",
        "confidence": 0.87,
        "citations": [
            {
                "document": {
                    "id": "2024/the bridge",
                    "title": "The bridge",
                    "url": "https://example.org/bridge",
                    "sha256": BRIDGE.sha256,
                },
                "start": 16,
                "end": 28,
                "quote": "Maria Keller",
                "before": "",
                "after": " opened the bridge on 3 May.",
                "sentence": {
                    "start": 16,
                    "end": 56,
                    "text": "Maria Keller opened the bridge on 3 May.",
                },
                "page": None,
            }
        ],
        "parts": [{"text": "Maria Keller", "citations": [0]}],
        "nearest_passages": [],
        "suggested_questions": [],
        "index_version": VERSION,
        "timings_ms": {"retrieve": 1.5, "read": 20.25, "total": 21.75},
    }


def test_no_answer_is_a_result_without_citations(client: FlaskClient) -> None:
    response = client.post("/api/answer", json={"question": "Why?"})
    assert response.status_code == 200
    reply = json.loads(response.data)
    assert reply["kind"] == "no_answer"
    assert reply["answer"] is None
    assert reply["citations"] == []
    (nearest,) = reply["nearest_passages"]
    assert nearest["quote"] == "The mayor came."


def test_the_question_is_asked_without_the_space_round_it(
    client: FlaskClient, answerer: FakeAnswerer
) -> None:
    reply = client.post("/api/answer", json={"question": f" \n{WHO}\t"}).get_json()
    assert reply["question"] == WHO
    assert answerer.asked == [Asked(WHO, DEFAULT_K, (), None, interpret=True)]


def test_the_conversation_is_passed_on(
    client: FlaskClient, answerer: FakeAnswerer
) -> None:
    place = {"document_id": BRIDGE.doc_id, "start": 4, "end": 9}
    body = {
        "question": WHO,
        "history": [
            PLAIN_TURN,
            {"question": "Who else?", "answer": "mayor", "citations": [place]},
        ],
        "document_ids": [BRIDGE.doc_id],
        "interpret": False,
    }
    assert client.post("/api/answer", json=body).status_code == 200
    history = (
        Turn("Who came?", None),
        Turn("Who else?", "mayor", (CitedPlace(BRIDGE.doc_id, 4, 9),)),
    )
    assert answerer.asked == [
        Asked(WHO, DEFAULT_K, history, (BRIDGE.doc_id,), interpret=False)
    ]


def test_the_longest_conversation_is_taken(client: FlaskClient) -> None:
    turn = {"question": "🌉" * MAX_QUESTION_CHARACTERS, "answer": "🌉" * 8000}
    body = {"question": WHO, "history": [turn] * MAX_TURNS}
    body_bytes = json.dumps(body, ensure_ascii=False).encode()
    assert post(client, body_bytes).status_code == 200


def test_an_unknown_document_cannot_be_asked(client: FlaskClient) -> None:
    body = {"question": WHO, "document_ids": [BRIDGE.doc_id, "none"]}
    problem = problem_of(client.post("/api/answer", json=body), 422)
    assert "'none'" in problem["detail"]
    assert [each["pointer"] for each in problem["errors"]] == ["#/document_ids"]


def test_suggestions_come_with_their_documents() -> None:
    suggestions = [Suggestion(WHO, BRIDGE.doc_id), Suggestion("Why?", "2")]
    documents = [BRIDGE, Document("2", "a", "A")]
    client = create_app(FakeAnswerer(documents, suggestions=suggestions)).test_client()
    both = [
        {"question": WHO, "document_id": BRIDGE.doc_id},
        {"question": "Why?", "document_id": "2"},
    ]
    assert client.get("/api/suggestions").get_json() == {"questions": both}
    reply = client.get("/api/suggestions?document_id=2").get_json()
    assert reply == {"questions": both[1:]}


def test_suggestions_of_an_unknown_document_are_refused(client: FlaskClient) -> None:
    problem = problem_of(client.get("/api/suggestions?document_id=none"), 422)
    assert [each["pointer"] for each in problem["errors"]] == ["#/document_id"]
    problem_of(client.get("/api/suggestions?id=2"), 422)


@pytest.mark.parametrize("k", [1, MAX_K])
def test_k_is_passed_on(client: FlaskClient, answerer: FakeAnswerer, k: int) -> None:
    assert client.post("/api/answer", json={"question": WHO, "k": k}).status_code == 200
    assert [each.k for each in answerer.asked] == [k]


def test_the_longest_question_counts_code_points(client: FlaskClient) -> None:
    question = "🌉" * MAX_QUESTION_CHARACTERS
    assert client.post("/api/answer", json={"question": question}).status_code == 200


def test_a_json_type_with_charset_is_json(client: FlaskClient) -> None:
    body = json.dumps({"question": WHO})
    response = post(client, body, content_type="application/json; charset=utf-8")
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["#/question"]),
        ({"question": ""}, ["#/question"]),
        ({"question": " \n\t\u3000"}, ["#/question"]),
        ({"question": "x" * (MAX_QUESTION_CHARACTERS + 1)}, ["#/question"]),
        ({"question": None}, ["#/question"]),
        ({"question": 7}, ["#/question"]),
        ({"question": ["Who?"]}, ["#/question"]),
        ({"question": WHO, "k": 0}, ["#/k"]),
        ({"question": WHO, "k": MAX_K + 1}, ["#/k"]),
        ({"question": WHO, "k": True}, ["#/k"]),
        ({"question": WHO, "k": "8"}, ["#/k"]),
        ({"question": WHO, "k": 8.5}, ["#/k"]),
        ({"question": WHO, "k": None}, ["#/k"]),
        ({"question": WHO, "k": 10**40}, ["#/k"]),
        ({"question": WHO, "top_k": 8}, ["#/top_k"]),
        ({"question": WHO, "a/b~c d": 8}, ["#/a~1b~0c%20d"]),
        ({"question": 7, "k": "8"}, ["#/question", "#/k"]),
        ({"question": WHO, "interpret": 1}, ["#/interpret"]),
        ({"question": WHO, "document_ids": []}, ["#/document_ids"]),
        ({"question": WHO, "document_ids": "a"}, ["#/document_ids"]),
        ({"question": WHO, "history": None}, ["#/history"]),
        ({"question": WHO, "history": [PLAIN_TURN] * 11}, ["#/history"]),
        (
            {"question": WHO, "history": [{"question": WHO}]},
            ["#/history/0/answer"],
        ),
        (
            {"question": WHO, "history": [PLAIN_TURN | {"citations": [{"start": 0}]}]},
            [
                "#/history/0/citations/0/document_id",
                "#/history/0/citations/0/end",
            ],
        ),
        ([], ["#"]),
        ("Who?", ["#"]),
        (None, ["#"]),
    ],
)
def test_a_body_that_breaks_the_schema_is_unprocessable(
    client: FlaskClient, answerer: FakeAnswerer, body: object, pointers: list[str]
) -> None:
    problem = problem_of(post(client, json.dumps(body)), 422)
    assert [each["pointer"] for each in problem["errors"]] == pointers
    assert all(each["detail"] for each in problem["errors"])
    assert answerer.asked == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"who?",
        b'{"question": "Who?"} trailing',
        b'{"question": "Wh\xff?"}',
        b'{"question": "lone \\ud800 surrogate"}',
        b'{"question": "lone \\udc00 surrogate"}',
        b'{"lone \\ud800 surrogate": "Who?"}',
        '{"question": "Who?"}'.encode("utf-16"),
        b"[" * 60_000,
    ],
)
def test_a_body_that_is_no_json_is_a_bad_request(
    client: FlaskClient, answerer: FakeAnswerer, body: bytes
) -> None:
    problem = problem_of(post(client, body), 400)
    assert "JSON" in problem["detail"]
    assert answerer.asked == []


def test_a_lone_surrogate_is_named(client: FlaskClient) -> None:
    problem = problem_of(post(client, b'{"question": "\\ud800"}'), 400)
    assert "surrogate" in problem["detail"] or "hex escape" in problem["detail"]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", ""]
)
def test_another_content_type_is_refused(
    client: FlaskClient, content_type: str
) -> None:
    body = json.dumps({"question": WHO})
    problem = problem_of(post(client, body, content_type=content_type), 415)
    assert "application/json" in problem["detail"]


def test_a_large_body_is_refused(client: FlaskClient) -> None:
    body = json.dumps({"question": "x" * MAX_BODY_BYTES})
    problem = problem_of(post(client, body), 413)
    assert str(MAX_BODY_BYTES) in problem["detail"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_the_wrong_method_is_told_the_right_one(
    client: FlaskClient, method: str
) -> None:
    response = client.open("/api/answer", method=method)
    problem_of(response, 405)
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize("path", ["/nothing", "/api/", "/api/answer/", "/static/no"])
def test_an_unknown_path_is_not_found(client: FlaskClient, path: str) -> None:
    problem_of(client.get(path), 404)


def test_what_nobody_foresaw_is_logged_and_not_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = create_app(FakeAnswerer([], error=OSError("secret"))).test_client()
    with caplog.at_level(logging.ERROR):
        response = client.post("/api/answer", json={"question": WHO})
    problem_of(response, 500)
    assert b"secret" not in response.data
    assert "secret" in caplog.text


def test_a_question_that_the_answerer_refuses_is_unprocessable() -> None:
    answerer = FakeAnswerer([], error=QuestionError("too many word pieces"))
    client = create_app(answerer).test_client()
    problem = problem_of(client.post("/api/answer", json={"question": WHO}), 422)
    assert problem["detail"] == "too many word pieces"
    assert [each["pointer"] for each in problem["errors"]] == ["#/question"]


def test_without_an_index_the_service_is_alive_but_not_ready() -> None:
    answerer = FakeAnswerer([], error=IndexNotFoundError("no index; make one"))
    client = create_app(answerer).test_client()
    assert client.get("/livez").get_json() == {"status": "alive"}
    assert problem_of(client.get("/readyz"), 503)["detail"] == "no index; make one"
    problem_of(client.post("/api/answer", json={"question": WHO}), 503)
    problem_of(client.get("/api/documents"), 503)


def test_an_empty_index_is_not_ready() -> None:
    client = create_app(FakeAnswerer([])).test_client()
    problem_of(client.get("/readyz"), 503)
    assert client.get("/api/documents").get_json() == {"documents": []}


def test_readiness_names_the_index(client: FlaskClient) -> None:
    reply = client.get("/readyz").get_json()
    assert reply == {"status": "ready", "index_version": VERSION, "documents": 1}


def test_documents_are_listed_by_title() -> None:
    documents = [Document("1", "b", "B"), Document("2", "a", "A"), BRIDGE]
    client = create_app(FakeAnswerer(documents)).test_client()
    reply = client.get("/api/documents").get_json()
    assert [each["title"] for each in reply["documents"]] == ["A", "B", "The bridge"]
    assert reply["documents"][-1] == {
        "id": "2024/the bridge",
        "title": "The bridge",
        "url": "https://example.org/bridge",
        "published": "2024-05-04",
        "sha256": BRIDGE.sha256,
        "characters": len(BRIDGE.text),
    }


def test_a_document_is_shown_with_its_text(client: FlaskClient) -> None:
    reply = client.get("/api/documents/2024/the%20bridge").get_json()
    assert reply["text"] == BRIDGE.text
    assert reply["document"]["id"] == BRIDGE.doc_id


@pytest.mark.parametrize("doc_id", ["a//b", "a?b", "a#b", "50%", "é 🌉"])
def test_a_document_with_an_odd_id_is_found(doc_id: str) -> None:
    client = create_app(FakeAnswerer([Document(doc_id, "text", "T")])).test_client()
    path = doc_id.replace("%", "%25").replace("?", "%3F").replace("#", "%23")
    reply = client.get(f"/api/documents/{path}")
    assert reply.status_code == 200
    assert reply.get_json()["document"]["id"] == doc_id


def test_an_unknown_document_is_not_found(client: FlaskClient) -> None:
    problem = problem_of(client.get("/api/documents/none"), 404)
    assert "'none'" in problem["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "start=1",
        "end=1",
        "start=x&end=2",
        "start=-1&end=2",
        "start=2&end=2",
        "start=3&end=2",
        "start=0&end=100000",
        "start=0&end=2&more=1",
        "start=0&end=" + "9" * 5000,
    ],
)
def test_an_excerpt_outside_the_document_is_refused(
    client: FlaskClient, query: str
) -> None:
    problem_of(client.get(f"/api/documents/2024/the%20bridge?{query}"), 422)


HOSTILE = {
    "crlf": ("First line.\r\nKeller came.\r\n\r\nLast.", "Keller"),
    "combining accents": ("Cafe\u0301 e\u0301te\u0301\nJose\u0301 came.", "Jose\u0301"),
    "accent cut off": ("Jose\u0301 came.", "Jose"),
    "emoji": ("🌉🇨🇭👩‍👩‍👧‍👦 first.\n👍🏽 Keller 🌉 came.", "Keller 🌉"),
    "right to left": ("مقدمة.\nافتتحت ماريا كيلر الجسر 🌉.", "ماريا كيلر"),
    "no spaces": ("x" * 5000 + "Keller" + "y" * 5000, "Keller"),
    "very long": ("🌉 word " * 40_000 + "\nKeller came.", "Keller"),
    "separators": ("a\u2028b\u2029c\x85d\x0be\x00f Keller", "f Keller"),
    "byte order mark": ("\ufeffKeller came.", "Keller"),
    "markup": ("</script><b>\nKeller & Co. <img onerror=1>", "& Co. <img"),
    "one character": ("x", "x"),
    "everything": ("all of it 🌉", "all of it 🌉"),
}


@pytest.mark.parametrize(("text", "quote"), HOSTILE.values(), ids=HOSTILE.keys())
def test_offsets_are_true_up_to_http(text: str, quote: str) -> None:
    answerer = FakeAnswerer([Document("d", text, "T")], {WHO: quote})
    client = create_app(answerer).test_client()
    reply = json.loads(client.post("/api/answer", json={"question": WHO}).data)
    (citation,) = reply["citations"]
    start, end = citation["start"], citation["end"]
    source = json.loads(client.get("/api/documents/d").data)["text"]
    assert source == text
    assert source[start:end] == citation["quote"] == reply["answer"] == quote
    sentence = citation["sentence"]
    assert source[sentence["start"] : sentence["end"]] == sentence["text"]
    assert (
        citation["before"] + citation["quote"] + citation["after"] == sentence["text"]
    )
    path = f"/api/documents/d?start={start}&end={end}"
    excerpt = json.loads(client.get(path).data)
    assert excerpt["quote"] == quote
    assert excerpt["before"] + excerpt["quote"] + excerpt["after"] == text
    assert len(excerpt["before"]) == start
