"""Measuring retrieval alone: each half, and the two ways of joining them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from index.home import Snapshot
from index.models.embedder import Embedder
from index.passages import ScoredPassage
from qa.evaluation.collection import CollectionQuestion
from qa.evaluation.metrics import ndcg, recall_at_k, reciprocal_rank
from qa.evaluation.reading import mean
from qa.reading.reader import Reader
from qa.retrieval.retriever import HybridRetriever

# Documents of several passages are ranked by their best, so more passages are asked
# for than documents are looked at.
_DEPTH = 100
_RRF_CONSTANT = 60

Rankings = dict[str, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Reranker:
    """Puts the first ``depth`` passages into the order of the reader's margins."""

    reader: Reader
    depth: int

    def rerank(
        self, question: str, hits: Sequence[ScoredPassage]
    ) -> list[ScoredPassage]:
        """Return the same passages, of the first those with the best answer first."""
        first, rest = hits[: self.depth], hits[self.depth :]
        readings = self.reader.read(question, [hit.passage.text for hit in first])
        order = np.argsort([-reading.margin for reading in readings], kind="stable")
        return [*(first[place] for place in order), *rest]


def rank_documents(
    questions: Sequence[CollectionQuestion],
    snapshot: Snapshot,
    embedder: Embedder,
    report: Callable[[int], None] = lambda count: None,
    reranker: Reranker | None = None,
) -> Rankings:
    """Return the documents that each way of retrieving finds for each question.

    ``hybrid`` is what the service does; ``rrf`` is reciprocal rank fusion (Cormack et
    al. 2009) of the same two halves, and ``reranked`` what a reranker makes of the
    hybrid's, both to compare with.
    """
    retriever = HybridRetriever(snapshot, embedder)
    found: Rankings = {"dense": [], "bm25": [], "rrf": [], "hybrid": []}
    if reranker is not None:
        found["reranked"] = []
    for question in questions:
        vector = embedder.embed_query(question.text)
        dense = [row for row, _ in snapshot.nearest(vector, _DEPTH)]
        matching = [row for row, _ in snapshot.matching(question.text, _DEPTH)]
        for name, rows in (
            ("dense", dense),
            ("bm25", matching),
            ("rrf", _reciprocal_rank_fusion(dense, matching)),
        ):
            passages = snapshot.passages(rows)
            found[name].append(_distinct([each.doc_id for each in passages]))
        hits = retriever.retrieve(question.text, _DEPTH)
        found["hybrid"].append(_distinct([hit.passage.doc_id for hit in hits]))
        if reranker is not None:
            hits = reranker.rerank(question.text, hits)
            found["reranked"].append(_distinct([hit.passage.doc_id for hit in hits]))
        report(1)
    return found


def ranking_figures(
    questions: Sequence[CollectionQuestion], rankings: Sequence[Sequence[str]]
) -> dict[str, float]:
    """Return the mean figures of ranked documents, in percent.

    ``hit`` is the share of questions with any relevant document among the first five;
    ``recall`` the share of the relevant documents.
    """
    pairs = list(zip(questions, rankings, strict=True))
    figures = {
        "hit@5": [float(bool(q.relevant & set(r[:5]))) for q, r in pairs],
        "recall@1": [recall_at_k(r, q.relevant, 1) for q, r in pairs],
        "recall@5": [recall_at_k(r, q.relevant, 5) for q, r in pairs],
        "recall@20": [recall_at_k(r, q.relevant, 20) for q, r in pairs],
        "MRR@10": [reciprocal_rank(r, q.relevant, 10) for q, r in pairs],
        "nDCG@10": [ndcg(r, q.relevant, 10) for q, r in pairs],
    }
    return {name: 100 * mean(values) for name, values in figures.items()}


def _reciprocal_rank_fusion(first: Sequence[int], second: Sequence[int]) -> list[int]:
    scores: dict[int, float] = {}
    for place, rows in enumerate(zip_longest(first, second), start=1):
        for row in rows:
            if row is not None:
                scores[row] = scores.get(row, 0.0) + 1 / (_RRF_CONSTANT + place)
    order = np.argsort([-score for score in scores.values()], kind="stable")
    rows_found = list(scores)
    return [rows_found[place] for place in order]


def _distinct(doc_ids: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(doc_ids))
