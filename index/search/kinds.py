"""Kinds of index for vectors: how each searches, and which fits how many."""

from __future__ import annotations

from dataclasses import dataclass

EXACT = "Flat"
QUANTISED = "SQ8"
GRAPH = "HNSW32,SQ8"
# Up to here an exact search takes a few milliseconds, and up to here one of 8-bit
# vectors does; scripts/benchmark.py --build measures it.
EXACT_LIMIT = 50_000
QUANTISED_LIMIT = 100_000
# Share of the ten nearest that an index chosen by the number of vectors must find.
MIN_RECALL = 0.98


@dataclass(frozen=True, slots=True)
class VectorKind:
    """How vectors are searched.

    Attributes:
        factory: FAISS's name for it, as in ``--faiss-factory``.
        recall_at_10: Share of the ten truly nearest that a search for ten finds.
    """

    factory: str
    recall_at_10: float

    def __str__(self) -> str:
        return f"{self.factory} (recall@10 {self.recall_at_10:.3f})"


def kinds_for(count: int) -> list[str]:
    """Return the kinds to try for a number of vectors, the fastest to search first."""
    if count <= EXACT_LIMIT:
        return [EXACT]
    inexact = [QUANTISED] if count <= QUANTISED_LIMIT else [GRAPH, QUANTISED]
    return [*inexact, EXACT]
