"""The one path from documents to a published index."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from index.documents import Document, DocumentError
from index.embedder import Embedder
from index.manifest import Manifest
from index.passages import Splitting
from index.plan import BuildPlan, Changes, plan_build
from index.snapshot import IndexFormatError, IndexSnapshot
from index.store import IndexNotFoundError, IndexStore
from index.vectors import EXACT, EXACT_LIMIT, Vectors, check_kind

logger = logging.getLogger(__name__)

# Embedded at build time and again when the index is opened, to see that the model
# of that name is still the same.
_PROBE = "The quick brown fox jumps over the lazy dog."
_PROBE_SIMILARITY = 0.99
_SAMPLE = 200
_SAMPLE_WORDS = 12


BuildStage = Literal["splitting", "embedding", "indexing"]
# Called with what is done, and how much of it so far and in all: documents when they
# are split, passages after that.
BuildReport = Callable[[BuildStage, int, int], None]


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build published.

    Attributes:
        changes: Against the version that was live before.
        embedded: Passages that were embedded; the others' vectors were kept.
        seconds: That it took.
    """

    manifest: Manifest
    changes: Changes
    embedded: int
    seconds: float


def build_index(
    documents: Iterable[Document],
    root: Path,
    embedder: Embedder,
    splitting: Splitting,
    *,
    factory: str | None = None,
    report: BuildReport = lambda stage, done, total: None,
) -> BuildResult:
    """Split, embed and publish documents as the new live version of an index.

    Texts that the live version has too, cut and embedded alike, are not embedded
    again; the result is that of a full build, up to the rounding of vectors. Until
    the last step the live version is left as it was, whatever happens.

    Args:
        documents: The articles; their ids must differ.
        root: The index directory; made if missing.
        embedder: Stored by name: queries must be embedded by the same model.
        splitting: How to cut the documents.
        factory: FAISS's name of the kind of vector index; ``None`` chooses by the
            number of passages.
        report: Called as the build goes on.

    Raises:
        DocumentError: If two documents have one id, or there is no text at all.
        IndexBusyError: If another process is building this index.
        ValueError: If the passages would be longer than the embedder reads, or FAISS
            cannot build such an index.
    """
    started = time.monotonic()
    checked = _check(documents, embedder, splitting)
    store = IndexStore(root)
    with store.building() as scratch:
        previous = _open_live(store)
        plan = _plan(checked, embedder, splitting, store, previous, report)
        if not plan.places:
            raise DocumentError("nothing to index: the documents hold no text")
        if factory is not None:
            # Before the passages are embedded, which may take hours.
            check_kind(factory, embedder.dim, len(plan.places))
        vectors = _embed(plan, embedder, previous, report)
        snapshot = IndexSnapshot.from_vectors(
            plan.documents,
            plan.places,
            vectors,
            factory,
            _sample_queries(plan, embedder, factory),
            scratch,
            _counting("indexing", len(plan.places), report),
        )
        probe = embedder.embed_query(_PROBE)
        manifest = store.publish(
            snapshot,
            embedder=embedder.name,
            precision=embedder.precision,
            probe=tuple(float(value) for value in probe),
            splitting=splitting,
        )
    seconds = time.monotonic() - started
    logger.info(
        "built %s: %d documents, %d passages, %d of them embedded, %.1f s",
        manifest.version,
        manifest.documents,
        manifest.passages,
        plan.embedded,
        seconds,
    )
    return BuildResult(manifest, plan.changes, plan.embedded, seconds)


def plan_index(
    documents: Iterable[Document],
    root: Path,
    embedder: Embedder,
    splitting: Splitting,
    report: BuildReport = lambda stage, done, total: None,
) -> BuildPlan:
    """Return what ``build_index`` would do, and change nothing.

    Raises:
        DocumentError: If two documents have one id, or there is no text at all.
        ValueError: If the passages would be longer than the embedder reads.
    """
    checked = _check(documents, embedder, splitting)
    store = IndexStore(root)
    return _plan(checked, embedder, splitting, store, _open_live(store), report)


