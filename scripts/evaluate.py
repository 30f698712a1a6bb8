"""Measure the reader, or the whole service, on questions with known answers.

Reading: each question is asked of its own context.

    python scripts/evaluate.py dev/*.jsonl.gz --json reading.json

End to end: each question is asked of a whole collection, through retrieval.

    python scripts/evaluate.py --end-to-end retrieval/squad --plots figures/

Retrieval alone: both halves of it, and the two ways of joining them, side by side.

    python scripts/evaluate.py --retrieval retrieval/squad retrieval/newsqa

Figures are of held-out questions: of those between the ones that the weight of the
halves was chosen on, and end to end of the texts whose half no confidence was fitted
on (scripts/fit_answers.py). --questions tuning takes the others, all takes all.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar, get_args

import torch
from tqdm import tqdm

from index.documents import Document
from index.models.compiled_embedder import CompiledEmbedder
from index.models.embedder import DEFAULT_EMBEDDER, resolve_embedder
from index.models.precision import Precision
from index.models.sentence_embedder import SentenceEmbedder
from index.models.sources import ModelNotFoundError
from index.passages import Splitting
from index.terminal import say, say_error
from qa.answerer import DEFAULT_K
from qa.answering.choosing import Selector
from qa.answering.confidence import UNFITTED, ConfidenceError
from qa.answering.evidence import DEFAULT_EVIDENCE, TrainedEvidenceModel
from qa.conversation.understanding import QuestionEncoder, Understander
from qa.evaluation.answers import (
    SURE,
    AnswerResult,
    answer_figures,
    corpus_of,
    embed_collection,
    evaluate_answers,
    probabilities_and_rights,
)
from qa.evaluation.collection import (
    Collection,
    CollectionQuestion,
    collect,
    fitting_half,
    read_collection,
    withhold,
)
from qa.evaluation.ranking import Reranker, rank_documents, ranking_figures
from qa.evaluation.reading import (
    RIGHT_F1,
    ReadingResult,
    evaluate_reading,
    no_answer_auroc,
    reading_figures,
)
from qa.evaluation.squad import Example, SquadFormatError, read_squad
from qa.loading import load_fitted
from qa.pipeline import Pipeline
from qa.reading.catalogue import DEFAULT_READER
from qa.reading.reader import Reader
from qa.reading.skimming import load_reader

# Questions that a process takes at once: few enough for a bar that moves.
_PART = 10

T = TypeVar("T")
R = TypeVar("R")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    _refuse_what_does_not_apply(parser, arguments)
    torch.set_num_threads(arguments.threads)
    try:
        if arguments.retrieval:
            reports = {
                f"{path}, {name}": figures
                for path in arguments.paths
                for name, figures in _retrieval(path, arguments).items()
            }
        elif arguments.end_to_end:
            reports = {
                str(path): _end_to_end(path, arguments) for path in arguments.paths
            }
        else:
            names = [path.name.split(".")[0] for path in arguments.paths]
            reports = {
                name if names.count(name) == 1 else str(path): _reading(path, arguments)
                for name, path in zip(names, arguments.paths, strict=True)
            }
    except (SquadFormatError, ModelNotFoundError, ConfidenceError) as error:
        say_error("evaluate.py", error)
        return 2
    for name, figures in reports.items():
        say(f"{name}: " + ", ".join(f"{k} {_show(v)}" for k, v in figures.items()))
    if arguments.json:
        arguments.json.write_text(
            json.dumps({name: _finite(f) for name, f in reports.items()}, indent=1)
            + "\n",
            encoding="utf-8",
        )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        help="SQuAD-format files (.json, .jsonl, .gz); with --end-to-end also folders "
        "in BEIR's layout (corpus.jsonl.gz, queries.jsonl.gz, qrels.tsv)",
    )
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument(
        "--end-to-end", action="store_true", help="retrieve from the whole collection"
    )
    kind.add_argument(
        "--retrieval", action="store_true", help="measure retrieval, without reading"
    )
    parser.add_argument(
        "--questions",
        choices=["held-out", "tuning", "all"],
        default="held-out",
        help="end to end and retrieval: those that nothing was fitted on, those that "
        "something was, or all",
    )
    parser.add_argument(
        "--negatives",
        action="store_true",
        help="reading: also ask each question of the likest other context without its "
        "answer and report how well the no-answer score tells the two apart",
    )
    parser.add_argument(
        "--withhold",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="end to end: hide the right documents from this share of the questions",
    )
    defaults = Splitting()
    parser.add_argument("--max-tokens", type=int, default=defaults.max_tokens)
    parser.add_argument("--overlap-tokens", type=int, default=defaults.overlap_tokens)
    parser.add_argument(
        "--opening-words",
        type=int,
        default=0,
        metavar="N",
        help="retrieval: embed before each passage the first so many words of its "
        "document, which the service does not",
    )
    parser.add_argument(
        "--rerank",
        type=int,
        default=0,
        metavar="N",
        help="retrieval: also put the first N passages into the order of the reader's "
        "margins, which the service does not",
    )
    parser.add_argument("--k", type=int, default=DEFAULT_K, help="passages read")
    parser.add_argument("--limit", type=int, help="only the first so many questions")
    parser.add_argument(
        "--reader", default=DEFAULT_READER, help="the reader to measure"
    )
    parser.add_argument("--precision", choices=get_args(Precision), default="auto")
    parser.add_argument("--threads", type=int, default=1, help="for one inference")
    parser.add_argument(
        "--workers",
        type=int,
        default=1,
        help="reading and end to end: processes that share the questions of a set",
    )
    parser.add_argument(
        "--predictions",
        type=Path,
        help="reading and end to end: add a line for each question here, as JSON: id, "
        "text, margin (null without a span), confidence (of a reading by its margin "
        "alone)",
    )
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument(
        "--plots", type=Path, help="end to end: folder for the curves, as PNG"
    )
    parser.add_argument(
        "--errors", type=Path, help="reading: add the wrong answers here, as JSON lines"
    )
    return parser


def _refuse_what_does_not_apply(
    parser: argparse.ArgumentParser, arguments: argparse.Namespace
) -> None:
    """Refuse before the measuring what would be ignored, or fail, after it."""
    is_reading = not (arguments.end_to_end or arguments.retrieval)
    for name, applies in {
        "negatives": is_reading,
        "errors": is_reading,
        "plots": arguments.end_to_end,
        "withhold": arguments.end_to_end,
        "opening_words": arguments.retrieval,
        "rerank": arguments.retrieval,
        "predictions": not arguments.retrieval,
    }.items():
        if getattr(arguments, name) and not applies:
            name = name.replace("_", "-")
            parser.error(f"--{name} has no effect here; --help tells where it has")
    for path in (arguments.json, arguments.errors, arguments.predictions):
        if path is not None and not path.parent.is_dir():
            parser.error(f"no folder {path.parent} to write {path.name} to")


def _reading(path: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    examples = read_squad(path)[: arguments.limit]
    started = time.perf_counter()
    with tqdm(total=len(examples), desc=path.name, unit="q") as bar:
        read = partial(_read, reader=arguments.reader, precision=arguments.precision)
        results = _spread(read, examples, arguments.workers, bar)
    spent = time.perf_counter() - started
    answerable = [r for r in results if r.example.answers]
    confidences = [
        UNFITTED.confidence.probability({"margin": r.margin}) for r in results
    ]
    figures: dict[str, Any] = dict(reading_figures(results))
    figures["wrong_and_sure"] = sum(
        confidence >= SURE and result.f1 < RIGHT_F1
        for confidence, result in zip(confidences, results, strict=True)
    )
    figures["ms_mean"] = 1000 * spent / max(1, len(results))
    if arguments.negatives:
        # Imported here: scikit-learn comes with the "train" extra alone.
        from qa.training.negatives import mine_negatives

        asked = [r.example for r in answerable]
        others = [
            Example(e.example_id, e.question, texts[0], (), e.source)
            for e, texts in zip(
                asked, mine_negatives(asked, per_question=1), strict=True
            )
            if texts
        ]
        with tqdm(total=len(others), desc="negatives", unit="q") as bar:
            negatives = _spread(read, others, arguments.workers, bar)
        figures["negatives"] = len(negatives)
        if negatives:
            figures["negatives_auroc"] = no_answer_auroc(answerable, negatives)
    if arguments.errors:
        _write_errors(arguments.errors, answerable)
    if arguments.predictions:
        _write_predictions(
            arguments.predictions,
            (
                (r.example.example_id, r.prediction, r.margin, confidence)
                for r, confidence in zip(results, confidences, strict=True)
            ),
        )
    return figures


def _read(
    examples: Sequence[Example], *, reader: str, precision: Precision
) -> list[ReadingResult]:
    return evaluate_reading(_reader(reader, precision), examples)


@cache
def _reader(name: str, precision: Precision) -> Reader:
    torch.set_num_threads(1)
    return load_reader(name, precision)


def _answer(
    questions: Sequence[CollectionQuestion],
    *,
    documents: tuple[Document, ...],
    reader: str,
    precision: Precision,
    k: int,
) -> list[AnswerResult]:
    pipeline = _pipeline(documents, reader, precision)
    return evaluate_answers(Collection(documents, tuple(questions)), pipeline, k=k)


@cache
def _pipeline(
    documents: tuple[Document, ...], reader: str, precision: Precision
) -> Pipeline:
    torch.set_num_threads(1)
    embedder = CompiledEmbedder(resolve_embedder(DEFAULT_EMBEDDER), precision)
    return Pipeline(
        corpus_of(documents, embedder),
        Understander.load(QuestionEncoder.of(embedder)),
        load_reader(reader, precision),
        TrainedEvidenceModel(DEFAULT_EVIDENCE),
        Selector(load_fitted(reader)),
    )


def _spread(
    work: Callable[[Sequence[T]], list[R]],
    items: Sequence[T],
    workers: int,
    bar: tqdm[Any],
) -> list[R]:
    """Return what the work makes of the items, in parts: processes take them in turns.

    Each process loads its models once.
    """
    parts = [items[first : first + _PART] for first in range(0, len(items), _PART)]
    results: list[R] = []

    def take(found: Iterable[list[R]]) -> None:
        for each in found:
            results.extend(each)
            bar.update(len(each))

    if workers <= 1:
        take(map(work, parts))
        return results
    # Spawned: threads of a library that was loaded before do not survive a fork.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        take(pool.map(work, parts))
    return results


def _retrieval(path: Path, arguments: argparse.Namespace) -> dict[str, dict[str, Any]]:
    collection = read_collection(path)
    part = {"held-out": slice(1, None, 2), "tuning": slice(0, None, 2)}
    asked = collection.questions[part.get(arguments.questions, slice(None))]
    questions = [q for q in asked[: arguments.limit] if q.relevant]
    embedder = SentenceEmbedder.load(DEFAULT_EMBEDDER, arguments.precision)
    splitting = Splitting(arguments.max_tokens, arguments.overlap_tokens)
    with tqdm(desc=f"{path.name}: passages", unit=" passages") as bar:
        snapshot = embed_collection(
            collection.documents,
            embedder,
            splitting,
            bar.update,
            opening_words=arguments.opening_words,
        )
    reranker = None
    if arguments.rerank:
        reader = load_reader(arguments.reader, arguments.precision)
        reranker = Reranker(reader, arguments.rerank)
    with tqdm(total=len(questions), desc=f"{path.name}: questions", unit="q") as bar:
        rankings = rank_documents(questions, snapshot, embedder, bar.update, reranker)
    return {
        name: {
            "questions": len(questions),
            "passages": len(snapshot),
            **ranking_figures(questions, ranked),
        }
        for name, ranked in rankings.items()
    }


def _end_to_end(path: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    collection = read_collection(path) if path.is_dir() else collect(read_squad(path))
    fitted = fitting_half(collection)
    questions = [
        question
        for question in collection.questions
        if arguments.questions == "all"
        or question.relevant.isdisjoint(fitted) == (arguments.questions == "held-out")
    ]
    if not any(question.golds for question in questions[: arguments.limit]):
        raise SquadFormatError(
            f"no question of {path} has an answer; measure it with --retrieval"
        )
    collection = Collection(collection.documents, tuple(questions[: arguments.limit]))
    collection = withhold(collection, arguments.withhold, seed=0)
    work = partial(
        _answer,
        documents=collection.documents,
        reader=arguments.reader,
        precision=arguments.precision,
        k=arguments.k,
    )
    with tqdm(total=len(collection.questions), desc=path.name, unit="q") as bar:
        results = _spread(work, collection.questions, arguments.workers, bar)
    figures = {"documents": len(collection.documents), **answer_figures(results)}
    if arguments.predictions:
        _write_predictions(
            arguments.predictions,
            (
                (r.question.question_id, r.answer.text, _margin(r), r.confidence)
                for r in results
            ),
        )
    if arguments.plots:
        # Imported here: matplotlib comes with the "train" extra alone.
        from qa.training.plots import draw_reliability, draw_risk_coverage

        probabilities, right = probabilities_and_rights(results)
        arguments.plots.mkdir(parents=True, exist_ok=True)
        name = path.name.split(".")[0]
        draw_reliability(
            arguments.plots / f"{name}-reliability.png", probabilities, right
        )
        draw_risk_coverage(
            arguments.plots / f"{name}-risk-coverage.png", probabilities, right
        )
    return figures


def _margin(result: AnswerResult) -> float | None:
    chosen = [place for place in result.places if place.stage == "choose"]
    return chosen[0].scores["margin"] if chosen else None


def _write_predictions(
    path: Path, rows: Iterable[tuple[str, str | None, float | None, float]]
) -> None:
    """Add a line for each question, for others to score."""
    with path.open("a", encoding="utf-8") as file:
        for number, text, margin, confidence in rows:
            record = {
                "id": number,
                "text": text,
                "margin": margin,
                "confidence": confidence,
            }
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _write_errors(path: Path, results: Sequence[ReadingResult]) -> None:
    with path.open("a", encoding="utf-8") as file:
        for result in results:
            if result.f1 < RIGHT_F1:
                record = {
                    "source": result.example.source,
                    "question": result.example.question,
                    "prediction": result.prediction,
                    "golds": [answer.text for answer in result.example.answers],
                    "margin": round(result.margin, 2),
                    "context": result.example.context,
                }
                file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _finite(figures: dict[str, Any]) -> dict[str, Any]:
    """Return the figures with null, which JSON has, for what is not a number."""
    return {
        name: value if not isinstance(value, float) or math.isfinite(value) else None
        for name, value in figures.items()
    }


def _show(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 10 else f"{value:.2f}"
    if isinstance(value, list):
        return "/".join(_show(item) for item in value)
    return str(value)


if __name__ == "__main__":
    raise SystemExit(main())
