"""What every home of an index keeps to: a folder, milvus-lite, and Milvus itself."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.errors import (
    IndexBusyError,
    IndexFormatError,
    IndexNotFoundError,
    IndexUnavailableError,
)
from index.home import IndexHome, Snapshot, UpdatesInPlace, open_index
from index.passages import Splitting
from index.store.live import LiveVersion
from tests.fakes import HOSTILE_TEXTS, FakeEmbedder, build_fake_index
from tests.homes import Home, in_folder, on_server, serving
from tests.milvus_servers import lite, real

ROOT = Path(__file__).parents[1]
TEXTS = {
    "a": "Ministers met in Baghdad. They ate cake.",
    "b": "A ferry sank near Lagos. Nobody was hurt.",
}
NEWER = {**TEXTS, "b": "A ferry was raised near Lagos. Divers found the bell."}


@pytest.fixture(
    scope="module",
    params=["folder", "lite", pytest.param("real", marks=pytest.mark.real_milvus)],
)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[object]:
    """A folder, or a server, for all tests of the kind."""
    folder = tmp_path_factory.mktemp("homes")
    if request.param == "folder":
        yield folder
    else:
        server = {"lite": lite, "real": real}[request.param](folder / "server")
        with serving(server):
            yield server


@pytest.fixture
def home(place: object, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty home."""
    if not isinstance(place, Path):
        # No server of another process is to take up what is published.
        monkeypatch.setattr("index.milvus.home._TAKEN_UP_SECONDS", 0.0)
    return in_folder(place) if isinstance(place, Path) else on_server(place)  # type: ignore[arg-type]


def texts_of(snapshot: Snapshot) -> dict[str, str]:
    return {doc_id: each.text for doc_id, each in snapshot.documents.items()}


