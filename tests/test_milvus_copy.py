"""The vectors of a version in Milvus, copied beside the first questions."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from index.errors import IndexUnavailableError
from index.milvus.cache import VectorCopy
from index.search.vectors import FaissVectors, Vectors

# More than are fetched at a time.
VECTORS = np.random.default_rng(0).normal(size=(4_500, 4)).astype(np.float32)


def asked(copy: VectorCopy, *, until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not until():
        assert time.monotonic() < deadline
        copy.get()
        time.sleep(0.001)


def watched_copy() -> tuple[VectorCopy, list[range]]:
    """Return a copy, and the rows that it fetches."""
    pages: list[range] = []

    def fetch(rows: range) -> Vectors:
        pages.append(rows)
        return VECTORS[rows.start : rows.stop]

    return VectorCopy(fetch, VECTORS.shape, may_be_made=True), pages


def test_a_copy_is_whole() -> None:
    copy, pages = watched_copy()
    asked(copy, until=lambda: copy.get() is not None)
    found = copy.get()
    assert isinstance(found, FaissVectors)
    assert found.vectors(range(len(VECTORS))) == pytest.approx(VECTORS)
    assert [row for page in pages for row in page] == list(range(len(VECTORS)))


def test_who_asks_seldom_copies_nothing() -> None:
    copy, pages = watched_copy()
    assert [copy.get() for _ in range(5)] == [None] * 5
    assert pages == []


def test_a_copy_is_begun_again_after_a_loss() -> None:
    fetched = 0

    def fetch(rows: range) -> Vectors:
        nonlocal fetched
        fetched += 1
        if fetched == 2:
            raise IndexUnavailableError("the server is away")
        return VECTORS[rows.start : rows.stop]

    copy = VectorCopy(fetch, VECTORS.shape, may_be_made=True)
    asked(copy, until=lambda: copy.get() is not None)
    found = copy.get()
    assert isinstance(found, FaissVectors)
    assert found.vectors(range(len(VECTORS))) == pytest.approx(VECTORS)
    assert fetched == 5
