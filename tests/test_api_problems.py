from __future__ import annotations

import json
import logging

import pytest
from flask.testing import FlaskClient

from index.errors import IndexNotFoundError
from qa.answerer import MAX_K, MAX_QUESTION_CHARACTERS, QuestionError
from tests.fakes_web import BRIDGE, VERSION, WHO, FakeAnswerer, post, problem_of
from web import create_app
from web.api import MAX_BODY_BYTES

PLAIN_TURN = {"question": "Who came?", "answer": None}


@pytest.fixture
def client() -> FlaskClient:
    return create_app(FakeAnswerer([BRIDGE], {WHO: "Maria Keller"})).test_client()


def test_of_many_faults_some_are_told(client: FlaskClient) -> None:
    """A body has room for a hundred thousand."""
    body = {"question": WHO} | {f"f{number}": 1 for number in range(10_000)}
    told = problem_of(client.post("/api/answer", json=body), 422)
    assert len(told["errors"]) == 20


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
    assert client.get("/api/documents").get_json()["documents"] == []


def test_readiness_names_the_index(client: FlaskClient) -> None:
    reply = client.get("/readyz").get_json()
    assert reply == {"status": "ready", "index_version": VERSION, "documents": 1}