def query(text: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    vector: np.ndarray[tuple[int], np.dtype[np.float32]]
    vector = FakeEmbedder().embed_query(text)
    return vector


def test_an_empty_home_says_how_to_make_an_index(home: Home) -> None:
    with pytest.raises(IndexNotFoundError, match="build_index"):
        home.home.current()
    with pytest.raises(IndexNotFoundError):
        home.home.rollback()
    assert home.home.versions() == []


def test_what_is_published_is_found(home: Home) -> None:
    built = build_fake_index(home.address, {**TEXTS, **HOSTILE_TEXTS})
    assert home.home.current() == built.manifest.version
    assert home.home.manifest(built.manifest.version) == built.manifest
    snapshot = home.current()
    assert texts_of(snapshot) == {**TEXTS, **HOSTILE_TEXTS}
    assert list(snapshot.documents) == [*TEXTS, *HOSTILE_TEXTS]
    assert "c" not in snapshot.documents
    assert len(snapshot) == built.manifest.passages
    ((row, score),) = snapshot.nearest(query("Ministers met in Baghdad"), 1)
    (passage,) = snapshot.passages([row])
    assert passage == snapshot.passage(row)
    assert passage.doc_id == "a"
    assert score == pytest.approx(
        float(snapshot.vectors([row])[0] @ query("Ministers met in Baghdad")), abs=1e-4
    )
    assert snapshot.passage(snapshot.matching("the ferry of Lagos", 5)[0][0]) == (
        snapshot.passage(snapshot.rows("b")[0])
    )
    for row in range(len(snapshot)):
        passage = snapshot.passage(row)
        document = snapshot.documents[passage.doc_id]
        assert document.text[passage.start : passage.end] == passage.text


def test_what_was_compared_is_shown_without_asking_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_fake_index(home.address, TEXTS)
    for find in (
        lambda snapshot: [row for row, _ in snapshot.nearest(query("Ministers"), 2)],
        lambda snapshot: [row for row in range(2) if len(snapshot.vectors([row]))],
    ):
        snapshot = home.current()
        rows = find(snapshot)
        with monkeypatch.context() as patch:
            patch.setattr("index.milvus.connection.Connection.query", None)
            assert {passage.doc_id for passage in snapshot.passages(rows)} == {"a", "b"}


def test_what_is_asked_often_is_found_without_a_server(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise IndexUnavailableError("the server is away")

    build_fake_index(home.address, {**TEXTS, "c": "Snow fell on Oslo."})
    snapshot = home.current()
    rows = range(len(snapshot))
    found, vectors = snapshot.nearest(query("Ministers"), 3), snapshot.vectors(rows)
    monkeypatch.setattr("index.milvus.connection.Connection.search", away)
    deadline = time.monotonic() + 20
    while True:
        try:
            again = snapshot.nearest(query("Ministers"), 3)
            break
        except IndexUnavailableError:
            assert time.monotonic() < deadline
    monkeypatch.setattr("index.milvus.connection.Connection.query", away)
    assert [row for row, _ in again] == [row for row, _ in found]
    assert [score for _, score in again] == pytest.approx([score for _, score in found])
    assert snapshot.vectors(rows) == pytest.approx(vectors)


def test_only_the_documents_wanted_are_searched(home: Home) -> None:
    build_fake_index(home.address, {**TEXTS, "c": "Ministers met in Lagos. " * 40})
    snapshot = home.current()
    for found in (
        snapshot.nearest(query("Ministers met"), 50, ["a", "unknown"]),
        snapshot.matching("ministers met", 50, ["a", "unknown"]),
    ):
        assert {snapshot.passage(row).doc_id for row, _ in found} == {"a"}
    assert snapshot.nearest(query("Ministers"), 5, ["unknown"]) == []
    assert snapshot.matching("ministers", 5, []) == []
    assert snapshot.rows("unknown") == range(0)
    with pytest.raises(ValueError, match="at least 1"):
        snapshot.nearest(query("Ministers"), 0)


def test_words_are_ranked_as_in_a_folder(home: Home, tmp_path: Path) -> None:
    texts = {
        f"d{number}": f"Minister {number} met {number % 7} ministers of the ferry "
        f"{'and the ferry ' * (number % 5)}in Baghdad{' by night' * number}."
        for number in range(40)
    }
    whole = Splitting(max_tokens=256, overlap_tokens=0)
    build_fake_index(home.address, texts, splitting=whole)
    build_fake_index(tmp_path, texts, splitting=whole)
    folder = open_index(tmp_path)
    local = folder.open(folder.current())
    for words in ("ferry", "minister 12", "Baghdad 3 ferries", "nothing of it"):
        found = home.current().matching(words, 10)
        expected = local.matching(words, 10)
        assert [score for _, score in found] == pytest.approx(
            [score for _, score in expected], rel=0.002
        )


def test_a_rebuild_embeds_only_what_is_new_and_can_be_undone(home: Home) -> None:
    first = build_fake_index(home.address, TEXTS).manifest.version
    built = build_fake_index(home.address, NEWER)
    assert built.embedded == 1
    assert built.changes.changed == ("b",)
    assert texts_of(home.current()) == NEWER
    assert home.home.versions() == [built.manifest.version, first]
    assert home.home.rollback().version == first == home.home.current()
    assert texts_of(home.current()) == TEXTS
    with pytest.raises(IndexNotFoundError, match=first):
        home.home.rollback("20200101T000000Z-00000000")


def test_a_rollback_goes_to_what_was_live_before(home: Home) -> None:
    good = build_fake_index(home.address, TEXTS).manifest.version
    build_fake_index(home.address, {"c": "Abandoned."})
    home.home.rollback()
    build_fake_index(home.address, NEWER)
    assert home.home.rollback().version == good


def test_the_parts_of_a_version_are_loaded_beside_each_other(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not isinstance(home.home, UpdatesInPlace):
        pytest.skip("a folder has nothing to wait for")
    from index.milvus.connection import Connection

    build_fake_index(home.address, TEXTS)
    load, all_three = Connection.load, threading.Barrier(3, timeout=5)

    def meeting(self: Connection, name: str) -> None:
        all_three.wait()
        load(self, name)

    monkeypatch.setattr(Connection, "load", meeting)
    assert texts_of(home.current()) == TEXTS


def test_a_second_builder_is_refused_and_the_first_goes_on(home: Home) -> None:
    with home.home.building():
        with pytest.raises(IndexBusyError, match="another build"):
            build_fake_index(home.address, TEXTS)
        with pytest.raises(IndexNotFoundError):
            home.home.current()
    build_fake_index(home.address, TEXTS)


def test_a_failure_leaves_the_live_version(home: Home) -> None:
    class Failing(FakeEmbedder):
        def embed_query(self, text: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
            if "quick brown fox" in text:
                raise MemoryError("at the last step")
            return super().embed_query(text)

    build_fake_index(home.address, TEXTS)
    live = home.home.current()
    with pytest.raises(MemoryError):
        build_fake_index(
            home.address, NEWER, embedder=Failing("fake:other", max_tokens=256)
        )
    assert home.home.current() == live
    assert texts_of(home.current()) == TEXTS


def test_documents_change_in_place_where_the_home_can(home: Home) -> None:
    first = build_fake_index(home.address, {**TEXTS, "c": "It rained. " * 30})
    before = home.current()
    old_rows = before.rows("b")
    if not isinstance(home.home, UpdatesInPlace):
        with pytest.raises(ValueError, match="leave --in-place out"):
            build_fake_index(home.address, NEWER, in_place=True)
        assert home.home.current() == first.manifest.version
        return
    changed = {**NEWER, "d": "Snow fell on Oslo."}
    built = build_fake_index(home.address, changed, in_place=True)
    assert built.changes.removed == ("c",)
    assert built.manifest.in_place == 1
    assert home.home.versions() == [built.manifest.version]
    snapshot = home.current()
    assert texts_of(snapshot) == changed
    assert len(snapshot.documents) == 3
    assert not set(snapshot.rows("b")) & set(old_rows)
    for words in ("ferry", "rained", "Oslo snow", "divers found the bell"):
        rows = [row for row, _ in snapshot.matching(words, 20)]
        rows += [row for row, _ in snapshot.nearest(query(words), 20)]
        for passage in snapshot.passages(rows):
            text = snapshot.documents[passage.doc_id].text
            assert text[passage.start : passage.end] == passage.text
            assert text == changed[passage.doc_id]
    assert snapshot.matching("rained", 5) == []
    (hit,) = snapshot.matching("divers", 5)
    assert snapshot.passage(hit[0]).doc_id == "b"
    # A whole build ends it.
    build_fake_index(home.address, TEXTS)
    assert home.home.manifest(home.home.current()).in_place == 0
    assert texts_of(home.current()) == TEXTS


def test_a_document_is_whole_at_every_moment_of_a_change_in_place(home: Home) -> None:
    if not isinstance(home.home, UpdatesInPlace):
        pytest.skip("the home has no change in place")
    texts = [f"Version {number} of the text. " * 9 for number in range(3)]
    build_fake_index(home.address, dict.fromkeys("ab", texts[0]))
    follower = open_index(home.address)
    live: LiveVersion[Snapshot]
    live = LiveVersion(follower, follower.open, check_seconds=0.2)
    ended = threading.Event()
    failures: list[Exception] = []
    seen: set[str] = set()

    def ask() -> None:
        try:
            while not ended.is_set():
                snapshot = live.get()
                rows = [row for row, _ in snapshot.matching("version text", 9)]
                rows += [row for row, _ in snapshot.nearest(query("Version"), 9)]
                try:
                    passages = snapshot.passages(rows)
                except IndexUnavailableError:
                    continue
                for passage in passages:
                    text = snapshot.documents[passage.doc_id].text
                    assert text[passage.start : passage.end] == passage.text
                    assert text in texts
                    seen.add(text)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a failure
            failures.append(error)

    reader = threading.Thread(target=ask)
    reader.start()
    try:
        for text in texts[1:]:
            build_fake_index(home.address, dict.fromkeys("ab", text), in_place=True)
        deadline = time.monotonic() + 20
        while texts[-1] not in seen and not failures:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        ended.set()
        reader.join()
    assert failures == []


_BUILD_FOR_EVER = """
import sys
from itertools import count
from tests.fakes import build_fake_index

for number in count():
    texts = {f"d{n}": f"Version {number}. " * 20 for n in range(20)}
    print(build_fake_index(sys.argv[1], texts).manifest.version, flush=True)
"""


def test_a_kill_leaves_a_whole_version_and_the_next_build_works(home: Home) -> None:
    build_fake_index(home.address, TEXTS)
    builder = subprocess.Popen(
        [sys.executable, "-c", _BUILD_FOR_EVER, home.address],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert builder.stdout is not None
    builder.stdout.readline()
    # In the middle of the next one.
    time.sleep(0.5)
    builder.kill()
    builder.communicate()
    (text,) = set(texts_of(home.current()).values())
    assert text.startswith("Version ")
    build_fake_index(home.address, TEXTS)
    assert texts_of(home.current()) == TEXTS


def test_answers_follow_publishes_and_mix_no_versions(home: Home) -> None:
    def publish(number: int) -> None:
        text = f"Version {number} of the text."
        build_fake_index(home.address, dict.fromkeys("ab", text))

    publish(0)
    follower: IndexHome[Snapshot] = open_index(home.address)
    live = LiveVersion(follower, follower.open, check_seconds=0.05)
    seen: list[str] = []
    failures: list[Exception] = []
    ended = threading.Event()

    def ask() -> None:
        try:
            while not ended.is_set():
                snapshot = live.get()
                rows = [row for row, _ in snapshot.matching("version text", 9)]
                rows += [row for row, _ in snapshot.nearest(query("Version"), 9)]
                (text,) = {passage.text for passage in snapshot.passages(rows)}
                assert {snapshot.documents[each].text for each in "ab"} == {text}
                seen.append(text)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a failure
            failures.append(error)

    readers = [threading.Thread(target=ask) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for number in (1, 2):
            publish(number)
            deadline = time.monotonic() + 20
            while not failures and f"Version {number} of the text." not in seen[-4:]:
                assert time.monotonic() < deadline
                time.sleep(0.02)
    finally:
        ended.set()
        for reader in readers:
            reader.join()
    assert failures == []


@pytest.mark.parametrize(
    "address",
    ["milvus://", "milvus://host:99999/x", "milvus://host/", "milvus://h/a-b"],
)
def test_an_address_that_makes_no_sense_is_refused(address: str) -> None:
    pytest.importorskip("pymilvus")
    with pytest.raises(ValueError, match="milvus://HOST:PORT/NAME"):
        open_index(address)


def test_what_no_version_is_called_is_not_opened(home: Home) -> None:
    build_fake_index(home.address, TEXTS)
    with pytest.raises(IndexFormatError, match="build"):
        home.home.open("20200101T000000Z-00000000")


_IN_A_FOLDER = """
import sys
# As where they are not installed.
for name in ("pymilvus", "grpc", "ray"):
    sys.modules[name] = None

import runpy
from pathlib import Path
import qa.loading
from index.work.processes import LocalProcesses
from tests.fakes import build_fake_index, fake_pipeline, EveryWordReader

for name in ("serve", "build_index", "ask"):
    runpy.run_path(f"scripts/{name}.py")
root = Path(sys.argv[1])
build_fake_index(root, {"a": "Ministers met in Baghdad."}, executor=LocalProcesses(1))
print(fake_pipeline(root, EveryWordReader()).answer("Who met?").index_version)
try:
    qa.loading.open_index("milvus://127.0.0.1/x")
except ValueError as error:
    print(error)
"""


def test_a_folder_needs_neither_milvus_nor_ray(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IN_A_FOLDER, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    version, refused = done.stdout.splitlines()
    assert version == open_index(tmp_path).current()
    assert "pip install '.[milvus]'" in refused
