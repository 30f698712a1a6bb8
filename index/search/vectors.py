"""Nearest vectors by inner product: exact where there are few, FAISS's kinds beyond."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.search.kinds import EXACT, GRAPH, MIN_RECALL, VectorKind, kinds_for
from index.search.stored import StoredVectors

logger = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

_INDEX = "vectors.faiss"
_STORED = "vectors.npy"
_KIND = "vectors.json"
_NEAREST = 10
_QUERIES = 200
# An inexact index is asked for this many times the rows wanted; the best are kept.
_OVERFETCH = 2
_GRAPH_CONSTRUCTION = 80
_TRAINING = 100_000
_WIDTHS = {
    # First, as the lists of an IVF index may themselves be found by a graph.
    "IVF": ("nprobe", (8, 16, 32, 64, 128, 256)),
    "HNSW": ("efSearch", (64, 128, 256, 512)),
}


class FaissVectors:
    """Inner-product search with FAISS (Douze et al. 2024).

    An index of another kind than "Flat" only proposes rows: their scores are computed
    from the vectors themselves, kept as 16-bit floats in a file.
    """

    def __init__(
        self,
        faiss_index: faiss.Index,
        kind: VectorKind,
        stored: NDArray[np.float16] | StoredVectors | None = None,
    ) -> None:
        self._faiss = faiss_index
        self.kind = kind
        self._stored = stored

    @classmethod
    def from_vectors(
        cls,
        vectors: Vectors,
        factory: str | None = None,
        queries: Vectors | None = None,
    ) -> FaissVectors:
        """Index vectors of shape ``(n, dim)``.

        Args:
            vectors: Unit vectors.
            factory: FAISS's name of the kind of index; ``None`` chooses by the number.
            queries: Shape ``(m, dim)``, to tune an inexact index by and to measure it;
                ``None`` takes some of the vectors.

        Raises:
            ValueError: If the array is not two-dimensional, or FAISS does not know the
                kind or cannot build it of so few vectors.
        """
        if vectors.ndim != 2:
            raise ValueError(f"vectors must be (n, dim), not {vectors.shape}")
        factories = [factory] if factory else kinds_for(len(vectors))
        if queries is None:
            queries = vectors[:: max(1, len(vectors) // _QUERIES)][:_QUERIES]
        for name in factories:
            untuned = cls(_build(vectors, name), VectorKind(name, 1.0))
            found = _tune(untuned, vectors, queries)
            recall = found.kind.recall_at_10
            if recall >= MIN_RECALL:
                break
            logger.warning(
                "%s finds too few of the nearest: at least %.2f is wanted",
                found.kind,
                MIN_RECALL,
            )
        return found

    @classmethod
    def load(cls, folder: Path) -> FaissVectors:
        """Read what ``save`` wrote.

        Raises:
            ValueError: If a file is missing or is none of FAISS's.
        """
        path = folder / _INDEX
        try:
            kind = VectorKind(**json.loads((folder / _KIND).read_text("utf-8")))
            stored = None
            if kind.factory != EXACT:
                stored = StoredVectors(folder / _STORED)
            # Not mapped, as the file may be changed by others.
            faiss_index = faiss.read_index(str(path))
        except (OSError, RuntimeError, TypeError) as error:
            raise ValueError(f"FAISS cannot read {path}: {error}") from error
        return cls(faiss_index, kind, stored)

    @property
    def dim(self) -> int:
        """Return the length of each vector."""
        return int(self._faiss.d)

    def __len__(self) -> int:
        """Return the number of vectors."""
        return int(self._faiss.ntotal)

    def vectors(self, rows: Sequence[int] | NDArray[np.int64]) -> Vectors:
        """Return the vectors of rows, shape ``(n, dim)``."""
        wanted = np.asarray(rows, dtype=np.int64)
        if self._stored is not None:
            return self._stored[wanted].astype(np.float32)
        found: Vectors = self._faiss.reconstruct_batch(wanted)
        return found

    def search(
        self, query_vector: Vectors, k: int, rows: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """Return up to ``k`` rows and their inner products, best first.

        Args:
            query_vector: Shape ``(dim,)``, float32.
            k: Number of rows wanted; at least 1.
            rows: The rows to search, each once; ``None`` for all.

        Returns:
            ``(row, score)`` pairs; fewer than ``k`` when there are fewer vectors.

        Raises:
            ValueError: If ``k`` is below 1 or the vector has another shape.
        """
        if k < 1:
            raise ValueError(f"k must be at least 1, not {k}")
        if query_vector.shape != (self.dim,):
            raise ValueError(
                f"the query vector must be ({self.dim},), not {query_vector.shape}"
            )
        if rows is not None:
            return self._search_rows(query_vector, k, rows)
        # FAISS pads with row -1 when asked for more than there is.
        k = min(k, len(self))
        if k == 0:
            return []
        if self._stored is not None:
            wanted = min(_OVERFETCH * k, len(self))
            _, rows_found = self._faiss.search(query_vector[np.newaxis, :], wanted)
            proposed = np.sort(rows_found[0][rows_found[0] >= 0])
            return self._search_rows(query_vector, k, proposed)
        scores, found = self._faiss.search(query_vector[np.newaxis, :], k)  # (1, k)
        return [
            (int(row), float(score))
            for row, score in zip(found[0], scores[0], strict=True)
        ]

    def _search_rows(
        self, query_vector: Vectors, k: int, rows: Sequence[int] | NDArray[np.int64]
    ) -> list[tuple[int, float]]:
        """Search a few rows exactly, whatever the kind of the index."""
        scores = self.vectors(rows) @ query_vector
        best = np.argsort(-scores, kind="stable")[:k]
        return [(int(rows[place]), float(scores[place])) for place in best]

    def save(self, folder: Path) -> None:
        """Write the vectors into an existing folder."""
        faiss.write_index(self._faiss, str(folder / _INDEX))
        if self._stored is not None:
            np.save(folder / _STORED, self._stored[np.arange(len(self))])
        (folder / _KIND).write_text(json.dumps(asdict(self.kind)), encoding="utf-8")


def check_kind(factory: str, dim: int, count: int) -> None:
    """Check that FAISS knows a kind of index and could build it of so many vectors.

    Raises:
        ValueError: If not.
    """
    try:
        index = faiss.index_factory(dim, factory, faiss.METRIC_INNER_PRODUCT)
    except RuntimeError as error:
        raise _cannot_build(factory, error) from error
    lists = faiss.try_extract_index_ivf(index)
    if lists is not None and lists.nlist > count:
        raise ValueError(
            f"FAISS cannot build {factory!r}: {lists.nlist} lists want as many "
            f"passages, not {count}"
        )


def _cannot_build(factory: str, error: RuntimeError) -> ValueError:
    reason = str(error).rpartition(": ")[2]
    return ValueError(f"FAISS cannot build {factory!r}: {reason}")


def _build(vectors: Vectors, factory: str) -> faiss.Index:
    try:
        index = faiss.index_factory(
            vectors.shape[1], factory, faiss.METRIC_INNER_PRODUCT
        )
        if factory == GRAPH:
            faiss.ParameterSpace().set_index_parameter(
                index, "efConstruction", _GRAPH_CONSTRUCTION
            )
        data = np.ascontiguousarray(vectors, dtype=np.float32)
        if len(data) and not index.is_trained:
            index.train(data[:: max(1, len(data) // _TRAINING)])
        index.add(data)
    except RuntimeError as error:
        raise _cannot_build(factory, error) from error
    return index


def _tune(found: FaissVectors, vectors: Vectors, queries: Vectors) -> FaissVectors:
    """Search ever more widely until enough is found, and tell how much that is."""
    factory, index = found.kind.factory, found._faiss
    if factory == EXACT:
        return found
    stored = vectors.astype(np.float16)
    truth = _exact(vectors, queries)
    parameter, values = next(
        (each for name, each in _WIDTHS.items() if name in factory),
        ("", (0,)),
    )
    for value in values:
        if parameter:
            faiss.ParameterSpace().set_index_parameter(index, parameter, value)
        tuned = FaissVectors(index, VectorKind(factory, 0.0), stored)
        hits = [
            len(true & {row for row, _ in tuned.search(query, _NEAREST)})
            for query, true in zip(queries, truth, strict=True)
        ]
        recall = sum(hits) / max(1, sum(len(true) for true in truth))
        tuned.kind = VectorKind(factory, round(recall, 4))
        if recall >= MIN_RECALL:
            break
    return tuned


def _exact(vectors: Vectors, queries: Vectors) -> list[set[int]]:
    """Return the rows of the nearest vectors to each query."""
    _, rows = faiss.knn(
        np.ascontiguousarray(queries, dtype=np.float32),
        np.ascontiguousarray(vectors, dtype=np.float32),
        min(_NEAREST, len(vectors)),
        metric=faiss.METRIC_INNER_PRODUCT,
    )
    return [set(found.tolist()) for found in rows]
