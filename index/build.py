"""The one path from documents to a published index."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.documents import Document, DocumentError
from index.embedder import Embedder
from index.passages import Splitting, split_document
from index.snapshot import IndexFormatError, IndexSnapshot, PassagePlace
from index.store import IndexStore, Manifest
from index.vectors import FaissVectors

logger = logging.getLogger(__name__)

# Embedded at build time and again when the index is opened, to see that the model
# of that name is still the same.
_PROBE = "The quick brown fox jumps over the lazy dog."
_PROBE_SIMILARITY = 0.99


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build published, and the seconds that it took."""

    manifest: Manifest
    seconds: float


def build_index(
    documents: Iterable[Document],
    root: Path,
    embedder: Embedder,
    splitting: Splitting,
    *,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> BuildResult:
    """Split, embed and publish documents as the new live version of an index.

    Until the last step the live version is left as it was, whatever happens.

    Args:
        documents: The articles; their ids must differ.
        root: The index directory; made if missing.
        embedder: Stored by name: queries must be embedded by the same model.
        splitting: How to cut the documents.
        report: Called with the passages embedded so far and in all.

    Raises:
        DocumentError: If two documents have one id, or there is no text at all.
        IndexBusyError: If another process is building this index.
        ValueError: If the passages would be longer than the embedder reads.
    """
    if splitting.max_tokens > embedder.max_tokens:
        raise ValueError(
            f"max_tokens must be at most {embedder.max_tokens}, the most that "
            f"{embedder.name} reads, not {splitting.max_tokens}"
        )
    started = time.monotonic()
    kept: dict[str, Document] = {}
    for document in documents:
        if document.doc_id in kept:
            raise DocumentError(
                f"two documents have the id {document.doc_id!r}; rename one"
            )
        kept[document.doc_id] = document
    passages = [
        passage
        for document in kept.values()
        for passage in split_document(document, splitting, embedder.count_tokens)
    ]
    if not passages:
        raise DocumentError("nothing to index: the documents hold no text")
    store = IndexStore(root)
    with store.building():
        done = 0

        def count(more: int) -> None:
            nonlocal done
            done += more
            report(done, len(passages))

        vectors = embedder.embed_passages([p.text for p in passages], count)
        snapshot = IndexSnapshot(
            kept.values(),
            [PassagePlace(p.doc_id, p.start, p.end) for p in passages],
            FaissVectors.from_vectors(vectors),
        )
        probe = embedder.embed_query(_PROBE)
        manifest = store.publish(
            snapshot,
            embedder=embedder.name,
            probe=tuple(float(value) for value in probe),
            splitting=splitting,
        )
    seconds = time.monotonic() - started
    logger.info(
        "built %s: %d documents, %d passages, %.1f s",
        manifest.version,
        manifest.documents,
        manifest.passages,
        seconds,
    )
    return BuildResult(manifest, seconds)


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
