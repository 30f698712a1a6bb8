"""Measuring how fast an index is built, rebuilt, opened and asked."""

from __future__ import annotations

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
from index.embedder import Embedder
from index.passages import Splitting, split_document
from index.snapshot import IndexSnapshot, PassagePlace
from index.store import IndexStore
from index.vectors import Vectors
from qa.measuring.collection import Collection
from qa.retriever import HybridRetriever

_EMBEDDED = 192
_ROUNDS = 3
_REAL = 1_500
_QUERIES = 200
_CHANGED = 10
_PASSAGES_OF_A_DOCUMENT = 6
# One word in so many of a repeated passage is another passage's.
_VARIED = 4
# Noise that leaves a cosine of about 0.9 to the vector that is varied.
_NOISE = 0.5


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
) -> Iterator[str]:
    """Yield the figures of building, rebuilding and asking, a line each.

    ``plain`` embeds texts in the plain way, to compare with.

    The passages are the collection's own; beyond as many as are embedded here they are
    repeated with other words in them, and their vectors are those of the originals with
    noise. So figures of large indexes tell the time of a search, not its quality.
    """
    texts = [
        passage.text
        for document in collection.documents
        for passage in split_document(document, Splitting(), embedder.count_tokens)
    ]
    some = texts[:: max(1, len(texts) // _EMBEDDED)][:_EMBEDDED]
    yield from _measure_embedding(some, embedder, plain)
    if sizes:
        real = texts[:: max(1, len(texts) // _REAL)][:_REAL]
        vectors = embedder.embed_passages(real)
        questions = [q.text for q in collection.questions[:_QUERIES]]
        for size in sizes:
            yield _measure_queries(real, vectors, questions, size, embedder)
    if articles:
        yield from _measure_rebuild(collection.documents[:articles], embedder)


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
    questions: Sequence[str],
    size: int,
    embedder: Embedder,
) -> str:
    rng = np.random.default_rng(0)
    documents, places = _documents(real, size, rng)
    varied = vectors[np.arange(size) % len(vectors)]
    noise = rng.standard_normal(varied.shape, dtype=np.float32)
    varied = varied + _NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    varied[: len(vectors)] = vectors[:size]
    varied /= np.linalg.norm(varied, axis=1, keepdims=True)
    queries = np.stack([embedder.embed_query(question) for question in questions])
    started = time.perf_counter()
    snapshot = IndexSnapshot.from_vectors(documents, places, varied, None, queries)
    with tempfile.TemporaryDirectory() as folder:
        store = IndexStore(Path(folder))
        with store.building():
            manifest = store.publish(
                snapshot,
                embedder="",
                precision="",
                probe=(),
                splitting=Splitting(),
            )
        built = time.perf_counter() - started
        del snapshot, varied, noise, documents, places
        started = time.perf_counter()
        retriever = HybridRetriever(store.open(manifest.version), embedder)
        opened = time.perf_counter() - started
        milliseconds = []
        for question in questions:
            started = time.perf_counter()
            retriever.retrieve(question, 8)
            milliseconds.append(1000 * (time.perf_counter() - started))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{size:8} passages: p50 {statistics.median(milliseconds):.1f} ms, "
        f"p95 {statistics.quantiles(milliseconds, n=20)[-1]:.1f} ms; indexed in "
        f"{built:.1f} s without embedding, opened in {opened:.2f} s; "
        f"{manifest.vectors.factory}, recall@10 {manifest.vectors.recall_at_10:.3f}; "
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
