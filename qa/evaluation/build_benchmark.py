"""Measuring how fast an index is built, rebuilt, opened and asked."""

from __future__ import annotations

import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.build import build_index
from index.documents import Document
from index.models.embedder import Embedder
from index.passages import Splitting, split_document
from index.search.snapshot import IndexSnapshot, PassagePlace
from index.search.vectors import FaissVectors, Vectors
from index.store.store import IndexStore
from qa.evaluation.collection import Collection
from qa.retrieval.retriever import HybridRetriever

_EMBEDDED = 192
_ROUNDS = 3
_QUERIES = 200
_PROBE = "Where did they meet?"
_CHANGED = 10
_PASSAGES_OF_A_DOCUMENT = 6
# One word in so many of a repeated passage is another passage's.
_VARIED = 4
# The share of another passage's vector in a repeated one's, which leaves a cosine of
# about 0.9 to the vector that is varied.
_MIXED = 0.5
# What the retriever asks each of its halves for.
_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of one thing measured, and how many of it there were."""

    name: str
    count: int
    seconds: float

    def __str__(self) -> str:
        rate = self.count / self.seconds
        return f"{self.name:44}{self.count:8}{self.seconds:9.1f} s{rate:9.1f}/s"


def measure_build(
    collection: Collection,
    embedder: Embedder,
    plain: Callable[[list[str]], object],
    *,
    sizes: Sequence[int],
    articles: int,
    report: Callable[[int], None] = lambda count: None,
) -> Iterator[str]:
    """Yield the figures of building, rebuilding and asking, a line each.

    The passages are the collection's own; beyond as many as it has they are repeated
    with words of others in them, and their vectors are those of the originals mixed
    with those of others. So figures of larger indexes tell the time of a search, not
    its quality.

    Args:
        collection: Articles and questions.
        embedder: Embeds them.
        plain: Embeds texts in the plain way, to compare with.
        sizes: Passages of the indexes to ask.
        articles: The number of articles to build an index of, and again.
        report: Called with the passages embedded since the last call.
    """
    texts = _texts(collection, embedder)
    yield from _measure_embedding(texts[:_EMBEDDED], embedder, plain)
    if sizes:
        real = texts[: max(sizes)]
        vectors = embedder.embed_passages(real, report)
        for size in sizes:
            yield _measure_queries(real, vectors, collection, size, embedder)
    if articles:
        yield from _measure_rebuild(collection.documents[:articles], embedder)


def measure_kinds(
    collection: Collection,
    embedder: Embedder,
    *,
    kinds: Sequence[str],
    sizes: Sequence[int],
    report: Callable[[int], None] = lambda count: None,
) -> Iterator[str]:
    """Yield the figures of searching vectors in several ways, a line each.

    The vectors are those of ``measure_build``; ``kinds`` are FAISS's names.
    """
    texts = _texts(collection, embedder)[: max(sizes)]
    vectors = embedder.embed_passages(texts, report)
    queries = _queries(collection, embedder)
    for size in sizes:
        rng = np.random.default_rng(0)
        varied = _varied(vectors, size, rng)
        for kind in kinds:
            started = time.perf_counter()
            index = FaissVectors.from_vectors(varied, kind, queries)
            built = time.perf_counter() - started
            milliseconds = []
            for query in queries:
                started = time.perf_counter()
                index.search(query, _DEPTH)
                milliseconds.append(1000 * (time.perf_counter() - started))
            yield (
                f"{size:8} vectors: p50 {statistics.median(milliseconds):.2f} ms, "
                f"indexed in {built:.1f} s, {index.kind}"
            )


def _texts(collection: Collection, embedder: Embedder) -> list[str]:
    """Return the passages of a collection, in an order that mixes its articles."""
    texts = [
        passage.text
        for document in collection.documents
        for passage in split_document(document, Splitting(), embedder.count_tokens)
    ]
    random.Random(0).shuffle(texts)
    return texts


def _queries(collection: Collection, embedder: Embedder) -> Vectors:
    questions = collection.questions[:_QUERIES]
    return np.stack([embedder.embed_query(question.text) for question in questions])


def _varied(vectors: Vectors, size: int, rng: np.random.Generator) -> Vectors:
    """Return so many vectors, shape ``(size, dim)``: these, then mixtures of two."""
    varied = vectors[np.arange(size) % len(vectors)]
    repeated = varied[len(vectors) :]
    repeated += _MIXED * vectors[rng.integers(0, len(vectors), len(repeated))]
    repeated /= np.linalg.norm(repeated, axis=1, keepdims=True)
    return varied


def _measure_embedding(
    texts: Sequence[str], embedder: Embedder, plain: Callable[[list[str]], object]
) -> Iterator[str]:
    ways: dict[str, Callable[[], object]] = {
        "plain SentenceTransformer.encode, float32": lambda: plain(list(texts)),
        "embedder": lambda: embedder.embed_passages(texts),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(_ROUNDS):
        for name, run in ways.items():
            started = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - started)
    for name, found in seconds.items():
        yield str(Figures(name, len(texts), min(found)))
    first, second = (min(found) for found in seconds.values())
    yield f"times faster: {first / second:.2f}"


def _measure_rebuild(
    documents: Sequence[Document], embedder: Embedder
) -> Iterator[str]:
    changed = [
        replace(d, text=d.text + " This sentence is new.") if n < _CHANGED else d
        for n, d in enumerate(documents)
    ]
    with tempfile.TemporaryDirectory() as folder:
        full = build_index(documents, Path(folder), embedder, Splitting())
        again = build_index(changed, Path(folder), embedder, Splitting())
    yield str(Figures("full build", full.manifest.passages, full.seconds))
    name = f"rebuild, {_CHANGED} of {len(documents)} articles changed"
    yield str(Figures(name, again.manifest.passages, again.seconds))
    yield f"times faster: {full.seconds / again.seconds:.1f}"


def _measure_queries(
    real: Sequence[str],
    vectors: Vectors,
    collection: Collection,
    size: int,
    embedder: Embedder,
) -> str:
    rng = np.random.default_rng(0)
    documents, places = _documents(real, size, rng)
    varied = _varied(vectors, size, rng)
    started = time.perf_counter()
    snapshot = IndexSnapshot.from_vectors(
        documents, places, varied, None, _queries(collection, embedder)
    )
    with tempfile.TemporaryDirectory() as folder:
        store = IndexStore(Path(folder))
        with store.building():
            manifest = store.publish(
                snapshot,
                embedder="",
                precision="",
                probe=tuple(map(float, embedder.embed_query(_PROBE))),
                splitting=Splitting(),
            )
        built = time.perf_counter() - started
        del snapshot, varied, documents, places
        started = time.perf_counter()
        retriever = HybridRetriever(store.open(manifest.version), embedder)
        opened = time.perf_counter() - started
        milliseconds = []
        for question in collection.questions[:_QUERIES]:
            started = time.perf_counter()
            retriever.retrieve(question.text, 8)
            milliseconds.append(1000 * (time.perf_counter() - started))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{size:8} passages: p50 {statistics.median(milliseconds):.1f} ms, "
        f"p95 {statistics.quantiles(milliseconds, n=20)[-1]:.1f} ms; indexed in "
        f"{built:.1f} s without embedding, opened in {opened:.2f} s; "
        f"{manifest.vectors}; "
        f"peak memory so far {peak:.0f} MB"
    )


def _documents(
    real: Sequence[str], size: int, rng: np.random.Generator
) -> tuple[list[Document], list[PassagePlace]]:
    """Return documents of so many passages, and where these are."""
    words = " ".join(real).split()
    documents: list[Document] = []
    places: list[PassagePlace] = []
    for first in range(0, size, _PASSAGES_OF_A_DOCUMENT):
        doc_id = str(len(documents))
        text = ""
        for row in range(first, min(size, first + _PASSAGES_OF_A_DOCUMENT)):
            passage = real[row % len(real)]
            if row >= len(real):
                own = passage.split()
                for place, other in zip(
                    range(0, len(own), _VARIED),
                    rng.integers(0, len(words), len(own)),
                    strict=False,
                ):
                    own[place] = words[other]
                passage = " ".join(own)
            places.append(PassagePlace(doc_id, len(text), len(text) + len(passage)))
            text += passage + "\n"
        documents.append(Document(doc_id, text, doc_id))
    return documents, places
