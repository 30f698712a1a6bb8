"""Compare an index in Milvus with one in a folder: what they find, and how fast.

    python scripts/compare_homes.py retrieval/squad milvus://127.0.0.1:19530/compare
    python scripts/compare_homes.py retrieval/newsqa ADDRESS --copies 18
    python scripts/compare_homes.py retrieval/squad ADDRESS --documents 2000

Both are given the same passages and vectors of a collection in BEIR's layout. With
copies the collection is made as many times larger: texts under other ids, their
vectors moved a little. Then only the time tells. Milvus is asked as a server asks it,
which fetches the vectors of a smaller index beside its first questions, and as one of
a larger index: Milvus alone searches. At the end stand the bytes that a passage takes,
and the cluster for more of them, computed from these. The index in Milvus is
published, so take a name that nothing else has. What is embedded is kept where --keep
says.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from index.build import BuildStage, build_index
from index.documents import Document
from index.errors import IndexBusyError, IndexUnavailableError
from index.home import IndexHome, Snapshot, open_index
from index.milvus.sizing import PassageBytes, cluster_for, measure_passages
from index.models.compiled_embedder import load_embedder
from index.models.embedder import DEFAULT_EMBEDDER, Embedder
from index.models.sources import ModelNotFoundError
from index.passages import Splitting
from index.probe import PROBE
from index.search.snapshot import PassagePlace
from index.search.vectors import Vectors
from index.terminal import say, say_error
from qa.evaluation.collection import Collection, read_collection
from qa.evaluation.ranking import rank_documents, ranking_figures
from qa.evaluation.squad import SquadFormatError
from qa.retrieval.retriever import HybridRetriever

_K = 10
_NOISE = 0.02
_NODE_BYTES = 64_000_000_000
_SIZES = (1_000_000, 10_000_000, 100_000_000)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        whole = read_collection(arguments.collection)
        collection = _part(whole, arguments.documents)
        embedder = load_embedder(DEFAULT_EMBEDDER, "auto", threads=1)
        with tempfile.TemporaryDirectory() as folder:
            kept = arguments.keep or Path(folder, "kept")
            documents, places, vectors = _contents(
                collection, embedder, kept, arguments.copies
            )
            homes = Path(folder, "compared"), arguments.address
            (_, in_folder), (written, live) = (
                _publish(open_index(home), documents, places, vectors, embedder)
                for home in homes
            )
            snapshots = {"folder": in_folder, "Milvus": live, "Milvus alone": written}
            _compare(snapshots, collection, embedder, arguments)
        _tell_sizes(measure_passages(documents, places, embedder.dim))
    except (
        IndexBusyError,
        IndexUnavailableError,
        ModelNotFoundError,
        SquadFormatError,
        ValueError,
    ) as error:
        say_error("compare_homes.py", error)
        return 2
    return 0


def _contents(
    collection: Collection, embedder: Embedder, kept: Path, copies: int
) -> tuple[list[Document], list[PassagePlace], Vectors]:
    """Return documents, the places of their passages, and the vectors of these."""
    bar = tqdm(unit=" documents", desc="embedding")

    def report(stage: BuildStage, done: int, total: int) -> None:
        if stage == "embedding":
            bar.total = total
            bar.update(done - bar.n)

    with bar:
        built = build_index(
            collection.documents, kept, embedder, Splitting(), report=report
        )
    snapshot = open_index(kept).open(built.manifest.version)
    rows = range(len(snapshot))
    vectors = snapshot.vectors(rows)
    places = [
        PassagePlace(passage.doc_id, passage.start, passage.end)
        for passage in snapshot.passages(rows)
    ]
    noise = np.random.default_rng(0)
    documents = list(collection.documents)
    all_places, all_vectors = list(places), [vectors]
    for copy in range(1, copies):
        documents += [
            replace(each, doc_id=f"{each.doc_id} copy {copy}")
            for each in collection.documents
        ]
        all_places += [
            replace(place, doc_id=f"{place.doc_id} copy {copy}") for place in places
        ]
        moved = vectors + noise.normal(0, _NOISE, vectors.shape).astype(np.float32)
        all_vectors.append(moved / np.linalg.norm(moved, axis=1, keepdims=True))
    return documents, all_places, np.concatenate(all_vectors)


def _part(collection: Collection, documents: int | None) -> Collection:
    """Return the first documents, with the questions that they alone answer."""
    first = collection.documents[:documents]
    ids = {document.doc_id for document in first}
    return Collection(
        first, tuple(each for each in collection.questions if each.relevant <= ids)
    )


def _publish(
    home: IndexHome[Any],
    documents: Sequence[Document],
    places: Sequence[PassagePlace],
    vectors: Vectors,
    embedder: Embedder,
) -> tuple[Snapshot, Snapshot]:
    """Return what was written, and the same as a server opens it."""
    started = time.monotonic()
    with home.building() as scratch:
        snapshot = home.assemble(documents, places, vectors, within=scratch)
        manifest = home.publish(
            snapshot,
            embedder=embedder.name,
            precision=embedder.precision,
            probe=tuple(float(value) for value in embedder.embed_query(PROBE)),
            splitting=Splitting(),
        )
    say(
        f"{manifest.passages} passages of {manifest.documents} documents, "
        f"{manifest.vectors}, published in {time.monotonic() - started:.1f} s"
    )
    return snapshot, home.open(manifest.version)


def _compare(
    snapshots: dict[str, Snapshot],
    collection: Collection,
    embedder: Embedder,
    arguments: argparse.Namespace,
) -> None:
    step = max(1, len(collection.questions) // arguments.questions)
    questions = collection.questions[::step][: arguments.questions]
    say()
    say(f"{len(questions)} questions{'':10}{'bm25':>8}{'dense':>8}{'hybrid':>8}")
    if arguments.copies == 1:
        for name, snapshot in snapshots.items():
            with tqdm(total=len(questions), leave=False) as bar:
                found = rank_documents(questions, snapshot, embedder, bar.update)
            hits = [
                ranking_figures(questions, found[way])["hit@5"]
                for way in ("bm25", "dense", "hybrid")
            ]
            say(f"hit@5, {name:20}" + "".join(f"{hit:8.2f}" for hit in hits))
    # In turns, so that what else the machine does falls on both alike.
    times: dict[str, list[float]] = {"embedding alone": []}
    retrievers = {
        name: HybridRetriever(snapshot, embedder)
        for name, snapshot in snapshots.items()
    }
    for question in questions:
        started = time.perf_counter()
        embedder.embed_query(question.text)
        times["embedding alone"].append(time.perf_counter() - started)
        for name, retriever in retrievers.items():
            started = time.perf_counter()
            retriever.retrieve(question.text, _K)
            times.setdefault(f"with it, {name}", []).append(
                time.perf_counter() - started
            )
    for name, found_times in times.items():
        found_times.sort()
        p95 = found_times[int(0.95 * len(found_times))]
        say(
            f"{name:24} p50 {1000 * statistics.median(found_times):6.1f} ms, "
            f"p95 {1000 * p95:6.1f} ms"
        )


def _tell_sizes(each: PassageBytes) -> None:
    say()
    say(
        f"bytes of a passage: {each.vector} vector and links, {each.text} text, "
        f"{each.words} words, {each.document} of its document: {each.total}"
    )
    say(f"computed, for query nodes of {_NODE_BYTES / 1e9:.0f} GB:")
    for passages in _SIZES:
        one, two = (
            cluster_for(passages, each, node_bytes=_NODE_BYTES, replicas=replicas)
            for replicas in (1, 2)
        )
        say(
            f"{passages:>12,} passages: a version {one.version / 1e9:6.1f} GB; loaded "
            f"{one.memory / 1e9:6.1f} GB, {one.nodes} nodes; with two replicas "
            f"{two.memory / 1e9:6.1f} GB, {two.nodes} nodes"
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("collection", type=Path, help="a folder in BEIR's layout")
    parser.add_argument("address", help="milvus://HOST:PORT/NAME")
    parser.add_argument(
        "--questions", type=int, default=500, help="asked of each (default: 500)"
    )
    parser.add_argument(
        "--copies", type=int, default=1, help="how often to take each document"
    )
    parser.add_argument(
        "--documents",
        type=int,
        help="take only the first of the collection, and the questions to these",
    )
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FOLDER",
        help="where what is embedded is kept (default: nowhere)",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
