"""From a query to the passages most likely to answer it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Protocol

import numpy as np

from index.home import Snapshot
from index.models.embedder import Embedder
from index.passages import ScoredPassage
from index.search.vectors import Vectors
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
        depth = max(_DEPTH, k)
        with ThreadPoolExecutor(max_workers=1) as pool:
            # Beside the other half, as neither needs the other.
            by_words = pool.submit(self._match, query, depth, doc_ids)
            vector = self._embedder.embed_query(query)
            similar = dict(self._snapshot.nearest(vector, depth, doc_ids))
            matching, vectors = by_words.result()
        if preferred:
            within = [
                doc_id for doc_id in preferred if doc_ids is None or doc_id in doc_ids
            ]
            similar |= self._snapshot.nearest(vector, k, within)
        cosines = (vectors @ vector).tolist()
        similar = dict(zip(matching, cosines, strict=True)) | similar
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

    def _match(
        self, query: str, depth: int, doc_ids: Collection[str] | None
    ) -> tuple[dict[int, float], Vectors]:
        """Return the rows that share words with a query, their BM25 and vectors."""
        matching = dict(self._snapshot.matching(query, depth, doc_ids))
        return matching, self._snapshot.vectors(list(matching))

    def find_documents(self, words: str) -> list[str]:
        """Return the ids of documents whose text has one of some words, best first."""
        rows = self._snapshot.matching(words, _DOCUMENT_DEPTH)
        passages = self._snapshot.passages([row for row, _ in rows])
        return list(dict.fromkeys(passage.doc_id for passage in passages))
