"""Who may ask: hosts, origins, keys, rates; and what every reply tells of itself."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from index.documents import Document
from qa.answers import Answer
from qa.context import RequestContext
from tests.commands import environment, last_line, printed
from tests.fakes_web import BRIDGE, WHO, FakeAnswerer, problem_of
from web import create_app
from web.feedback.store import FeedbackStore
from web.settings import Settings, SettingsError
from web.sight.logs import JsonFormatter, TextFormatter

ASK, ADMIN = "a" * 24, "b" * 24
PLACE = {"document_id": BRIDGE.doc_id, "start": 16, "end": 28, "quote": "Maria Keller"}


def client_of(
    store: FeedbackStore | None = None,
    answerer: FakeAnswerer | None = None,
    **changes: object,
) -> FlaskClient:
    settings = Settings.defaults().model_copy(update=changes)
    answerer = answerer or FakeAnswerer([BRIDGE], {WHO: "Maria Keller"})
    return create_app(answerer, store, settings).test_client()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost:8080", "[::1]:8080", "192.168.1.7", "10.0.0.1:80"]
)
def test_addresses_and_own_names_are_answered(host: str) -> None:
    assert client_of().get("/livez", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "localhost.evil", ""]
)
@pytest.mark.parametrize("path", ["/", "/api/documents", "/readyz", "/nothing"])
def test_another_host_is_refused(host: str, path: str) -> None:
    response = client_of().get(path, headers={"Host": host})
    assert response.status_code in (400, 403)
    assert BRIDGE.title not in response.text


def test_a_host_is_answered_that_is_allowed() -> None:
    client = client_of(allowed_hosts=("qa.example",))
    assert client.get("/livez", headers={"Host": "qa.example"}).status_code == 200
    assert client.get("/livez", headers={"Host": "10.0.0.1"}).status_code == 403
    assert client.get("/livez", headers={"Host": "127.0.0.1"}).status_code == 200
    any_host = client_of(allowed_hosts=("*",))
    assert any_host.get("/livez", headers={"Host": "a.example"}).status_code == 200


def test_a_page_of_another_origin_may_not_ask_unless_it_is_allowed() -> None:
    own = {"Origin": "https://localhost"}
    other = {"Origin": "https://news.example"}
    client = client_of()
    assert (
        client.post("/api/answer", json={"question": WHO}, headers=own).status_code
        == 200
    )
    problem_of(client.post("/api/answer", json={"question": WHO}, headers=other), 403)
    problem_of(client.get("/api/documents", headers={"Origin": "null"}), 403)
    client = client_of(allowed_origins=("https://news.example",))
    response = client.post("/api/answer", json={"question": WHO}, headers=other)
    assert response.headers["Access-Control-Allow-Origin"] == "https://news.example"
    preflight = client.options("/api/answer", headers=other)
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_a_key_allows_what_its_scope_says() -> None:
    client = client_of(api_keys=f"ask:{ASK},admin:{ADMIN}")
    for path in ("/livez", "/readyz", "/openapi.json", "/docs"):
        assert client.get(path).status_code == 200
    for path in ("/", "/api/documents", "/metrics"):
        refused = client.get(path)
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"].startswith("Basic realm=")
        assert client.get(path, headers=bearer("wrong")).status_code == 401
    assert client.get("/api/documents", headers=bearer(ASK)).status_code == 200
    assert client.get("/", auth=("anyone", ASK)).status_code == 200
    problem_of(client.get("/metrics", headers=bearer(ASK)), 403)
    assert client.get("/metrics", headers=bearer(ADMIN)).status_code == 200


@pytest.mark.parametrize(
    "keys", ["secretsecretsecret", "ask:short", "root:" + ASK, "ask:schlüssel-von-16"]
)
def test_a_key_that_is_none_is_refused_without_telling_it(
    monkeypatch: pytest.MonkeyPatch, keys: str
) -> None:
    monkeypatch.setenv("QA_API_KEYS", keys)
    with pytest.raises(SettingsError, match="QA_API_KEYS") as caught:
        Settings.from_env()
    assert keys not in str(caught.value)


def test_a_client_that_asks_too_often_is_told_when_to_come_back() -> None:
    client = client_of(rate_limit="2/minute")
    ask = {"question": WHO}
    assert [client.post("/api/answer", json=ask).status_code for _ in range(2)] == [
        200
    ] * 2
    refused = client.post("/api/answer", json=ask)
    problem_of(refused, 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    other = {"REMOTE_ADDR": "10.1.1.1"}
    assert client.post("/api/answer", json=ask, environ_base=other).status_code == 200
    assert client.get("/api/documents").status_code == 200


def test_the_addresses_of_one_network_are_one_client() -> None:
    client = client_of(rate_limit="1/minute")

    def ask(address: str) -> int:
        return client.post(
            "/api/answer",
            json={"question": WHO},
            environ_base={"REMOTE_ADDR": address},
        ).status_code

    assert [ask("2001:db8::1"), ask("2001:db8::2:1")] == [200, 429]
    assert ask("2001:db8:0:1::1") == 200
    assert [ask("10.1.1.1"), ask("::ffff:10.1.1.1"), ask("10.1.1.2")] == [200, 429, 200]


def test_a_request_keeps_its_id_and_gets_one_without() -> None:
    client = client_of()
    given = client.get("/livez", headers={"X-Request-Id": "trace-1/a"})
    assert given.headers["X-Request-Id"] == "trace-1/a"
    forged = client.get("/nothing", headers={"X-Request-Id": "a b\x1b[31m"})
    assert re.fullmatch(r"[0-9a-f]{32}", forged.headers["X-Request-Id"])


def test_a_request_is_one_line_of_json_without_its_question(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO, "web.sight.requests"):
        client_of().post(
            "/api/answer",
            json={"question": WHO},
            headers={"X-Request-Id": "r1"},
            buffered=True,
        )
    (record,) = caplog.records
    line = JsonFormatter().format(record)
    told = json.loads(line)
    assert told["id"] == "r1"
    assert told["status"] == 200
    assert told["kind"] == "answer"
    assert told["stages_ms"]["wait"] >= 0
    assert WHO not in line


def test_a_name_cannot_forge_a_log_line() -> None:
    evil = "a\nCRITICAL root: all is lost\x1b[2J\u2028b"
    record = logging.LogRecord("a", logging.ERROR, "", 0, "no %s", (evil,), None)
    for formatter in (TextFormatter(), JsonFormatter()):
        line = formatter.format(record)
        assert len(line.splitlines()) == 1
        assert "\x1b" not in line


class Dropping(FakeAnswerer):
    """Each of its answers had two citations that did not hold."""

    def answer(self, question: str, **options: Any) -> Answer:  # noqa: ANN401
        return replace(super().answer(question, **options), dropped_citations=2)


def test_figures_tell_what_was_done() -> None:
    client = client_of(answerer=Dropping([BRIDGE], {WHO: "Maria Keller"}))
    for _ in range(2):
        client.post("/api/answer", json={"question": WHO}, buffered=True)
    client.post("/api/answer", json={"question": "Why?"}, buffered=True)
    client.post("/api/answer", json={"question": ""}, buffered=True)
    text = client.get("/metrics").text
    for line in (
        'qa_answers_total{kind="answer"} 1.0',
        'qa_answers_total{kind="no_answer"} 1.0',
        "qa_answers_cached_total 1.0",
        "qa_citations_dropped_total 4.0",
        'endpoint="api.create_answer",method="POST",status="200"} 3.0',
        'endpoint="api.create_answer",method="POST",status="422"} 1.0',
        'qa_index_info{version="20261124T000000Z-0123abcd"} 1.0',
        "qa_index_documents 1.0",
    ):
        assert line in text
    assert "qa_index_age_seconds" in text
    assert 'qa_answer_confidence_bucket{le="0.9"} 1.0' in text


def test_settings_are_checked_before_anything_heavy_is_loaded(tmp_path: Path) -> None:
    """So that it takes no second."""
    heavy = {"faiss", "numpy", "openvino", "tokenizers", "torch"}
    code = (
        "import sys; from scripts.serve import main\n"
        f"print(main(['--check', '--port', '0']), {heavy} & set(sys.modules))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert last_line(found.stdout) == "0 set()"


def test_what_is_known_is_not_sent_again() -> None:
    client = client_of()
    first = client.get("/api/documents")
    tag = {"If-None-Match": first.headers["ETag"]}
    again = client.get("/api/documents", headers=tag)
    assert (again.status_code, again.data) == (304, b"")
    answerer = FakeAnswerer([BRIDGE])
    answerer.version = "20261125T000000Z-0123abcd"
    newer = client_of(answerer=answerer).get("/api/documents", headers=tag)
    assert newer.status_code == 200


def test_a_long_reply_is_compressed() -> None:
    for coding in ("gzip", "br", "zstd"):
        reply = client_of().get("/openapi.json", headers={"Accept-Encoding": coding})
        assert reply.headers["Content-Encoding"] == coding
        assert "Accept-Encoding" in reply.headers["Vary"]


def test_explaining_gives_the_scores_of_each_stage() -> None:
    client = client_of()
    plain = client.post("/api/answer", json={"question": WHO}).get_json()
    assert plain["explain"] is None
    told = client.post("/api/answer?explain=true", json={"question": WHO}).get_json()
    assert told["explain"] == [
        {
            "stage": "choose",
            "document_id": BRIDGE.doc_id,
            "start": 16,
            "end": 28,
            "scores": {"confidence": 0.87},
        }
    ]


@pytest.mark.parametrize("origin", ["http://[::1", "//", "null", "http://[x]:y", "é"])
def test_an_origin_that_is_none_is_refused(origin: str) -> None:
    problem_of(client_of().get("/api/documents", headers={"Origin": origin}), 403)


def test_made_up_methods_are_one_figure() -> None:
    """Else whoever sends them fills the memory with figures."""
    client = client_of()
    for number in range(50):
        client.open("/api/documents", method=f"MADEUP{number}", buffered=True)
    text = client.get("/metrics").text
    assert "MADEUP" not in text
    assert 'method="other",status="405"} 50.0' in text


@pytest.mark.parametrize(
    ("changes", "state", "start"),
    [
        ({}, "stands", 16),
        ({"start": 3, "end": 15}, "moved", 16),
        ({"quote": "Maria  Keller"}, "moved", 16),
        ({"quote": "Mario Keller"}, "gone", None),
        ({"document_id": "none"}, "gone", None),
        ({"end": 2**53}, "moved", 16),
    ],
)
def test_a_citation_stands_has_moved_or_is_gone(
    changes: dict[str, object], state: str, start: int | None
) -> None:
    body = {"citations": [PLACE | changes]}
    reply = client_of().post("/api/verify", json=body).get_json()
    (result,) = reply["results"]
    assert result["state"] == state
    found = result["citation"]
    assert (found and found["start"]) == start
    if found:
        assert BRIDGE.text[found["start"] : found["end"]] == found["quote"]


MOVED = PLACE | {"start": 3, "end": 15}
SOURCE = f"/api/documents/{BRIDGE.doc_id}"
SEARCHES = [
    ("POST", "/api/verify", {"citations": [MOVED]}),
    ("GET", f"{SOURCE}?start=3&end=15&exact=Maria%20Keller", None),
]


@pytest.mark.parametrize(("method", "path", "body"), SEARCHES)
def test_looking_for_quotes_takes_a_turn(method: str, path: str, body: object) -> None:
    """In texts of a book's length it takes seconds, and a request may want many."""
    client = client_of(server_threads=1, queue=0)
    admission = client.application.extensions["admission"]
    with admission.admitted(RequestContext()):
        problem_of(client.open(path, method=method, json=body), 503)
        assert client.get(SOURCE).status_code == 200
    assert client.open(path, method=method, json=body).status_code == 200


