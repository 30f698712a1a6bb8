"""Measure the reader's speed: one question with eight passages of about 130 tokens.

    python scripts/benchmark.py

With --build, that of building an index and of asking indexes of several sizes, on the
articles of a folder in BEIR's layout (corpus.jsonl.gz and its like); see
``qa/evaluation/build_benchmark.py``.

    python scripts/benchmark.py --build retrieval/squad

With --kinds too, that of searching vectors alone, in each of FAISS's ways:

    python scripts/benchmark.py --build retrieval/squad --kinds Flat SQ8 HNSW32,SQ8

Each way of running the model is timed in turns within one run, so that what else the
machine does falls on all alike: read the ratios, not the milliseconds. The baseline
is the ``fast`` reader as the transformers library runs it, in float32, all passages
padded into one batch.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from tqdm import tqdm
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from index.documents import PACKAGED_CORPUS, read_documents
from index.models.embedder import DEFAULT_EMBEDDER
from index.models.precision import Precision
from index.models.sentence_embedder import SentenceEmbedder
from index.models.sources import ModelNotFoundError, resolve_model
from index.passages import Splitting, split_document
from index.terminal import say, say_error
from qa.evaluation.build_benchmark import measure_build, measure_kinds
from qa.evaluation.collection import read_collection
from qa.evaluation.squad import SquadFormatError
from qa.reading.catalogue import PACKAGED_READERS
from qa.reading.reader import Reader
from qa.reading.skimming import load_reader

_PASSAGES = 8
_BASELINE = "transformers, float32"
_QUESTION = "Which officials did the Somali minister meet during his visit to Baghdad?"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    torch.set_num_threads(arguments.threads)
    try:
        if arguments.build:
            _build(arguments)
            return 0
        passages = _passages()
        ways: dict[str, Callable[[], object]] = {
            _BASELINE: _baseline(PACKAGED_READERS["fast"], passages)
        }
        precisions: tuple[Precision, ...] = ("float32", "bfloat16", "int8")
        for name in arguments.reader:
            for precision in precisions:
                reader = load_reader(name, precision, arguments.threads)
                ways[f"{name}, {precision}"] = _reading(reader, passages)
    except (ModelNotFoundError, SquadFormatError) as error:
        say_error("benchmark.py", error)
        return 2
    times: dict[str, list[float]] = {name: [] for name in ways}
    for run in ways.values():
        run()
    for _ in range(arguments.rounds):
        for name, run in ways.items():
            started = time.perf_counter()
            run()
            times[name].append(1000 * (time.perf_counter() - started))
    first = statistics.median(times[_BASELINE])
    say(f"{'':24}{'p50 ms':>9}{'p95 ms':>9}{'questions/s':>13}{'times faster':>14}")
    for name, found in times.items():
        p50 = statistics.median(found)
        p95 = statistics.quantiles(found, n=20)[-1]
        rate = 1000 * len(found) / sum(found)
        say(f"{name:24}{p50:9.1f}{p95:9.1f}{rate:13.1f}{first / p50:14.2f}")
    return 0


def _build(arguments: argparse.Namespace) -> None:
    location = resolve_model(DEFAULT_EMBEDDER).location
    plain = SentenceTransformer(location, device="cpu", local_files_only=True)
    collection = read_collection(arguments.build)
    embedder = SentenceEmbedder.load(DEFAULT_EMBEDDER)
    with tqdm(desc="embedding", unit=" passages") as bar:
        lines = (
            measure_kinds(
                collection,
                embedder,
                kinds=arguments.kinds,
                sizes=arguments.sizes,
                report=bar.update,
            )
            if arguments.kinds
            else measure_build(
                collection,
                embedder,
                plain.encode,
                sizes=arguments.sizes,
                articles=arguments.articles,
                report=bar.update,
            )
        )
        for line in lines:
            bar.write(line)
            sys.stdout.flush()


def _passages() -> list[str]:
    """Return passages of the packaged article, cut as the index cuts them."""
    embedder = SentenceEmbedder.load(DEFAULT_EMBEDDER)
    found = [
        passage.text
        for document in read_documents(PACKAGED_CORPUS)
        for passage in split_document(document, Splitting(), embedder.count_tokens)
    ]
    return (found * _PASSAGES)[:_PASSAGES]


def _baseline(folder: Path, passages: Sequence[str]) -> Callable[[], object]:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForQuestionAnswering.from_pretrained(
        folder, dtype=torch.float32
    ).eval()

    def run() -> object:
        inputs = tokenizer(
            [_QUESTION] * len(passages),
            list(passages),
            padding=True,
            return_tensors="pt",
        )
        with torch.inference_mode():
            return model(**inputs)

    return run


def _reading(reader: Reader, passages: Sequence[str]) -> Callable[[], object]:
    return lambda: reader.read(_QUESTION, passages)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--reader",
        nargs="+",
        default=["fast", "accurate"],
        help="the readers to time (default: both of the package)",
    )
    parser.add_argument(
        "--build", type=Path, metavar="FOLDER", help="measure building and asking"
    )
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="*",
        default=[1_000, 10_000, 100_000, 300_000],
        help="build: passages of the indexes that are asked",
    )
    parser.add_argument(
        "--kinds",
        nargs="+",
        metavar="NAME",
        help="build: only search vectors, in these ways, as FAISS's index factory "
        "calls them",
    )
    parser.add_argument(
        "--articles",
        type=int,
        default=5_000,
        help="build: articles of the index that is built twice",
    )
    parser.add_argument(
        "--rounds", type=int, default=30, help="questions each is asked"
    )
    parser.add_argument("--threads", type=int, default=1, help="for one inference")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
