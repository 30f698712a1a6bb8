"""From a query to the passages most likely to answer it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from index.embedder import Embedder
from index.passages import ScoredPassage
from index.snapshot import IndexSnapshot


class Retriever(Protocol):
    """Finds passages for a query."""

    def retrieve(
        self, query: str, k: int, doc_ids: Collection[str] | None = None
    ) -> list[ScoredPassage]:
        """Return up to ``k`` passages of these documents, or of all, best first."""
        ...


class DenseRetriever:
    """Passages by the similarity of their vectors to the query's."""

    def __init__(self, snapshot: IndexSnapshot, embedder: Embedder) -> None:
        self._snapshot = snapshot
        self._embedder = embedder

    def retrieve(
        self, query: str, k: int, doc_ids: Collection[str] | None = None
    ) -> list[ScoredPassage]:
        """Return up to ``k`` passages of these documents, or of all, best first.

        Scores are cosine similarities.
        """
        return self._snapshot.search(self._embedder.embed_query(query), k, doc_ids)
