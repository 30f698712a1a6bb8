"""Servers that answer from one Milvus: many publishes, and a Milvus that is lost."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

import pytest

from tests.fakes import FakeReader, build_fake_index, fake_pipeline
from tests.homes import serving
from tests.milvus_servers import MilvusServer, lite, real
from tests.serving import Reply, Served, served

logger = logging.getLogger(__name__)

# With --log-cli-level=info the figures are shown.
PUBLISHES = int(os.environ.get("QA_TEST_PUBLISHES", "3"))
RECOVERY_SECONDS = 10.0
QUESTION = "Which version is it?"


@pytest.fixture(
    scope="module",
    params=["lite", pytest.param("real", marks=pytest.mark.real_milvus)],
)
def milvus(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MilvusServer]:
    made = {"lite": lite, "real": real}[request.param]
    with serving(made(tmp_path_factory.mktemp("service"))) as running:
        yield running


class Publisher:
    """Publishes texts that tell which version they are of, and remembers which."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.texts: dict[str, str] = {}

    def publish(self) -> str:
        text = f"Version {len(self.texts)} of the text."
        built = build_fake_index(self.address, dict.fromkeys("ab", text))
        self.texts[built.manifest.version] = text
        return built.manifest.version


@contextmanager
def servers(address: str, count: int) -> Iterator[list[Served]]:
    """Serve an index from several servers, which keep no answers."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                served(
                    fake_pipeline(
                        address, FakeReader({"of the text": 5.0}), check_seconds=0.5
                    ),
                    cache=0,
                )
            )
            for _ in range(count)
        ]


class Clients:
    """Threads that ask without a pause, and the replies with their times."""

    def __init__(self, asked: Sequence[Served]) -> None:
        self.replies: list[tuple[float, Reply]] = []
        self.failures: list[Exception] = []
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(each,)) for each in asked
        ]

    def __enter__(self) -> Clients:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def statuses(self) -> set[int]:
        return {reply.status for _, reply in self.replies}

    def _run(self, server: Served) -> None:
        while not self._ended.is_set():
            try:
                reply = server.ask(QUESTION)
                self.replies.append((time.monotonic(), reply))
            except Exception as error:  # noqa: BLE001 - it is looked at below
                self.failures.append(error)
            # A client that is refused asks again soon, not at once.
            self._ended.wait(0.02)


def texts_of(reply: Reply) -> set[str]:
    """Return the sentences that an answer shows."""
    shown = reply.body["citations"] + reply.body["nearest_passages"]
    return {each["sentence"]["text"] for each in shown}


def wait_for(is_so: Callable[[], bool], seconds: float = 60) -> float:
    """Return how long it took until something is so."""
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() < begun + seconds
        time.sleep(0.05)
    return time.monotonic() - begun


def test_two_servers_fail_and_mix_nothing_in_many_publishes(
    milvus: MilvusServer,
) -> None:
    publisher = Publisher(milvus.address("many"))
    publisher.publish()
    slowest = 0.0
    with servers(publisher.address, 2) as both:
        with Clients(both * 2) as clients:
            for _ in range(PUBLISHES):
                version = publisher.publish()
                begun = time.monotonic()
                for server in both:
                    wait_for(
                        lambda server=server, version=version: (  # type: ignore[misc]
                            server.ask(QUESTION).body["index_version"] == version
                        )
                    )
                slowest = max(slowest, time.monotonic() - begun)
        # Of the servers' homes and the builders', whatever was asked.
        assert 0 < milvus.connections() < 20
    logger.info(
        "%d answers in %d publishes, the slowest taken up %.2f s after it returned",
        len(clients.replies),
        PUBLISHES,
        slowest,
    )
    assert clients.failures == []
    assert clients.statuses() == {200}
    for _, reply in clients.replies:
        assert texts_of(reply) == {publisher.texts[reply.body["index_version"]]}


@pytest.mark.parametrize("lost", ["killed", "hanging"])
def test_a_lost_milvus_gives_503_alone_and_is_found_again(
    milvus: MilvusServer, lost: str
) -> None:
    publisher = Publisher(milvus.address(lost))
    publisher.publish()
    with servers(publisher.address, 1) as (server,), Clients([server] * 2) as clients:
        wait_for(lambda: len(clients.replies) > 5)
        milvus.kill() if lost == "killed" else milvus.stop()
        wait_for(lambda: server.get("/readyz").status == 503)
        assert "Milvus at" in server.get("/readyz").body["detail"]
        wait_for(lambda: 503 in clients.statuses())
        milvus.start() if lost == "killed" else milvus.go_on()
        milvus.wait()
        ready = time.monotonic()
        back = wait_for(
            lambda: any(
                reply.status == 200 and at > ready for at, reply in clients.replies
            )
        )
        wait_for(lambda: server.get("/readyz").status == 200)
    refused = [reply for _, reply in clients.replies if reply.status == 503]
    logger.info("%s: %d refused, back after %.1f s", lost, len(refused), back)
    assert clients.failures == []
    assert clients.statuses() == {200, 503}
    assert all(int(reply.headers["Retry-After"]) > 0 for reply in refused)
    for _, reply in clients.replies:
        if reply.status == 200:
            assert texts_of(reply) == {publisher.texts[reply.body["index_version"]]}
    assert back < RECOVERY_SECONDS
