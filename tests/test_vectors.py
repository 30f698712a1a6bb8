from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest

from index.search import kinds, vectors
from index.search.kinds import MIN_RECALL, VectorKind
from index.search.vectors import FaissVectors, Vectors, check_kind

AXES: Vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)
QUERY: Vectors = np.array([1, 0], dtype=np.float32)


def test_rows_come_by_inner_product_best_first() -> None:
    found = FaissVectors.from_vectors(AXES).search(QUERY, 3)
    assert [row for row, _ in found] == [0, 2, 1]
    assert [score for _, score in found] == pytest.approx([1.0, 0.6, 0.0])


def test_search_agrees_with_a_matrix_product() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(200, 16)).astype(np.float32)
    query = rng.normal(size=16).astype(np.float32)
    found = FaissVectors.from_vectors(matrix).search(query, 10)
    products = matrix @ query
    assert [row for row, _ in found] == list(np.argsort(-products)[:10])
    assert [score for _, score in found] == pytest.approx(
        np.sort(products)[::-1][:10].tolist(), abs=1e-4
    )


def test_no_more_rows_come_than_there_are() -> None:
    assert len(FaissVectors.from_vectors(AXES).search(QUERY, 50)) == 3


def test_only_the_rows_asked_for_are_searched() -> None:
    found = FaissVectors.from_vectors(AXES).search(QUERY, 5, [1, 2])
    assert [row for row, _ in found] == [2, 1]
    assert [score for _, score in found] == pytest.approx([0.6, 0.0])


def test_a_search_of_no_rows_finds_nothing() -> None:
    assert FaissVectors.from_vectors(AXES).search(QUERY, 5, []) == []


def test_an_empty_store_finds_nothing() -> None:
    empty = FaissVectors.from_vectors(np.empty((0, 2), dtype=np.float32))
    assert len(empty) == 0
    assert empty.search(QUERY, 5) == []


@pytest.mark.parametrize("k", [0, -1])
def test_fewer_than_one_row_cannot_be_wanted(k: int) -> None:
    with pytest.raises(ValueError, match=f"not {k}"):
        FaissVectors.from_vectors(AXES).search(QUERY, k)


@pytest.mark.parametrize("shape", [(3,), (1, 2), ()])
def test_a_query_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"must be \(2,\)"):
        FaissVectors.from_vectors(AXES).search(np.zeros(shape, dtype=np.float32), 1)


def test_vectors_must_be_a_matrix() -> None:
    with pytest.raises(ValueError, match=r"\(2,\)"):
        FaissVectors.from_vectors(QUERY)


KINDS = ["Flat", "SQ8", "HNSW32,SQ8", "IVF16,SQ8"]


@pytest.fixture(scope="module")
def many() -> Vectors:
    """Unit vectors in clusters."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(50, 32))
    found = np.repeat(centres, 40, axis=0) + 0.3 * rng.normal(size=(2000, 32))
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    rounded: Vectors = found.astype(np.float16).astype(np.float32)
    return rounded


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_finds_the_nearest_with_exact_scores(
    many: Vectors, kind: str
) -> None:
    store = FaissVectors.from_vectors(many, kind)
    assert store.kind.factory == kind
    assert store.kind.recall_at_10 >= MIN_RECALL
    for row in range(0, len(many), 97):
        (first, score), *others = store.search(many[row], 10)
        assert first == row
        assert score == pytest.approx(1.0, abs=1e-3)
        for other, found in others:
            assert found == pytest.approx(float(many[other] @ many[row]), abs=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_saved_is_loaded(tmp_path: Path, many: Vectors, kind: str) -> None:
    store = FaissVectors.from_vectors(many, kind)
    store.save(tmp_path)
    loaded = FaissVectors.load(tmp_path)
    assert (len(loaded), loaded.dim, loaded.kind) == (2000, 32, store.kind)
    assert loaded.search(many[7], 20) == store.search(many[7], 20)
    assert np.array_equal(loaded.vectors(range(2000)), many)


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_wanted_rows_are_searched(many: Vectors, kind: str) -> None:
    store = FaissVectors.from_vectors(many, kind)
    found = store.search(many[0], 5, rows=[900, 1999, 3])
    assert sorted(row for row, _ in found) == [3, 900, 1999]
    assert found[0][0] == 3
    assert store.search(many[0], 5, rows=[]) == []


def test_the_kind_is_chosen_by_the_number(
    many: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "EXACT_LIMIT", 100)
    monkeypatch.setattr(kinds, "QUANTISED_LIMIT", 1000)
    chosen = [
        FaissVectors.from_vectors(many[:count]).kind.factory
        for count in (100, 101, 1000, 1001)
    ]
    assert chosen == ["Flat", "SQ8", "SQ8", "HNSW32,SQ8"]


def test_a_kind_that_finds_too_little_gives_way_to_the_next(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(kinds, "EXACT_LIMIT", 10)
    monkeypatch.setattr(kinds, "QUANTISED_LIMIT", 10)
    monkeypatch.setattr(vectors, "_WIDTHS", {"HNSW": ("efSearch", (1,))})
    monkeypatch.setattr(vectors, "_OVERFETCH", 1)
    noise = np.random.default_rng(0).normal(size=(3000, 64)).astype(np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    queries = np.random.default_rng(1).normal(size=(50, 64)).astype(np.float32)
    found = FaissVectors.from_vectors(noise, queries=queries)
    assert found.kind.factory == "SQ8"
    assert "finds too few of the nearest" in caplog.text


def test_the_last_choice_is_exact(
    many: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "EXACT_LIMIT", 10)
    monkeypatch.setattr(kinds, "QUANTISED", "SQ4")
    monkeypatch.setattr(vectors, "_OVERFETCH", 1)
    assert FaissVectors.from_vectors(many).kind == VectorKind("Flat", 1.0)


def test_a_kind_that_was_asked_for_and_finds_too_little_is_warned_of(
    many: Vectors, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(vectors, "_OVERFETCH", 1)
    found = FaissVectors.from_vectors(many, "SQ4")
    assert found.kind.recall_at_10 < MIN_RECALL
    assert "SQ4 (recall@10 0." in caplog.text


@pytest.mark.parametrize("kind", ["PCA16,IVF16,Flat", "IVF16_HNSW8,Flat"])
def test_lists_behind_something_else_are_searched_widely_enough(
    many: Vectors, kind: str
) -> None:
    found = FaissVectors.from_vectors(many, kind)
    assert faiss.extract_index_ivf(found._faiss).nprobe > 1


@pytest.mark.parametrize("kind", ["bogus", "IVF16,Flat", "PCA1,IVF16,Flat"])
def test_a_kind_can_be_checked_before_there_are_vectors(kind: str) -> None:
    with pytest.raises(ValueError, match="FAISS cannot build"):
        check_kind(kind, 2, 15)


def test_a_kind_that_can_be_built_passes() -> None:
    check_kind("PCA1,IVF16,Flat", 2, 16)
    check_kind("HNSW32,SQ8", 2, 1)


@pytest.mark.parametrize("kind", ["bogus", "IVF4096,SQ8"])
def test_a_kind_that_cannot_be_built_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="FAISS cannot build"):
        FaissVectors.from_vectors(AXES, kind)


@pytest.mark.parametrize("content", [b"", b"junk that FAISS never wrote"])
def test_a_file_that_is_no_index_is_refused(tmp_path: Path, content: bytes) -> None:
    FaissVectors.from_vectors(AXES).save(tmp_path)
    (tmp_path / "vectors.faiss").write_bytes(content)
    with pytest.raises(ValueError, match="FAISS cannot read"):
        FaissVectors.load(tmp_path)
