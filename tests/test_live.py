from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from index.errors import (
    IndexFormatError,
    IndexNotFoundError,
    IndexUnavailableError,
)
from index.search.snapshot import IndexSnapshot
from index.store.live import LiveVersion
from index.store.store import IndexStore
from tests.fakes import build_fake_index

CHECK_SECONDS = 0.005


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    publish(tmp_path, 0)
    return IndexStore(tmp_path)


def publish(root: Path, number: int) -> str:
    text = f"Version {number} of the text."
    return build_fake_index(root, {"a": text, "b": text}).manifest.version


def follow(store: IndexStore) -> LiveVersion[IndexSnapshot]:
    return LiveVersion(store, store.open, check_seconds=CHECK_SECONDS)


def text_of(snapshot: IndexSnapshot) -> str:
    """Return the one text of a version; fail if it is a mix of two."""
    (text,) = {document.text for document in snapshot.documents.values()}
    assert {snapshot.passage(row).text for row in range(len(snapshot))} == {text}
    return text


def wait_for(live: LiveVersion[IndexSnapshot], text: str) -> None:
    deadline = time.monotonic() + 10
    while text_of(live.get()) != text:
        assert time.monotonic() < deadline
        time.sleep(CHECK_SECONDS)


def test_a_new_version_is_picked_up(store: IndexStore) -> None:
    live = follow(store)
    assert text_of(live.get()) == "Version 0 of the text."
    publish(store.root, 1)
    wait_for(live, "Version 1 of the text.")


def test_the_first_answers_after_a_pause_are_of_the_newest_version(
    store: IndexStore,
) -> None:
    live = follow(store)
    live.get()
    publish(store.root, 1)
    time.sleep(0.6)
    with ThreadPoolExecutor(8) as pool:
        found = [asked.result() for asked in [pool.submit(live.get) for _ in range(8)]]
    assert set(map(text_of, found)) == {"Version 1 of the text."}


def test_a_caller_waits_for_no_long_load_even_after_a_pause(store: IndexStore) -> None:
    released = threading.Event()

    def load(version: str) -> IndexSnapshot:
        if version != first:
            released.wait(20)
        return store.open(version)

    first = store.current()
    live = LiveVersion(store, load, check_seconds=CHECK_SECONDS)
    publish(store.root, 1)
    time.sleep(0.6)
    begun = time.monotonic()
    assert text_of(live.get()) == "Version 0 of the text."
    assert time.monotonic() < begun + 10
    begun = time.monotonic()
    live.get()
    assert time.monotonic() < begun + 1
    released.set()
    wait_for(live, "Version 1 of the text.")


def test_a_version_is_loaded_once(store: IndexStore) -> None:
    loaded: list[str] = []

    def load(version: str) -> IndexSnapshot:
        loaded.append(version)
        return store.open(version)

    live = LiveVersion(store, load, check_seconds=CHECK_SECONDS)
    new = publish(store.root, 1)
    wait_for(live, "Version 1 of the text.")
    for _ in range(10):
        live.get()
        time.sleep(2 * CHECK_SECONDS)
    assert len(loaded) == 2
    assert loaded[1] == new


def test_readers_never_fail_nor_see_a_mix(store: IndexStore) -> None:
    live = follow(store)
    seen: list[set[str]] = []
    failures: list[Exception] = []
    ended = threading.Event()

    def read() -> None:
        texts = set[str]()
        try:
            while not ended.is_set():
                texts.add(text_of(live.get()))
                time.sleep(0.001)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a failure
            failures.append(error)
        seen.append(texts)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        for number in range(1, 6):
            publish(store.root, number)
            wait_for(live, f"Version {number} of the text.")
        time.sleep(0.05)
    finally:
        ended.set()
        for reader in readers:
            reader.join()
    assert failures == []
    assert all("Version 5 of the text." in texts for texts in seen)
    assert len(set.union(*seen)) > 2


