from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import IndexFormatError, IndexNotFoundError
from index.passages import Splitting
from index.store.store import KEPT_VERSIONS, IndexStore
from tests.fakes import build_fake_index
from tests.stores import TEXTS, open_current, versions


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    """A store with one published version."""
    build_fake_index(tmp_path, TEXTS)
    return IndexStore(tmp_path)


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


def test_a_rollback_goes_to_what_was_live_before_not_to_what_was_given_up(
    store: IndexStore,
) -> None:
    good = store.current()
    build_fake_index(store.root, {"c": "Abandoned."})
    store.rollback()
    build_fake_index(store.root, {"d": "Newest."})
    assert store.rollback().version == good == store.current()


def test_a_rollback_where_no_index_is_makes_none(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError, match="no index in"):
        IndexStore(tmp_path / "typo").rollback()
    assert not (tmp_path / "typo").exists()


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