def test_looking_for_quotes_ends_when_the_time_is_over() -> None:
    body = {"citations": [MOVED] * 100}
    problem_of(client_of(deadline=1e-9).post("/api/verify", json=body), 504)


def test_the_web_needs_no_model_library() -> None:
    program = (
        "import sys; from tests.fakes_web import BRIDGE, WHO, FakeAnswerer\n"
        "from web import create_app\n"
        "client = create_app(FakeAnswerer([BRIDGE], {WHO: 'Maria'})).test_client()\n"
        "assert client.post('/api/answer', json={'question': WHO}).status_code == 200\n"
        "heavy = 'torch transformers sentence_transformers faiss numpy openvino'\n"
        "print([name for name in heavy.split() if name in sys.modules])"
    )
    assert printed(program) == "[]"


def test_verdicts_are_bounded_and_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "feedback.sqlite"
    store = FeedbackStore.open(path, max_bytes=100_000)
    client = client_of(store, feedback_rate_limit="")
    body = {
        "question": WHO,
        "verdict": "up",
        "answer": "x" * 5000,
        "citation": None,
        "index_version": "v",
    }
    statuses = [client.post("/api/feedback", json=body).status_code for _ in range(40)]
    assert statuses[0] == 201
    assert statuses[-1] == 503
    assert path.stat().st_size <= 100_000
    path.unlink()
    assert client.post("/api/feedback", json=body).status_code == 201


