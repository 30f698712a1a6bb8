"""Running the reader, or the whole service, over questions whose answers are known."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.documents import Document
from index.embedder import Embedder
from index.passages import ScoredPassage, Splitting, split_document
from index.snapshot import IndexSnapshot, PassagePlace
from qa.answers import rank_candidates, weigh
from qa.confidence import Evidence
from qa.metrics import (
    auroc,
    best_threshold_f1,
    bootstrap_interval,
    coverage_at,
    exact_match,
    f1,
)
from qa.reader import ExtractiveReader, Reading
from qa.retriever import HybridRetriever
from qa.squad import Example, SquadFormatError

# An answer this close to a gold one counts as right where right or wrong is asked.
RIGHT_F1 = 0.5

_BATCH = 64
_NO_SPAN = -1e4


@dataclass(frozen=True, slots=True)
class ReadingResult:
    """What the reader made of one example.

    Attributes:
        prediction: The best span's text; empty when the context has no word.
        margin: Its score minus the no-answer score.
        exact_match: Of the prediction, whether or not it would be given.
        f1: Likewise.
    """

    example: Example
    prediction: str
    margin: float
    exact_match: float
    f1: float


def evaluate_reading(
    reader: ExtractiveReader,
    examples: Sequence[Example],
    report: Callable[[int], None] = lambda count: None,
) -> list[ReadingResult]:
    """Read each example's own context and return the results in their order.

    For a question without an answer the scores are those of giving the span, which
    is always wrong; what withholding it is worth depends on a threshold.
    """
    results: dict[int, ReadingResult] = {}
    # Like lengths together, longest first: memory shows at once, padding hardly.
    order = sorted(range(len(examples)), key=lambda row: -len(examples[row].context))
    for first in range(0, len(order), _BATCH):
        rows = order[first : first + _BATCH]
        batch = [examples[row] for row in rows]
        readings = reader.read_pairs([(e.question, e.context) for e in batch])
        for row, example, reading in zip(rows, batch, readings, strict=True):
            results[row] = _result(example, reading)
        report(len(batch))
    return [results[row] for row in range(len(examples))]


def _result(example: Example, reading: Reading) -> ReadingResult:
    if not reading.spans:
        return ReadingResult(example, "", _NO_SPAN, 0.0, 0.0)
    span = reading.spans[0]
    prediction = example.context[span.start : span.end]
    golds = [answer.text for answer in example.answers]
    return ReadingResult(
        example,
        prediction,
        span.score - reading.no_answer_score,
        exact_match(prediction, golds) if golds else 0.0,
        f1(prediction, golds) if golds else 0.0,
    )


def reading_figures(results: Sequence[ReadingResult]) -> dict[str, float | list[float]]:
    """Return the figures of a set's results; shares and scores are in percent.

    With unanswerable questions among them these are the no-answer AUROC and SQuAD
    2.0's best-threshold F1 as well. Exact match and F1 are of the answerable ones.
    """
    figures: dict[str, float | list[float]] = {"questions": len(results)}
    answerable = [r for r in results if r.example.answers]
    unanswerable = [r for r in results if not r.example.answers]
    if answerable:
        scores = [r.f1 for r in answerable]
        right = [float(r.f1 >= RIGHT_F1) for r in answerable]
        margins = [r.margin for r in answerable]
        figures |= {
            "exact_match": 100 * mean([r.exact_match for r in answerable]),
            "f1": 100 * mean(scores),
            "f1_interval": [100 * v for v in bootstrap_interval(scores)],
            "coverage_at_80": 100 * coverage_at(margins, right, 0.8),
            "coverage_at_90": 100 * coverage_at(margins, right, 0.9),
        }
    if unanswerable and answerable:
        best = best_threshold_f1(
            [r.margin for r in results],
            [r.f1 for r in results],
            [bool(r.example.answers) for r in results],
        )
        figures |= {
            "unanswerable": len(unanswerable),
            "no_answer_auroc": no_answer_auroc(answerable, unanswerable),
            "best_threshold_f1": 100 * best.f1,
            "best_threshold": best.threshold,
        }
    return figures


def no_answer_auroc(
    answerable: Sequence[ReadingResult], unanswerable: Sequence[ReadingResult]
) -> float:
    """Return how well the margin tells contexts with the answer from those without."""
    return auroc([r.margin for r in answerable], [r.margin for r in unanswerable])


def mean(values: Sequence[float]) -> float:
    """Return the mean; not a number of nothing."""
    return sum(values) / len(values) if values else float("nan")


@dataclass(frozen=True, slots=True)
class CollectionQuestion:
    """A question to a collection: its right answers and the documents with them.

    No right answers means that the collection does not answer it.
    """

    text: str
    golds: tuple[str, ...]
    relevant: frozenset[str]
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, and questions to them."""

    documents: tuple[Document, ...]
    questions: tuple[CollectionQuestion, ...]


