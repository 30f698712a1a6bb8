"""Asking a pipeline the questions of a whole collection, and measuring its answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import get_args

from index.documents import Document
from index.models.embedder import Embedder
from index.passages import Splitting, split_document
from index.search.snapshot import IndexSnapshot, PassagePlace
from index.work.embedding import fitted_evidence
from qa.answering.confidence import Verdict
from qa.answers import Answer
from qa.context import RequestContext, ScoredPlace
from qa.evaluation.collection import Collection, CollectionQuestion
from qa.evaluation.metrics import (
    bootstrap_interval,
    coverage_at,
    exact_match,
    expected_calibration_error,
    f1,
    recall_at_k,
)
from qa.evaluation.reading import RIGHT_F1, mean
from qa.pipeline import Pipeline
from qa.retrieval.corpus import Corpus
from qa.retrieval.retriever import HybridRetriever

# From this confidence on a wrong answer is wrong and sure.
SURE = 0.6


@dataclass(frozen=True, slots=True)
class AnswerResult:
    """What the service made of one question.

    Attributes:
        answer: As served.
        prediction: Its text; of answers side by side the first; of an answer that was
            withheld the best candidate's; empty when there was none.
        places: What was weighed on the way; see ``RequestContext``.
    """

    question: CollectionQuestion
    answer: Answer
    prediction: str
    places: tuple[ScoredPlace, ...]
    exact_match: float
    f1: float

    @property
    def retrieved(self) -> tuple[str, ...]:
        """Return the ids of the documents of the passages read, best first."""
        return tuple(
            dict.fromkeys(p.doc_id for p in self.places if p.stage == "retrieve")
        )

    @property
    def confidence(self) -> float:
        """Return the probability served; 0 where none was."""
        return self.answer.confidence or 0.0


@dataclass(frozen=True, slots=True)
class FixedCorpus:
    """A version of an index that never changes."""

    corpus: Corpus

    def get(self) -> Corpus:
        """Return it."""
        return self.corpus

    def unavailable(self) -> str | None:
        """Return ``None``: memory is always there."""
        return None


def corpus_of(documents: Sequence[Document], embedder: Embedder) -> FixedCorpus:
    """Return an index of documents in memory, as the service would open it."""
    snapshot = embed_collection(documents, embedder)
    retriever = HybridRetriever(snapshot, embedder)
    return FixedCorpus(Corpus("memory", snapshot.documents, retriever, embedder))


def evaluate_answers(
    collection: Collection,
    pipeline: Pipeline,
    *,
    k: int,
    report: Callable[[int], None] = lambda count: None,
) -> list[AnswerResult]:
    """Ask a pipeline over a collection each of its questions.

    Args:
        collection: Documents and questions.
        pipeline: Over the same documents.
        k: Number of passages read.
        report: Called with the number of questions done since the last call.
    """
    results = []
    for question in collection.questions:
        results.append(ask(question, pipeline, k))
        report(1)
    return results


def ask(question: CollectionQuestion, pipeline: Pipeline, k: int) -> AnswerResult:
    """Return what a pipeline makes of a question of the documents that it is asked."""
    documents = pipeline.documents()
    context = RequestContext(is_explained=True)
    answer = pipeline.answer(
        question.text, k=k, doc_ids=question.asked, context=context
    )
    prediction = _prediction(answer, context.places, documents)
    golds = question.golds
    return AnswerResult(
        question,
        answer,
        prediction,
        tuple(context.places),
        exact_match(prediction, golds) if golds else 0.0,
        f1(prediction, golds) if golds else 0.0,
    )


def _prediction(
    answer: Answer, places: Sequence[ScoredPlace], documents: Mapping[str, Document]
) -> str:
    if answer.alternatives:
        return answer.alternatives[0].text
    if answer.text is not None:
        return answer.text
    for place in places:
        if place.stage == "choose":
            return documents[place.doc_id].text[place.start : place.end]
    return ""


def answer_figures(
    results: Sequence[AnswerResult],
) -> dict[str, float | list[int] | list[float]]:
    """Return the figures of a collection's answers; shares are in percent.

    Recall, exact match and F1 are of the answerable questions, of the best answer
    whether or not it would be given. The rest is of all questions: what withholds an
    answer is the confidence, and right is an F1 of half or more, so never when the
    collection does not answer. Of each verdict: how many were given, and how many of
    them are right. ``wrong_and_sure`` counts wrong answers of a confidence of
    ``SURE`` or more; times are of whole answers.

    Raises:
        ValueError: If no question has an answer.
    """
    asked = [r for r in results if r.question.golds]
    probabilities, right = probabilities_and_rights(results)
    scores = [r.f1 for r in asked]
    figures: dict[str, float | list[int] | list[float]] = {
        "questions": len(results),
        "unanswerable": len(results) - len(asked),
    }
    for depth in (1, 5):
        figures[f"recall_at_{depth}"] = 100 * mean(
            [recall_at_k(r.retrieved, r.question.relevant, depth) for r in asked]
        )
    figures |= {
        "exact_match": 100 * mean([r.exact_match for r in asked]),
        "f1": 100 * mean(scores),
        "f1_interval": [100 * value for value in bootstrap_interval(scores)],
        "ece": expected_calibration_error(probabilities, right),
        "coverage_at_80": 100 * coverage_at(probabilities, right, 0.8),
        "coverage_at_90": 100 * coverage_at(probabilities, right, 0.9),
        "wrong_and_sure": sum(
            r.answer.kind != "no_answer" and r.confidence >= SURE and r.f1 < RIGHT_F1
            for r in results
        ),
    }
    for kind in (*get_args(Verdict), "list", "overview"):
        rights = [
            not r.question.golds if kind == "no_answer" else r.f1 >= RIGHT_F1
            for r in results
            if r.answer.kind == kind
        ]
        figures[kind] = [len(rights), sum(rights)]
    times = [r.answer.timings_ms.total for r in results]
    if len(times) > 1:
        cuts = quantiles(times, n=20)
        figures |= {"ms_p50": cuts[9], "ms_p95": cuts[18]}
    return figures


def probabilities_and_rights(
    results: Sequence[AnswerResult],
) -> tuple[list[float], list[float]]:
    """Return, of each result, P(right) as served and 1.0 if it is right, else 0.0."""
    return (
        [result.confidence for result in results],
        [float(result.f1 >= RIGHT_F1) for result in results],
    )


def embed_collection(
    documents: Sequence[Document],
    embedder: Embedder,
    splitting: Splitting | None = None,
    report: Callable[[int], None] = lambda count: None,
    *,
    opening_words: int = 0,
) -> IndexSnapshot:
    """Return an index of the documents, in memory, as ``build_index`` makes it.

    Args:
        documents: With ids that differ.
        embedder: Embeds their passages.
        splitting: How to cut them; ``None`` as the service does.
        report: Called with the number of passages embedded since the last call.
        opening_words: First words of its document to embed before each passage, which
            the service does not.
    """
    passages = [
        passage
        for document in documents
        for passage in split_document(
            document, splitting or Splitting(), embedder.count_tokens
        )
    ]
    openings = {
        document.doc_id: " ".join(document.text.split()[:opening_words])
        for document in documents
    }
    by_id = {document.doc_id: document for document in documents}
    fitted = (fitted_evidence(by_id[each.doc_id], each, embedder) for each in passages)
    texts = [
        f"{openings[passage.doc_id]}\n{text}".lstrip()
        for passage, text in zip(passages, fitted, strict=True)
    ]
    vectors = embedder.embed_passages(texts, report)
    return IndexSnapshot.from_vectors(
        documents,
        [PassagePlace(p.doc_id, p.start, p.end) for p in passages],
        vectors,
    )
