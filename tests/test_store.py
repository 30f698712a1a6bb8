from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from index.build import build_index, check_embedder
from index.documents import Document, DocumentError
from index.passages import Splitting
from index.snapshot import IndexFormatError, IndexSnapshot, PassagePlace
from index.store import (
    KEPT_VERSIONS,
    IndexBusyError,
    IndexNotFoundError,
    IndexStore,
)
from index.vectors import Vectors
from tests.fakes import FakeEmbedder, build_fake_index

TEXTS = {"a": "Ministers met in Baghdad. They ate cake.", "b": "Another text."}


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    """A store with one published version."""
    build_fake_index(tmp_path, TEXTS)
    return IndexStore(tmp_path)


def versions(store: IndexStore) -> set[str]:
    return {path.name for path in (store.root / "versions").iterdir()}


def open_current(store: IndexStore) -> IndexSnapshot:
    return store.open(store.current())


def test_a_built_index_opens_with_its_texts(store: IndexStore) -> None:
    snapshot = open_current(store)
    texts = {doc_id: document.text for doc_id, document in snapshot.documents.items()}
    assert texts == TEXTS
    manifest = store.manifest(store.current())
    assert manifest.version == store.current()
    assert (manifest.documents, manifest.passages) == (2, len(snapshot))
    assert (manifest.embedder, manifest.dim) == ("fake:words", 64)
    assert manifest.splitting == Splitting(max_tokens=30, overlap_tokens=8)


def test_the_newest_version_is_the_live_one(store: IndexStore) -> None:
    old = store.current()
    new = build_fake_index(store.root, {"c": "Newer text."}).manifest.version
    assert store.current() == new != old
    assert set(open_current(store).documents) == {"c"}
    assert set(store.open(old).documents) == {"a", "b"}


def test_the_last_versions_are_kept(store: IndexStore) -> None:
    built = [build_fake_index(store.root, TEXTS).manifest.version for _ in range(5)]
    assert KEPT_VERSIONS == 3
    assert versions(store) == set(built[-3:])
    for version in built[-3:]:
        store.open(version)


def test_versions_are_listed_newest_first(store: IndexStore) -> None:
    first = store.current()
    second = build_fake_index(store.root, {"c": "Newer."}).manifest.version
    assert store.versions() == [second, first]
    assert IndexStore(store.root / "nothing").versions() == []


def test_a_rollback_makes_the_older_version_live(store: IndexStore) -> None:
    first = store.current()
    second = build_fake_index(store.root, {"c": "Newer."}).manifest.version
    assert store.rollback().version == first == store.current()
    assert set(open_current(store).documents) == {"a", "b"}
    with pytest.raises(IndexNotFoundError, match="no older version"):
        store.rollback()
    assert store.rollback(second).version == second == store.current()


def test_a_rollback_to_a_version_that_is_not_there_is_refused(
    store: IndexStore,
) -> None:
    live = store.current()
    for version in ("20200101T000000Z-00000000", "../.."):
        with pytest.raises(IndexNotFoundError, match=live):
            store.rollback(version)
    assert store.current() == live


def test_a_rollback_to_a_damaged_version_leaves_the_live_one(store: IndexStore) -> None:
    first = store.current()
    second = build_fake_index(store.root, {"c": "Newer."}).manifest.version
    (store.version_path(first) / "vectors.faiss").write_bytes(b"damaged")
    with pytest.raises(IndexFormatError):
        store.rollback()
    assert store.current() == second


def test_a_build_after_a_rollback_keeps_the_version_gone_back_to(
    store: IndexStore,
) -> None:
    first = store.current()
    for number in range(2):
        build_fake_index(store.root, {"c": f"Newer {number}."})
    store.rollback(first)
    last = build_fake_index(store.root, {"d": "Newest."}).manifest.version
    assert store.current() == last
    assert len(versions(store)) == KEPT_VERSIONS
    assert first in versions(store)


def test_a_version_is_readable_by_other_users(store: IndexStore) -> None:
    assert store.version_path(store.current()).stat().st_mode & 0o055 == 0o055


def test_without_an_index_the_remedy_is_told(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError, match="scripts/build_index"):
        IndexStore(tmp_path / "nothing").current()
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"junk", b"../../etc", b"\xff\xfe", b"20261124T020905Z-4047267d/.."],
)
def test_a_damaged_current_is_refused(store: IndexStore, content: bytes) -> None:
    (store.root / "CURRENT").write_bytes(content)
    with pytest.raises(IndexFormatError, match="CURRENT"):
        store.current()


def test_a_current_that_names_no_version_is_refused(store: IndexStore) -> None:
    (store.root / "CURRENT").write_text("20200101T000000Z-00000000\n")
    with pytest.raises(IndexFormatError, match="build the index again"):
        open_current(store)


