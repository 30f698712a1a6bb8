"""The production server when more is asked than it can answer."""

from __future__ import annotations

import json
import re
import threading
import time
from contextlib import ExitStack

import pytest

from qa.context import RequestContext
from tests.commands import printed
from tests.serving import SlowAnswerer, asking, served, wait_until
from web.guard.admission import Admission

FIVE = [f"Question {number}?" for number in range(5)]


@pytest.fixture
def answerer() -> SlowAnswerer:
    return SlowAnswerer()


def test_what_finds_no_place_is_turned_away_and_the_rest_answered(
    answerer: SlowAnswerer,
) -> None:
    with (
        served(answerer, server_threads=1, queue=2) as at,
        asking(at, FIVE) as replies,
    ):
        wait_until(lambda: len(replies) == 2)
        assert {each.status for each in replies} == {503}
        for each in replies:
            assert int(each.headers["Retry-After"]) >= 1
            assert each.headers["Content-Type"] == "application/problem+json"
        answerer.released.set()
    assert sorted(each.status for each in replies) == [200, 200, 200, 503, 503]


def test_health_is_told_at_once_while_all_turns_are_taken(
    answerer: SlowAnswerer,
) -> None:
    with (
        served(answerer, server_threads=2, queue=3) as at,
        asking(at, FIVE),
    ):
        answerer.begun.acquire(timeout=10)
        for path in ("/livez", "/readyz"):
            started = time.monotonic()
            assert at.get(path).status == 200
            assert time.monotonic() - started < 1
        answerer.released.set()


def test_an_answer_that_takes_too_long_ends_and_frees_its_turn(
    answerer: SlowAnswerer,
) -> None:
    with served(answerer, server_threads=1, queue=1, deadline=0.3) as at:
        with asking(at, FIVE[:2]) as replies:
            pass
        assert [each.status for each in replies] == [504, 504]
        assert "DeadlineExceededError" in answerer.ended
        answerer.released.set()
        assert at.ask("And now?").status == 200


@pytest.mark.parametrize("path", ["/api/answer", "/api/answer/stream"])
def test_nothing_is_computed_for_who_has_gone(
    answerer: SlowAnswerer, path: str
) -> None:
    with served(answerer, server_threads=1, queue=5) as at:
        body = json.dumps({"question": "Who?"})
        request = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}"
            f"\r\nContent-Type: application/json\r\n\r\n{body}"
        )
        clients = [at.connect() for _ in range(4)]
        for client in clients:
            client.sendall(request.encode())
        answerer.begun.acquire(timeout=10)
        for client in clients:
            client.close()
        # The one that had its turn ends, and those that waited for one are not begun.
        wait_until(lambda: answerer.ended == ["CancelledError"])
        answerer.released.set()
        assert at.ask("Who is still here?").status == 200
        assert len(answerer.asked) == 1


def test_slow_clients_hold_no_thread(answerer: SlowAnswerer) -> None:
    answerer.released.set()
    with served(answerer, server_threads=1, queue=0) as at:
        slow = [at.connect() for _ in range(60)]
        for client in slow:
            client.sendall(b"POST /api/answer HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
        assert at.ask("Who?").status == 200
        assert at.get("/livez").status == 200
        for client in slow:
            client.close()


def test_stopping_finishes_what_runs_and_tells_what_waits(
    answerer: SlowAnswerer,
) -> None:
    with (
        served(answerer, server_threads=1, queue=3) as at,
        asking(at, FIVE[:3]) as replies,
    ):
        answerer.begun.acquire(timeout=10)
        time.sleep(0.3)
        at.server.stop()
        wait_until(lambda: len(replies) == 2)
        assert {each.status for each in replies} == {503}
        assert at.get("/readyz").status == 503
        answerer.released.set()
    assert sorted(each.status for each in replies) == [200, 503, 503]


def test_the_same_question_is_answered_once(answerer: SlowAnswerer) -> None:
    answerer.released.set()
    with served(answerer) as at:
        first, second = at.ask("Who?"), at.ask("Who?")
        assert first.body == second.body
        assert len(answerer.asked) == 1


def test_another_index_answers_anew(answerer: SlowAnswerer) -> None:
    answerer.released.set()
    with served(answerer) as at:
        at.ask("Who?")
        answerer.version = "20261125T000000Z-0123abcd"
        assert at.ask("Who?").body["index_version"] == answerer.version
    assert len(answerer.asked) == 2


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: " + b"x" * 70_000 + b"\r\n\r\n", 431),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
    ],
)
def test_what_the_server_itself_refuses_is_a_problem_too(
    answerer: SlowAnswerer, request_bytes: bytes, status: int
) -> None:
    with served(answerer) as at, at.connect() as client:
        client.sendall(request_bytes)
        reply = b""
        while block := client.recv(65536):
            reply += block
    head, _, body = reply.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status}".encode()) or head.startswith(
        f"HTTP/1.0 {status}".encode()
    )
    assert b"application/problem+json" in head
    assert b"Content-Security-Policy" in head
    assert re.search(rb"X-Request-Id: [0-9a-f]{32}", head)
    assert json.loads(body)["status"] == status


def test_a_turn_that_the_collector_ends_blocks_nobody() -> None:
    admission = Admission(running=1, waiting=1)
    left = ExitStack()
    left.enter_context(admission.admitted(RequestContext()))

    def collect_while_asking() -> None:
        # As when the collector comes in the midst of what another request does.
        with admission._lock:
            left.close()

    thread = threading.Thread(target=collect_while_asking, daemon=True)
    thread.start()
    thread.join(5)
    assert not thread.is_alive()
    assert admission.running == 0
    with admission.admitted(RequestContext()):
        assert admission.running == 1


def test_a_service_may_have_as_many_files_open_as_the_system_lets_it() -> None:
    """A thousand idle connections are as many files as a process is usually given."""
    program = (
        "import resource; from web.server import _allow_files\n"
        "_, most = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, most))\n"
        "_allow_files()\n"
        "print(resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most))"
    )
    assert printed(program) == "True"
