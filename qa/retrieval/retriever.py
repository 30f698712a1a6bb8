"""From a query to the passages most likely to answer it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Protocol

import numpy as np

from index.home import Snapshot
from index.models.embedder import Embedder
from index.passages import ScoredPassage
from qa.retrieval.fusion import fuse

# Passages looked at to find documents by words.
_DOCUMENT_DEPTH = 2000
# Passages that each half proposes, at least.
_DEPTH = 100
_NONE_PREFERRED: Mapping[str, float] = MappingProxyType({})


class Retriever(Protocol):
    """Finds passages for a query."""

    def retrieve(
        self,
        query: str,
        k: int,
        doc_ids: Collection[str] | None = None,
        preferred: Mapping[str, float] = _NONE_PREFERRED,
    ) -> list[ScoredPassage]:
        """Return up to ``k`` passages of these documents, or of all, best first.

        Args:
            query: What is looked for.
            k: Number of passages wanted; at least 1.
            doc_ids: Documents to search; ``None`` for all.
            preferred: What the passages of some documents are raised by, in standard
                deviations of the scores.
        """
        ...

    def find_documents(self, words: str) -> list[str]:
        """Return the ids of documents whose text has one of some words, best first."""
        ...


class HybridRetriever:
    """Passages by the similarity of their vectors to the query's, and by its words."""

    def __init__(self, snapshot: Snapshot, embedder: Embedder) -> None:
        self._snapshot = snapshot
        self._embedder = embedder

    def retrieve(
        self,
        query: str,
        k: int,
        doc_ids: Collection[str] | None = None,
        preferred: Mapping[str, float] = _NONE_PREFERRED,
    ) -> list[ScoredPassage]:
        """Return up to ``k`` passages of these documents, or of all, best first.

        They are ranked by both halves together; their scores are the cosine
        similarities alone, which compare across questions as the ranks' do not.
        """
        vector = self._embedder.embed_query(query)
        depth = max(_DEPTH, k)
        similar = dict(self._snapshot.nearest(vector, depth, doc_ids))
        matching = dict(self._snapshot.matching(query, depth, doc_ids))
        if preferred:
            within = [
                doc_id for doc_id in preferred if doc_ids is None or doc_id in doc_ids
            ]
            similar |= self._snapshot.nearest(vector, k, within)
        missing = [row for row in matching if row not in similar]
        cosines = self._snapshot.vectors(missing) @ vector
        similar |= zip(missing, cosines.tolist(), strict=True)
        rows = sorted(similar)
        # A full list leaves out what scores below its last; else what shares no word.
        floor = min(matching.values()) if len(matching) == depth else 0.0
        fused = fuse(
            np.array([similar[row] for row in rows]),
            np.array([matching.get(row, floor) for row in rows]),
        )
        passages = self._snapshot.passages(rows) if preferred else []
        fused += [preferred.get(passage.doc_id, 0.0) for passage in passages] or 0.0
        best = np.argsort(-fused, kind="stable")[:k]
        found = [rows[place] for place in best]
        passages = self._snapshot.passages(found)
        return [
            ScoredPassage(passage, similar[row])
            for row, passage in zip(found, passages, strict=True)
        ]

    def find_documents(self, words: str) -> list[str]:
        """Return the ids of documents whose text has one of some words, best first."""
        rows = self._snapshot.matching(words, _DOCUMENT_DEPTH)
        passages = self._snapshot.passages([row for row, _ in rows])
        return list(dict.fromkeys(passage.doc_id for passage in passages))
