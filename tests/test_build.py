from __future__ import annotations

import threading
from pathlib import Path

import pytest

from index.build import DiskFullError, build_index
from index.documents import Document
from index.errors import IndexBusyError, IndexFormatError
from index.folders import DocumentError
from index.passages import Splitting
from index.probe import check_embedder
from index.search.lexical import LexicalIndex
from index.search.snapshot import IndexSnapshot, PassagePlace
from index.search.vectors import FaissVectors, Vectors
from index.store.store import IndexStore
from tests.fakes import FakeEmbedder, build_fake_index
from tests.stores import TEXTS, open_current, versions


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    """A store with one published version."""
    build_fake_index(tmp_path, TEXTS)
    return IndexStore(tmp_path)


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


def test_a_failed_write_leaves_nothing(
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
            snapshot,
            embedder="fake:words",
            precision="float32",
            probe=(1.0,),
            splitting=Splitting(),
        )
    assert store.current() == live
    assert not any(name.startswith(".staging") for name in versions(store))


FULL = [
    OSError(28, "No space left on device"),
    # As FAISS and tantivy tell it.
    RuntimeError(
        "'ret == (size)' failed: write error: 1 != 2 (No space left on device)"
    ),
    ValueError("An IO error occurred: 'No space left on device (os error 28)'"),
]


@pytest.mark.parametrize("error", FULL)
@pytest.mark.parametrize(
    "where", [(FaissVectors, "save"), (LexicalIndex, "from_texts")]
)
def test_a_full_disk_costs_older_versions_and_then_is_told(
    store: IndexStore,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    where: tuple[type, str],
) -> None:
    build_fake_index(store.root, {"a": "The second version."})
    live = store.current()
    assert len(store.versions()) == 2
    kind, name = where
    work = getattr(kind, name)

    def fail(*arguments: object, **named: object) -> object:
        if is_full or len(store.versions()) > 1:
            raise error
        return work(*arguments, **named)

    is_full = True
    monkeypatch.setattr(kind, name, fail)
    with pytest.raises(DiskFullError, match="no space left"):
        build_fake_index(store.root, {"a": "The third version."})
    assert store.versions() == [live] == [store.current()]
    assert not any(name.startswith(".staging") for name in versions(store))
    monkeypatch.undo()
    build_fake_index(store.root, {"a": "The fourth version."})
    is_full = False
    monkeypatch.setattr(kind, name, fail)
    build_fake_index(store.root, {"a": "The fifth version."})
    assert open_current(store).documents["a"].text == "The fifth version."


@pytest.mark.parametrize("factory", ["bogus", "IVF4096,SQ8"])
def test_a_kind_that_cannot_be_built_is_refused_before_embedding(
    tmp_path: Path, factory: str
) -> None:
    # The embedder fails with another error if it is asked.
    with pytest.raises(ValueError, match="FAISS cannot build"):
        build_index(
            [Document("a", "poison", "A")],
            tmp_path,
            FailingEmbedder(),
            Splitting(),
            factory=factory,
        )


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


def test_each_stage_reports_up_to_its_end(tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    documents = [Document("a", "One two. " * 50, "A")]
    splitting = Splitting(max_tokens=10, overlap_tokens=0)
    result = build_index(
        documents,
        tmp_path,
        FakeEmbedder(),
        splitting,
        report=lambda stage, done, total: steps.append((stage, done, total)),
    )
    total = result.manifest.passages
    assert steps == [
        ("embedding", 1, 1),
        *[("indexing", done, total) for done in range(1, total + 1)],
    ]


def test_temporary_files_are_where_the_next_build_removes_them(
    store: IndexStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A killed builder cannot clean up, least of all a folder that all share."""
    system = tmp_path / "system"
    system.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(system))
    left: list[list[Path]] = []
    build_index(
        [Document("a", "One two. " * 50, "A")],
        store.root,
        FakeEmbedder(),
        Splitting(),
        report=lambda *_: left.append([*system.iterdir()]),
    )
    open_current(store)
    assert left
    assert not any(left)
    assert not [*system.iterdir()]
    assert not any(name.startswith(".staging") for name in versions(store))


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