def test_a_verdict_is_on_no_more_than_a_quote(tmp_path: Path) -> None:
    store = FeedbackStore.open(tmp_path / "feedback.sqlite")
    book = Document("book", "word " * 100_000, "Book")
    client = client_of(store, FakeAnswerer([book]))
    place = {"document_id": "book", "start": 0, "end": len(book.text)}
    body = {
        "question": WHO,
        "verdict": "wrong_passage",
        "answer": None,
        "citation": place,
        "index_version": "20261124T000000Z-0123abcd",
    }
    problem_of(client.post("/api/feedback", json=body), 422)
    assert store.read() == []


def test_a_verdict_is_changed_and_taken_back(tmp_path: Path) -> None:
    store = FeedbackStore.open(tmp_path / "feedback.sqlite")
    client = client_of(store)
    body = {
        "question": WHO,
        "verdict": "up",
        "answer": "Maria Keller",
        "citation": None,
        "index_version": "v",
    }
    token = client.post("/api/feedback", json=body).get_json()["id"]
    changed = {"verdict": "down", "comment": "It was her brother."}
    assert client.put(f"/api/feedback/{token}", json=changed).status_code == 200
    (kept,) = store.read()
    assert (kept.verdict, kept.comment) == ("down", "It was her brother.")
    assert client.delete(f"/api/feedback/{token}").status_code == 204
    assert store.read() == []
    problem_of(client.delete(f"/api/feedback/{token}"), 404)
    problem_of(client.put("/api/feedback/1", json=changed), 404)


def test_an_address_that_is_a_program_is_not_passed_on() -> None:
    evil = Document("\nan id/", "Maria Keller.", "T" * 5000, "javascript:alert(1)")
    client = client_of(answerer=FakeAnswerer([evil], {WHO: "Maria Keller"}))
    (citation,) = client.post("/api/answer", json={"question": WHO}).get_json()[
        "citations"
    ]
    assert citation["document"]["url"] is None
    assert len(citation["document"]["title"]) <= 300
    shown = client.get("/api/documents/%0Aan%20id/")
    assert shown.get_json()["document"]["url"] is None