def _check(
    documents: Iterable[Document], embedder: Embedder, splitting: Splitting
) -> list[Document]:
    if splitting.max_tokens > embedder.max_tokens:
        raise ValueError(
            f"max_tokens must be at most {embedder.max_tokens}, the most that "
            f"{embedder.name} reads, not {splitting.max_tokens}"
        )
    checked: dict[str, Document] = {}
    for document in documents:
        if document.doc_id in checked:
            raise DocumentError(
                f"two documents have the id {document.doc_id!r}; rename one"
            )
        checked[document.doc_id] = document
    if not any(document.text.strip() for document in checked.values()):
        raise DocumentError("nothing to index: the documents hold no text")
    return list(checked.values())


def _open_live(store: IndexStore) -> IndexSnapshot | None:
    """Return the live version; ``None`` if there is none or it cannot be used."""
    try:
        return store.open(store.current())
    except IndexNotFoundError:
        return None
    except IndexFormatError as error:
        logger.warning("nothing is kept of the live version: %s", error)
        return None


def _plan(
    documents: Sequence[Document],
    embedder: Embedder,
    splitting: Splitting,
    store: IndexStore,
    previous: IndexSnapshot | None,
    report: BuildReport,
) -> BuildPlan:
    reusable = previous is not None and _is_reusable(
        store.manifest(store.current()), embedder, splitting
    )
    return plan_build(
        documents,
        splitting,
        embedder.count_tokens,
        previous,
        reusable,
        _counting("splitting", len(documents), report),
    )


def _is_reusable(manifest: Manifest, embedder: Embedder, splitting: Splitting) -> bool:
    before = (manifest.embedder, manifest.precision, manifest.splitting)
    if before != (embedder.name, embedder.precision, splitting):
        logger.info("other settings than the live version's: all is embedded again")
        return False
    try:
        check_embedder(manifest, embedder)
    except IndexFormatError as error:
        logger.warning("nothing is kept of the live version: %s", error)
        return False
    return True


def _sample_queries(
    plan: BuildPlan, embedder: Embedder, factory: str | None
) -> Vectors | None:
    """Return vectors like those of questions, to measure an inexact index with.

    The first words of passages from all over the index, as nobody has asked yet.
    """
    if factory in (None, EXACT) and len(plan.places) <= EXACT_LIMIT:
        return None
    texts = {document.doc_id: document.text for document in plan.documents}
    step = max(1, len(plan.places) // _SAMPLE)
    beginnings = [
        " ".join(texts[p.doc_id][p.start : p.end].split()[:_SAMPLE_WORDS])
        for p in plan.places[::step][:_SAMPLE]
    ]
    return embedder.embed_passages(beginnings)


def _embed(
    plan: BuildPlan,
    embedder: Embedder,
    previous: IndexSnapshot | None,
    report: BuildReport,
) -> Vectors:
    """Return the vectors of a plan's passages, those of known texts from before."""
    kept = np.array(plan.kept, dtype=np.int64)
    vectors = np.empty((len(kept), embedder.dim), dtype=np.float32)
    if previous is not None:
        vectors[kept >= 0] = previous.vectors(kept[kept >= 0])
    new = np.flatnonzero(kept < 0)
    texts = {document.doc_id: document.text for document in plan.documents}
    places = [plan.places[row] for row in new]
    vectors[new] = embedder.embed_passages(
        [texts[place.doc_id][place.start : place.end] for place in places],
        _counting("embedding", len(new), report),
    )
    # As they are stored beside an inexact index, so that a later build that takes them
    # from there starts from the same numbers.
    return vectors.astype(np.float16).astype(np.float32)


def _counting(
    stage: BuildStage, total: int, report: BuildReport
) -> Callable[[int], None]:
    """Return what sums up counts since the last call, and reports the sum."""
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        report(stage, done, total)

    return count


def check_embedder(manifest: Manifest, embedder: Embedder) -> None:
    """Check that a model gives the vectors that an index was built with.

    Raises:
        IndexFormatError: If it is another model under the same name.
    """
    probe = np.array(manifest.probe, dtype=np.float32)
    found = embedder.embed_query(_PROBE)
    if found.shape != probe.shape or float(found @ probe) < _PROBE_SIMILARITY:
        raise IndexFormatError(
            f"{embedder.name} is not the model that the index {manifest.version} "
            "was built with; build the index again"
        )
