"""Nearest vectors by inner product."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class VectorStore(Protocol):
    """Vectors in the order they were given; row ``n`` is the ``n``-th of them."""

    @property
    def dim(self) -> int:
        """Return the length of each vector."""
        ...

    def __len__(self) -> int:
        """Return the number of vectors."""
        ...

    def vectors(self, rows: Sequence[int] | NDArray[np.int64]) -> Vectors:
        """Return the vectors of rows, shape ``(n, dim)``."""
        ...

    def search(
        self, query_vector: Vectors, k: int, rows: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """Return up to ``k`` of these rows, or of all, with their inner products."""
        ...

    def save(self, path: Path) -> None:
        """Write the vectors to a new file."""
        ...


class FaissVectors:
    """Exact inner-product search with FAISS (Douze et al. 2024, IndexFlatIP)."""

    def __init__(self, faiss_index: faiss.Index) -> None:
        self._faiss = faiss_index

    @classmethod
    def from_vectors(cls, vectors: Vectors) -> FaissVectors:
        """Index vectors of shape ``(n, dim)``.

        Raises:
            ValueError: If the array is not two-dimensional.
        """
        if vectors.ndim != 2:
            raise ValueError(f"vectors must be (n, dim), not {vectors.shape}")
        faiss_index = faiss.IndexFlatIP(vectors.shape[1])
        faiss_index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(faiss_index)

    @classmethod
    def load(cls, path: Path) -> FaissVectors:
        """Read what ``save`` wrote.

        Raises:
            ValueError: If FAISS cannot read the file.
        """
        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as error:
            raise ValueError(f"FAISS cannot read {path}: {error}") from error

    @property
    def dim(self) -> int:
        """Return the length of each vector."""
        return int(self._faiss.d)

    def __len__(self) -> int:
        """Return the number of vectors."""
        return int(self._faiss.ntotal)

    def vectors(self, rows: Sequence[int] | NDArray[np.int64]) -> Vectors:
        """Return the vectors of rows, shape ``(n, dim)``."""
        found: Vectors = self._faiss.reconstruct_batch(np.asarray(rows, dtype=np.int64))
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
        scores, found = self._faiss.search(query_vector[np.newaxis, :], k)  # (1, k)
        return [
            (int(row), float(score))
            for row, score in zip(found[0], scores[0], strict=True)
        ]

    def _search_rows(
        self, query_vector: Vectors, k: int, rows: Sequence[int]
    ) -> list[tuple[int, float]]:
        """Search a few rows exactly, whatever the kind of the index."""
        scores = self.vectors(rows) @ query_vector
        best = np.argsort(-scores, kind="stable")[:k]
        return [(int(rows[place]), float(scores[place])) for place in best]

    def save(self, path: Path) -> None:
        """Write the vectors to a new file."""
        faiss.write_index(self._faiss, str(path))
