"""Several followers of one Milvus: many publishes, and a server that is lost."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from index.errors import IndexUnavailableError
from index.home import Snapshot, open_index
from index.store.live import LiveVersion
from tests.fakes import FakeEmbedder, build_fake_index
from tests.homes import serving
from tests.milvus_servers import MilvusServer, lite, real

logger = logging.getLogger(__name__)

# With --log-cli-level=info the figures are shown.
PUBLISHES = int(os.environ.get("QA_TEST_PUBLISHES", "4"))
RECOVERY_SECONDS = 10.0


@pytest.fixture(
    scope="module",
    params=["lite", pytest.param("real", marks=pytest.mark.real_milvus)],
)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MilvusServer]:
    made = {"lite": lite, "real": real}[request.param]
    with serving(made(tmp_path_factory.mktemp("service"))) as running:
        yield running


def publish(address: str, number: int) -> None:
    build_fake_index(address, dict.fromkeys("ab", f"Version {number} of the text."))


def follow(address: str) -> LiveVersion[Snapshot]:
    """Return what a server has of the index, with a connection of its own."""
    home = open_index(address)
    return LiveVersion(home, home.open, check_seconds=0.5)


def text_of(snapshot: Snapshot) -> str:
    """Return the one text of a version; fail if it is a mix of two."""
    vector = FakeEmbedder().embed_query("Version of the text")
    rows = [row for row, _ in snapshot.matching("version text", 9)]
    rows += [row for row, _ in snapshot.nearest(vector, 9)]
    (text,) = {passage.text for passage in snapshot.passages(rows)}
    assert {snapshot.documents[each].text for each in "ab"} == {text}
    return text


def ask(live: LiveVersion[Snapshot]) -> str:
    return text_of(live.get())


class Clients:
    """Threads that ask without a pause, and what came of it."""

    def __init__(self, asks: list[Callable[[], str]]) -> None:
        self.seen: list[tuple[float, str]] = []
        self.refused: list[float] = []
        self.failures: list[BaseException] = []
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(ask,)) for ask in asks
        ]

    def __enter__(self) -> Clients:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _run(self, ask: Callable[[], str]) -> None:
        while not self._ended.is_set():
            try:
                self.seen.append((time.monotonic(), ask()))
            except IndexUnavailableError:
                self.refused.append(time.monotonic())
                time.sleep(0.05)
            except BaseException as error:  # noqa: BLE001 - it is looked at below
                self.failures.append(error)


def test_two_followers_fail_and_mix_nothing_in_many_publishes(
    server: MilvusServer,
) -> None:
    address = server.address("many")
    publish(address, 0)
    followers = [follow(address), follow(address)]
    asks: list[Callable[[], str]] = [partial(ask, live) for live in followers * 2]
    with Clients(asks) as clients:
        for number in range(1, PUBLISHES + 1):
            publish(address, number)
            published = time.monotonic()
            for live in followers:
                while text_of(live.get()) != f"Version {number} of the text.":
                    assert time.monotonic() < published + 20
                    time.sleep(0.05)
    logger.info("%d answers in %d publishes", len(clients.seen), PUBLISHES)
    assert clients.failures == []
    assert clients.refused == []


def test_a_lost_server_gives_no_wrong_answer_and_is_found_again(
    server: MilvusServer,
) -> None:
    address = server.address("lost")
    publish(address, 7)
    live = follow(address)
    with Clients([partial(ask, live)] * 2) as clients:
        time.sleep(1)
        server.kill()
        killed = time.monotonic()
        while live.unavailable() is None:
            assert time.monotonic() < killed + 20
            time.sleep(0.1)
        server.start()
        server.wait()
        ready = time.monotonic()
        while not any(at > ready for at, _ in clients.seen):
            assert not clients.failures
            assert time.monotonic() < ready + 60
            time.sleep(0.05)
        back = time.monotonic() - ready
        while live.unavailable() is not None:
            assert time.monotonic() < ready + 60
            time.sleep(0.05)
    logger.info("%d refused, back after %.1f s", len(clients.refused), back)
    assert clients.failures == []
    assert clients.refused
    assert {text for _, text in clients.seen} == {"Version 7 of the text."}
    assert back < RECOVERY_SECONDS
