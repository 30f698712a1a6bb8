"""From a query to the passages most likely to answer it."""

from __future__ import annotations

from typing import Protocol

from index.embedder import Embedder
from index.passages import ScoredPassage
from index.snapshot import IndexSnapshot


class Retriever(Protocol):
    """Finds passages for a query."""

    def retrieve(self, query: str, k: int) -> list[ScoredPassage]:
        """Return up to ``k`` passages, best first."""
        ...


class DenseRetriever:
    """Passages by the similarity of their vectors to the query's."""

    def __init__(self, snapshot: IndexSnapshot, embedder: Embedder) -> None:
        self._snapshot = snapshot
        self._embedder = embedder

    def retrieve(self, query: str, k: int) -> list[ScoredPassage]:
        """Return up to ``k`` passages, best first; scores are cosine similarities."""
        return self._snapshot.search(self._embedder.embed_query(query), k)