def flip_each_tenth(data: bytes) -> list[bytes]:
    """Return copies of the data, each with one byte changed."""
    places = range(0, len(data), max(1, len(data) // 10))
    return [
        data[:place] + bytes([data[place] ^ 0x01]) + data[place + 1 :]
        for place in places
    ]


DAMAGES: dict[str, Callable[[bytes], list[bytes]]] = {
    "a flipped bit": flip_each_tenth,
    "a lost end": lambda data: [data[:-1], data[: len(data) // 2], b""],
    "an added byte": lambda data: [data + b" x", b"\n" + data],
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(
    "name", ["manifest.json", "documents.jsonl", "passages.jsonl", "vectors.faiss"]
)
def test_a_damaged_file_is_refused_with_a_remedy(
    store: IndexStore, name: str, damage: str
) -> None:
    path = store.version_path(store.current()) / name
    whole = path.read_bytes()
    for damaged in DAMAGES[damage](whole):
        if name == "manifest.json" and damaged == b"\n" + whole:
            continue  # white space changes no manifest
        path.write_bytes(damaged)
        with pytest.raises(IndexFormatError, match=r"build (it|the index) again"):
            open_current(store)
    path.write_bytes(whole)
    open_current(store)


@pytest.mark.parametrize(
    "name", ["manifest.json", "documents.jsonl", "passages.jsonl", "vectors.faiss"]
)
def test_a_missing_file_is_refused_with_a_remedy(store: IndexStore, name: str) -> None:
    (store.version_path(store.current()) / name).unlink()
    with pytest.raises(IndexFormatError, match=r"build (it|the index) again"):
        open_current(store)


@pytest.mark.parametrize("record", [[], {}, "text", {"format_version": 1}, None])
def test_a_manifest_of_another_form_is_refused(
    store: IndexStore, record: object
) -> None:
    path = store.version_path(store.current()) / "manifest.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(IndexFormatError, match="build the index again"):
        open_current(store)


def test_a_version_of_another_format_is_refused(store: IndexStore) -> None:
    path = store.version_path(store.current()) / "manifest.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["format_version"] = 99
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(IndexFormatError, match="has format 99"):
        open_current(store)


def test_a_version_under_another_name_is_refused(store: IndexStore) -> None:
    other = "20200101T000000Z-00000000"
    shutil.copytree(store.version_path(store.current()), store.version_path(other))
    with pytest.raises(IndexFormatError, match="changed or damaged"):
        store.open(other)


def test_a_second_builder_is_refused(store: IndexStore) -> None:
    live = store.current()
    refusals: list[BaseException] = []

    def build() -> None:
        try:
            build_fake_index(store.root, TEXTS)
        except IndexBusyError as error:
            refusals.append(error)

    with store.building():
        other = threading.Thread(target=build)
        other.start()
        other.join()
        with pytest.raises(IndexBusyError, match="wait until it ends"):
            build_fake_index(store.root, TEXTS)
    assert len(refusals) == 1
    assert store.current() == live
    assert build_fake_index(store.root, TEXTS).manifest.version == store.current()


class FailingEmbedder(FakeEmbedder):
    """Fails at the passage with the word "poison"."""

    def embed_query(self, text: str) -> Vectors:
        if "poison" in text:
            raise RuntimeError("the model failed")
        return super().embed_query(text)


def test_a_failure_in_the_middle_leaves_the_live_version(store: IndexStore) -> None:
    live = store.current()
    with pytest.raises(RuntimeError, match="the model failed"):
        build_fake_index(
            store.root, {"a": "Good.", "b": "poison"}, embedder=FailingEmbedder()
        )
    assert store.current() == live
    assert set(open_current(store).documents) == {"a", "b"}
    build_fake_index(store.root, {"c": "The next build works."})
    assert set(open_current(store).documents) == {"c"}


class FullDisk(IndexSnapshot):
    """Cannot be written to its end."""

    def save(self, folder: Path) -> None:
        (folder / "documents.jsonl").write_text("{", encoding="utf-8")
        raise OSError(28, "No space left on device")


def test_what_a_failed_write_left_is_removed_by_the_next_build(
    store: IndexStore,
) -> None:
    live = store.current()
    snapshot = FullDisk.from_vectors(
        [Document("a", "Text.", "A")],
        [PassagePlace("a", 0, 5)],
        FakeEmbedder().embed_passages(["Text."]),
    )
    with store.building(), pytest.raises(OSError, match="No space"):
        store.publish(
            snapshot, embedder="fake:words", probe=(1.0,), splitting=Splitting()
        )
    assert store.current() == live
    assert any(name.startswith(".staging") for name in versions(store))
    build_fake_index(store.root, TEXTS)
    assert not any(name.startswith(".staging") for name in versions(store))


def test_two_documents_of_one_id_are_refused(tmp_path: Path) -> None:
    document = Document("a", "Text.", "A")
    with pytest.raises(DocumentError, match="the id 'a'; rename one"):
        build_index([document, document], tmp_path, FakeEmbedder(), Splitting())


@pytest.mark.parametrize("texts", [{}, {"a": ""}, {"a": " \r\n"}])
def test_nothing_to_index_is_refused(tmp_path: Path, texts: dict[str, str]) -> None:
    with pytest.raises(DocumentError, match="nothing to index"):
        build_fake_index(tmp_path, texts)
    assert list(tmp_path.iterdir()) == []


def test_passages_longer_than_the_embedder_reads_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at most 10, the most that fake:words reads"):
        build_fake_index(
            tmp_path,
            TEXTS,
            embedder=FakeEmbedder(max_tokens=10),
            splitting=Splitting(max_tokens=11, overlap_tokens=0),
        )


def test_progress_ends_at_all_passages(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    documents = [Document("a", "One two. " * 50, "A")]
    splitting = Splitting(max_tokens=10, overlap_tokens=0)
    result = build_index(
        documents,
        tmp_path,
        FakeEmbedder(),
        splitting,
        report=lambda done, total: steps.append((done, total)),
    )
    total = result.manifest.passages
    assert steps == [(done, total) for done in range(1, total + 1)]


def test_the_same_embedder_passes(store: IndexStore) -> None:
    check_embedder(store.manifest(store.current()), FakeEmbedder())


class OtherEmbedder(FakeEmbedder):
    """Another model under the same name."""

    def embed_query(self, text: str) -> Vectors:
        return super().embed_query(text[::2])


@pytest.mark.parametrize("other", [OtherEmbedder(), FakeEmbedder(dim=32)])
def test_another_model_under_the_same_name_is_refused(
    store: IndexStore, other: FakeEmbedder
) -> None:
    with pytest.raises(IndexFormatError, match="not the model that the index"):
        check_embedder(store.manifest(store.current()), other)
