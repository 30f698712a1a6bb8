"""From a query to the passages most likely to answer it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import numpy as np

from index.embedder import Embedder
from index.passages import ScoredPassage
from index.snapshot import IndexSnapshot
from qa.fusion import fuse

# Passages that each half proposes, at least.
_DEPTH = 100


class Retriever(Protocol):
    """Finds passages for a query."""

    def retrieve(
        self, query: str, k: int, doc_ids: Collection[str] | None = None
    ) -> list[ScoredPassage]:
        """Return up to ``k`` passages of these documents, or of all, best first."""
        ...


class HybridRetriever:
    """Passages by the similarity of their vectors to the query's, and by its words."""

    def __init__(self, snapshot: IndexSnapshot, embedder: Embedder) -> None:
        self._snapshot = snapshot
        self._embedder = embedder

    def retrieve(
        self, query: str, k: int, doc_ids: Collection[str] | None = None
    ) -> list[ScoredPassage]:
        """Return up to ``k`` passages of these documents, or of all, best first.

        They are ranked by both halves together; their scores are the cosine
        similarities alone, which compare across questions as the ranks' do not.
        """
        vector = self._embedder.embed_query(query)
        depth = max(_DEPTH, k)
        similar = dict(self._snapshot.nearest(vector, depth, doc_ids))
        matching = dict(self._snapshot.matching(query, depth, doc_ids))
        missing = [row for row in matching if row not in similar]
        found = self._snapshot.vectors(missing) @ vector
        similar |= zip(missing, found.tolist(), strict=True)
        rows = sorted(similar)
        # A full list leaves out what scores below its last; else what shares no word.
        floor = min(matching.values()) if len(matching) == depth else 0.0
        fused = fuse(
            np.array([similar[row] for row in rows]),
            np.array([matching.get(row, floor) for row in rows]),
        )
        best = np.argsort(-fused, kind="stable")[:k]
        return [
            ScoredPassage(self._snapshot.passage(rows[place]), similar[rows[place]])
            for place in best
        ]