def test_a_damaged_new_version_is_refused_and_the_old_stays(
    store: IndexStore, caplog: pytest.LogCaptureFixture
) -> None:
    attempts: list[str] = []

    def load(version: str) -> IndexSnapshot:
        attempts.append(version)
        return store.open(version)

    live = LiveVersion(store, load, check_seconds=CHECK_SECONDS)
    # Damaged before it goes live, as a copied index may be.
    old = store.current()
    new = publish(store.root, 1)
    (store.root / "CURRENT").write_text(old, encoding="ascii")
    (store.version_path(new) / "documents.jsonl").write_bytes(b"damaged")
    (store.root / "CURRENT").write_text(new, encoding="ascii")
    for _ in range(20):
        assert text_of(live.get()) == "Version 0 of the text."
        time.sleep(2 * CHECK_SECONDS)
    assert set(attempts) == {old, new}
    # Tried again ever more seldom, and told once.
    assert len(attempts) < 10
    assert caplog.text.count("the new index cannot be used") == 1
    assert "documents.jsonl" in (live.trouble() or "")
    publish(store.root, 2)
    wait_for(live, "Version 2 of the text.")


def test_a_version_that_becomes_whole_later_is_taken_up(store: IndexStore) -> None:
    live = follow(store)
    path = store.version_path(publish(store.root, 1)) / "documents.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    for _ in range(10):
        live.get()
        time.sleep(2 * CHECK_SECONDS)
    path.write_bytes(whole)
    wait_for(live, "Version 1 of the text.")
    assert live.trouble() is None


def test_nothing_is_answered_while_nobody_can_tell_what_is_live() -> None:
    class Home:
        away = False

        def current(self) -> str:
            if self.away:
                raise IndexUnavailableError("the server is away")
            return "one"

    home = Home()
    live = LiveVersion(home, str.upper, check_seconds=CHECK_SECONDS)
    assert live.get() == "ONE"
    home.away = True
    deadline = time.monotonic() + 20
    while live.unavailable() is None:
        assert time.monotonic() < deadline
    with pytest.raises(IndexUnavailableError, match="the server is away"):
        live.get()
    home.away = False
    while live.unavailable() is not None:
        assert time.monotonic() < deadline
    assert live.get() == "ONE"


def test_an_index_that_cannot_be_reached_for_a_new_version_gives_the_old() -> None:
    current = ["one"]

    def load(version: str) -> str:
        if version == "two":
            raise IndexUnavailableError("it is being loaded")
        return version.upper()

    home = SimpleNamespace(current=lambda: current[0])
    live = LiveVersion(home, load, check_seconds=CHECK_SECONDS)
    current[0] = "two"
    deadline = time.monotonic() + 20
    while live.unavailable() is None:
        assert live.get() == "ONE"
        assert time.monotonic() < deadline
    assert live.get() == "ONE"


def test_what_a_damaged_index_says_makes_no_lines_of_its_own(
    store: IndexStore, caplog: pytest.LogCaptureFixture
) -> None:
    live = follow(store)
    (store.root / "CURRENT").write_bytes(b"x\n2026 root: all is well\n" * 3)
    for _ in range(5):
        live.get()
        time.sleep(2 * CHECK_SECONDS)
    (record,) = caplog.records
    assert len(record.getMessage().splitlines()) == 1
    assert len(record.getMessage()) < 1_000


def test_a_vanished_current_leaves_the_old_version(
    store: IndexStore, caplog: pytest.LogCaptureFixture
) -> None:
    live = follow(store)
    (store.root / "CURRENT").unlink()
    for _ in range(5):
        time.sleep(2 * CHECK_SECONDS)
        assert text_of(live.get()) == "Version 0 of the text."
    assert "the new index cannot be used" in caplog.text


def test_the_first_version_must_load(store: IndexStore, tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError):
        follow(IndexStore(tmp_path / "nothing"))
    (store.version_path(store.current()) / "vectors.faiss").unlink()
    with pytest.raises(IndexFormatError):
        follow(store)
