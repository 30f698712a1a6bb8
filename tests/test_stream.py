from __future__ import annotations

import json
import re
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from index.documents import Document
from index.errors import IndexNotFoundError
from qa.answerer import DEFAULT_K
from qa.conversation.conversation import CitedPlace, Turn
from tests.fakes_page import BRIDGE, QUOTES, WHO, PageAnswerer
from tests.fakes_web import Asked, FakeAnswerer
from web import create_app
from web.server import Server, bind
from web.settings import Settings

DOCUMENT = Document("a", "Café 🌉\u2028\nKeller came.", "A")


@pytest.fixture
def answerer() -> FakeAnswerer:
    return FakeAnswerer([DOCUMENT], {"Who?": "Keller"})


@pytest.fixture
def client(answerer: FakeAnswerer) -> FlaskClient:
    return create_app(answerer).test_client()


def events(response: TestResponse) -> list[tuple[str, Any]]:
    return [parse(block) for block in response.text.split("\n\n")[:-1]]


def parse(block: str) -> tuple[str, Any]:
    match = re.fullmatch(r"event: (\w+)\ndata: ([^\n]*)", block)
    assert match
    return match[1], json.loads(match[2])


def stream(client: FlaskClient, **body: object) -> TestResponse:
    return client.post("/api/answer/stream", json=body)


def test_the_stages_come_before_the_answer_of_the_plain_endpoint(
    client: FlaskClient,
) -> None:
    response = stream(client, question="Who?")
    assert response.status_code == 200
    assert response.content_type == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    plain = client.post("/api/answer", json={"question": "Who?"}).get_json()
    assert events(response) == [
        ("stage", {"stage": "searching"}),
        ("stage", {"stage": "reading"}),
        ("answer", plain),
    ]


def test_all_that_was_asked_reaches_the_answerer(
    client: FlaskClient, answerer: FakeAnswerer
) -> None:
    place = {"document_id": "a", "start": 1, "end": 3}
    turn = {"question": "What?", "answer": "af", "citations": [place]}
    stream(
        client, question="Who?", history=[turn], document_ids=["a"], interpret=False
    ).get_data()
    history = (Turn("What?", "af", (CitedPlace("a", 1, 3),)),)
    assert answerer.asked == [
        Asked("Who?", DEFAULT_K, history, ("a",), interpret=False)
    ]


def test_a_wrong_request_is_an_error_before_the_stream(client: FlaskClient) -> None:
    response = stream(client, question="", k=0)
    assert response.status_code == 422
    assert response.content_type == "application/problem+json"
    assert client.post("/api/answer/stream", data="{").status_code == 415
    assert client.get("/api/answer/stream").status_code == 405


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (IndexNotFoundError("no index; build one"), 503, "no index; build one"),
        (RuntimeError("secret"), 500, "its log says what"),
    ],
)
def test_what_goes_wrong_later_is_an_event(
    client: FlaskClient,
    answerer: FakeAnswerer,
    error: Exception,
    status: int,
    said: str,
) -> None:
    answerer.error = error
    ((name, problem),) = events(stream(client, question="Who?"))
    plain = client.post("/api/answer", json={"question": "Who?"})
    assert name == "error"
    assert problem == plain.get_json()
    assert problem["status"] == plain.status_code == status
    assert said in problem["detail"]
    assert "secret" not in problem["detail"]


def test_an_unknown_document_is_an_event(client: FlaskClient) -> None:
    response = stream(client, question="Who?", document_ids=["b"])
    ((name, problem),) = events(response)
    assert (name, problem["status"]) == ("error", 422)
    assert problem["errors"][0]["pointer"] == "#/document_ids"


@contextmanager
def waitress_serving(answerer: FakeAnswerer) -> Iterator[str]:
    listener = bind("127.0.0.1", 0)
    settings = Settings.defaults().model_copy(update={"server_threads": 1})
    server = Server(create_app(answerer, settings=settings), listener)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.stop()
        thread.join(10)


def post(address: str, path: str) -> HTTPResponse:
    body = json.dumps({"question": WHO}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(address + path, body, headers)
    reply = urllib.request.urlopen(request, timeout=10)
    assert isinstance(reply, HTTPResponse)
    return reply


def test_the_production_server_sends_a_stage_when_it_happens() -> None:
    answerer = PageAnswerer()
    answerer.may_read.clear()
    with (
        waitress_serving(answerer) as address,
        post(address, "/api/answer/stream") as reply,
    ):
        assert parse(_block(reply)) == ("stage", {"stage": "searching"})
        answerer.may_read.set()
        assert parse(_block(reply)) == ("stage", {"stage": "reading"})
        name, answer = parse(_block(reply))
    assert name == "answer"
    assert answer["citations"][0]["quote"] == QUOTES[WHO]
    assert answer["citations"][0]["document"]["sha256"] == BRIDGE.sha256


def test_who_goes_away_leaves_the_only_thread_to_others() -> None:
    answerer = PageAnswerer()
    answerer.may_read.clear()
    with waitress_serving(answerer) as address:
        with post(address, "/api/answer/stream") as reply:
            _block(reply)
        # Long enough for the server to see that the connection is gone.
        time.sleep(0.3)
        answerer.may_read.set()
        with post(address, "/api/answer") as reply:
            assert json.load(reply)["answer"] == QUOTES[WHO]


def _block(reply: HTTPResponse) -> str:
    lines = iter(reply.readline, b"\n")
    return b"".join(lines).decode().rstrip("\n")
