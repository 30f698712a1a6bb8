"""Running retrieval and reading over questions to a whole collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from index.documents import Document
from index.embedder import Embedder
from index.passages import ScoredPassage, Splitting, split_document
from index.snapshot import IndexSnapshot, PassagePlace
from qa.answers import weigh
from qa.attempts import read_passages
from qa.confidence import UNFITTED, Confidence, Evidence, Verdict
from qa.measuring.collection import Collection, CollectionQuestion
from qa.measuring.reading import RIGHT_F1, mean
from qa.mentions import true_case
from qa.metrics import (
    bootstrap_interval,
    coverage_at,
    exact_match,
    expected_calibration_error,
    f1,
    recall_at_k,
)
from qa.reader import ExtractiveReader
from qa.retriever import HybridRetriever


@dataclass(frozen=True, slots=True)
class AnswerResult:
    """What the service made of one question.

    Attributes:
        retrieved: Document ids of the passages, best first, each once.
        prediction: The best span's text, before it is widened for display to a whole
            name, phrase or clause; empty when there was none.
        evidence: For it; ``None`` when there was none.
    """

    question: CollectionQuestion
    retrieved: tuple[str, ...]
    prediction: str
    evidence: Evidence | None
    exact_match: float
    f1: float


def evaluate_answers(
    collection: Collection,
    embedder: Embedder,
    reader: ExtractiveReader,
    *,
    k: int,
    depth: int = 20,
    report: Callable[[int], None] = lambda count: None,
) -> list[AnswerResult]:
    """Retrieve, read and choose an answer to each question of a collection.

    Args:
        collection: Documents and questions.
        embedder: Of passages and questions.
        reader: Of the ``k`` best passages.
        k: Number of passages read.
        depth: Number of passages retrieved, to measure recall.
        report: Called with the number of questions done since the last call.
    """
    snapshot = embed_collection(collection.documents, embedder)
    retriever = HybridRetriever(snapshot, embedder)
    results = []
    for question in collection.questions:
        hits = retriever.retrieve(
            question.text, 4 * depth if question.withheld else depth
        )
        if question.withheld:
            hits = [h for h in hits if h.passage.doc_id not in question.relevant]
        hits = hits[:depth]
        results.append(_answer(question, hits, k, reader, snapshot.documents))
        report(1)
    return results


def _answer(
    question: CollectionQuestion,
    hits: Sequence[ScoredPassage],
    k: int,
    reader: ExtractiveReader,
    documents: Mapping[str, Document],
) -> AnswerResult:
    asked = true_case(question.text, "\n".join(hit.passage.text for hit in hits[:k]))
    # The confidence may be what is to be fitted, and decides nothing here.
    attempt = read_passages(asked, hits[:k], documents, reader, UNFITTED)
    retrieved = tuple(dict.fromkeys(hit.passage.doc_id for hit in hits))
    if not attempt.candidates:
        return AnswerResult(question, retrieved, "", None, 0.0, 0.0)
    prediction = attempt.candidates[0].text
    return AnswerResult(
        question,
        retrieved,
        prediction,
        weigh(asked, attempt.candidates, documents),
        exact_match(prediction, question.golds) if question.golds else 0.0,
        f1(prediction, question.golds) if question.golds else 0.0,
    )


def answer_figures(
    results: Sequence[AnswerResult], confidence: Confidence
) -> dict[str, float | list[int] | list[float]]:
    """Return the figures of a collection's answers; shares are in percent.

    Recall, exact match and F1 are of the answerable questions, of the best span
    whether or not it would be given. The rest is of all questions with a span: what
    withholds an answer is the confidence, and right is an F1 of half or more, so
    never when the collection does not answer. Of each verdict: how many were given,
    and how many of them are right.

    Raises:
        ValueError: If no question has an answer.
    """
    asked = [r for r in results if r.question.golds]
    given = [r for r in results if r.evidence is not None]
    probabilities, right = probabilities_and_rights(given, confidence)
    scores = [r.f1 for r in asked]
    figures: dict[str, float | list[int] | list[float]] = {
        "questions": len(results),
        "unanswerable": len(results) - len(asked),
    }
    for depth in (1, 5, 20):
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
    }
    verdicts = [confidence.verdict(probability) for probability in probabilities]
    for verdict in get_args(Verdict):
        rights = [
            not result.question.golds if verdict == "no_answer" else bool(is_right)
            for result, is_right, found in zip(given, right, verdicts, strict=True)
            if found == verdict
        ]
        figures[verdict] = [len(rights), sum(rights)]
    return figures


def probabilities_and_rights(
    results: Sequence[AnswerResult], confidence: Confidence
) -> tuple[list[float], list[float]]:
    """Return, of each result with a span, P(right) and 1.0 if it is right, else 0.0."""
    pairs = [
        (confidence.probability(result.evidence), float(result.f1 >= RIGHT_F1))
        for result in results
        if result.evidence is not None
    ]
    return [probability for probability, _ in pairs], [right for _, right in pairs]


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
    texts = [f"{openings[p.doc_id]}\n{p.text}".lstrip() for p in passages]
    vectors = embedder.embed_passages(texts, report)
    return IndexSnapshot.from_vectors(
        documents,
        [PassagePlace(p.doc_id, p.start, p.end) for p in passages],
        vectors,
    )
