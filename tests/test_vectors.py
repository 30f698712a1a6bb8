from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.vectors import FaissVectors, Vectors

AXES: Vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)
QUERY: Vectors = np.array([1, 0], dtype=np.float32)


def test_rows_come_by_inner_product_best_first() -> None:
    found = FaissVectors.from_vectors(AXES).search(QUERY, 3)
    assert [row for row, _ in found] == [0, 2, 1]
    assert [score for _, score in found] == pytest.approx([1.0, 0.6, 0.0])


def test_search_agrees_with_a_matrix_product() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(200, 16)).astype(np.float32)
    query = rng.normal(size=16).astype(np.float32)
    found = FaissVectors.from_vectors(vectors).search(query, 10)
    products = vectors @ query
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


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    store = FaissVectors.from_vectors(AXES)
    store.save(tmp_path / "vectors")
    loaded = FaissVectors.load(tmp_path / "vectors")
    assert (len(loaded), loaded.dim) == (3, 2)
    assert loaded.search(QUERY, 3) == store.search(QUERY, 3)


@pytest.mark.parametrize("content", [b"", b"junk that FAISS never wrote"])
def test_a_file_that_is_no_index_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "vectors").write_bytes(content)
    with pytest.raises(ValueError, match="FAISS cannot read"):
        FaissVectors.load(tmp_path / "vectors")