def read_collection(folder: Path) -> Collection:
    """Read a folder in BEIR's layout: corpus, queries and qrels (Thakur et al. 2021).

    The files are ``corpus.jsonl.gz`` (``_id``, ``title``, ``text``),
    ``queries.jsonl.gz`` (``_id``, ``text``, ``answers``) and ``qrels.tsv``.

    Raises:
        SquadFormatError: If a file is missing or lacks a field.
    """
    try:
        documents = tuple(
            Document(record["_id"], record["text"], record.get("title") or "")
            for record in _records(folder / "corpus.jsonl.gz")
        )
        relevant: dict[str, set[str]] = {}
        for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
            query_id, doc_id, grade = line.split("\t")
            if grade.isdigit() and int(grade) > 0:
                relevant.setdefault(query_id, set()).add(doc_id)
        questions = tuple(
            CollectionQuestion(
                record["text"],
                tuple(record.get("answers", ())),
                frozenset(relevant.get(record["_id"], ())),
            )
            for record in _records(folder / "queries.jsonl.gz")
        )
    except (OSError, KeyError, ValueError) as error:
        raise SquadFormatError(
            f"cannot read the collection {folder}: {error!r}"
        ) from error
    return Collection(documents, questions)


def collect(examples: Sequence[Example]) -> Collection:
    """Return the collection of all the examples' contexts, and their questions."""
    ids = {
        context: str(number)
        for number, context in enumerate(dict.fromkeys(e.context for e in examples))
    }
    documents = tuple(Document(i, context, "") for context, i in ids.items())
    questions = tuple(
        CollectionQuestion(
            example.question,
            tuple(answer.text for answer in example.answers),
            frozenset({ids[example.context]}),
        )
        for example in examples
    )
    return Collection(documents, questions)


def sample(collection: Collection, limit: int, seed: int) -> Collection:
    """Return the collection with at most ``limit`` of its questions, at random."""
    questions = collection.questions
    if len(questions) > limit:
        questions = tuple(random.Random(seed).sample(questions, limit))
    return Collection(collection.documents, questions)


def withhold(collection: Collection, share: float, seed: int) -> Collection:
    """Return the collection with a share of the questions made unanswerable.

    The passages of their right documents will be left out of what is retrieved, so
    that the best that is left is what a retriever confuses with them.
    """
    rng = random.Random(seed)
    return Collection(
        collection.documents,
        tuple(
            CollectionQuestion(question.text, (), question.relevant, withheld=True)
            if rng.random() < share
            else question
            for question in collection.questions
        ),
    )


@dataclass(frozen=True, slots=True)
class AnswerResult:
    """What the service made of one question.

    Attributes:
        retrieved: Document ids of the passages, best first, each once.
        prediction: The best span's text; empty when there was none.
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
    read = hits[:k]
    readings = reader.read(question.text, [hit.passage.text for hit in read])
    candidates = rank_candidates(read, readings)
    retrieved = tuple(dict.fromkeys(hit.passage.doc_id for hit in hits))
    if not candidates:
        return AnswerResult(question, retrieved, "", None, 0.0, 0.0)
    prediction = candidates[0].text
    return AnswerResult(
        question,
        retrieved,
        prediction,
        weigh(question.text, candidates, documents),
        exact_match(prediction, question.golds) if question.golds else 0.0,
        f1(prediction, question.golds) if question.golds else 0.0,
    )


def embed_collection(
    documents: Sequence[Document],
    embedder: Embedder,
    splitting: Splitting | None = None,
    report: Callable[[int], None] = lambda count: None,
) -> IndexSnapshot:
    """Return an index of the documents, in memory, as ``build_index`` makes it."""
    passages = [
        passage
        for document in documents
        for passage in split_document(
            document, splitting or Splitting(), embedder.count_tokens
        )
    ]
    vectors = embedder.embed_passages([p.text for p in passages], report)
    return IndexSnapshot.from_vectors(
        documents,
        [PassagePlace(p.doc_id, p.start, p.end) for p in passages],
        vectors,
    )


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
