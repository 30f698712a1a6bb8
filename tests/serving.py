"""The production server with an answerer that takes as long as it is told to."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask

from qa.answerer import DEFAULT_K, Answerer, Stage
from qa.answers import Answer
from qa.context import RequestContext
from qa.conversation.conversation import Turn
from tests.contract import check_reply
from tests.fakes_web import BRIDGE, WHO, FakeAnswerer
from web import create_app
from web.server import Server, bind
from web.settings import Settings

_PATIENCE = 20


class SlowAnswerer(FakeAnswerer):
    """Holds each answer until it is released, in small stages."""

    def __init__(self) -> None:
        super().__init__([BRIDGE], {WHO: "Maria Keller"})
        self.released = threading.Event()
        self.begun = threading.Semaphore(0)
        self.ended: list[str] = []

    def answer(
        self,
        question: str,
        *,
        k: int = DEFAULT_K,
        history: Sequence[Turn] = (),
        doc_ids: Collection[str] | None = None,
        interpret: bool = True,
        without_terms: Collection[str] = (),
        report: Callable[[Stage], None] = lambda stage: None,
        context: RequestContext | None = None,
    ) -> Answer:
        context = context or RequestContext()
        self.begun.release()
        try:
            while not self.released.wait(0.01):
                context.check()
        except Exception as error:
            self.ended.append(type(error).__name__)
            raise
        return super().answer(WHO, context=context)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Served:
    host: str
    port: int
    server: Server
    app: Flask

    def get(self, path: str) -> Reply:
        return self._send(path, None)

    def ask(self, question: str) -> Reply:
        return self._send("/api/answer", {"question": question})

    def connect(self) -> socket.socket:
        return socket.create_connection((self.host, self.port), timeout=_PATIENCE)

    def _send(self, path: str, body: object) -> Reply:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://{self.host}:{self.port}{path}",
            data,
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE) as reply:
                status, headers, content = reply.status, reply.headers, reply.read()
        except urllib.error.HTTPError as error:
            status, headers, content = error.code, error.headers, error.read()
        mimetype = headers.get_content_type()
        check_reply(self.app, request.get_method(), path, status, mimetype, content)
        return Reply(status, dict(headers), json.loads(content))


@contextmanager
def served(answerer: Answerer, **changes: object) -> Iterator[Served]:
    settings = Settings.defaults().model_copy(update=changes)
    listener = bind("127.0.0.1", 0)
    host, port = listener.getsockname()[:2]
    app = create_app(answerer, settings=settings)
    server = Server(app, listener)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield Served(host, port, server, app)
    finally:
        server.stop()
        if isinstance(answerer, SlowAnswerer):
            answerer.released.set()
        thread.join(_PATIENCE)
        assert not thread.is_alive()


@contextmanager
def asking(served: Served, questions: Sequence[str]) -> Iterator[list[Reply]]:
    """Ask all at once; at the end, all have their reply."""
    replies: list[Reply] = []
    threads = [
        threading.Thread(target=lambda each=each: replies.append(served.ask(each)))
        for each in questions
    ]
    for thread in threads:
        thread.start()
    yield replies
    for thread in threads:
        thread.join(_PATIENCE)
    assert len(replies) == len(questions)


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)
