"""Writing a new version, and measuring how well it is searched."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from index.documents import Document
from index.errors import IndexFormatError
from index.milvus.connection import Connection
from index.milvus.records import State
from index.milvus.schema import (
    EXACT,
    GRAPH,
    Collections,
    create_version,
    make_version_ready,
    search_exactly,
)
from index.milvus.snapshot import MilvusSnapshot
from index.milvus.upload import upload
from index.passages import Splitting
from index.search.kinds import MIN_RECALL, VectorKind
from index.search.snapshot import PassagePlace
from index.search.vectors import Vectors
from index.store.manifest import Manifest

logger = logging.getLogger(__name__)

# Up to so many passages comparing with each takes no longer than what goes round it.
_EXACT_LIMIT = 10_000
_NEAREST = 10
_QUERIES = 50
_SAME = 0.999


def write_version(
    connection: Connection,
    name: str,
    contents: tuple[Sequence[Document], Sequence[PassagePlace], Vectors],
    queries: Vectors | None,
    report: Callable[[int], None],
) -> MilvusSnapshot:
    """Write a new version of an index, which nobody is told of yet.

    Args:
        connection: To the server.
        name: Of the index.
        contents: Documents, the places of their passages and the vectors of these.
        queries: Vectors to measure the search with; ``None`` takes the passages' own.
        report: Called with the number of passages done since the last call.

    Raises:
        IndexFormatError: If a vector comes back as another.
    """
    documents, places, vectors = contents
    names = Collections.of(f"{name}_{uuid.uuid4().hex[:8]}")
    dim = int(vectors.shape[1])
    create_version(connection, names, dim)
    files, average = upload(
        connection, names, documents, places, vectors, report=report
    )
    kind = EXACT if len(places) <= _EXACT_LIMIT else GRAPH
    make_version_ready(connection, names, kind)
    manifest = Manifest(
        version="",
        created="",
        embedder="",
        precision="",
        dim=dim,
        splitting=Splitting(),
        documents=len(documents),
        passages=len(places),
        vectors=VectorKind(kind, 1.0),
        probe=(0.0,) * dim,
        files=files,
    )
    written = MilvusSnapshot(
        connection, names, manifest, State(len(documents), average)
    )
    recall = _measure(written, vectors, queries)
    if recall < MIN_RECALL:
        logger.warning("%s finds too few of the nearest: %.3f", kind, recall)
        search_exactly(connection, names.passages)
        kind, recall = EXACT, 1.0
    written.manifest = replace(manifest, vectors=VectorKind(kind, recall))
    return written


def _measure(
    snapshot: MilvusSnapshot, vectors: Vectors, queries: Vectors | None
) -> float:
    """Return the share of the ten nearest that a search finds.

    Raises:
        IndexFormatError: If a vector comes back as another.
    """
    step = max(1, len(vectors) // _QUERIES)
    rows = range(0, len(vectors), step)[:_QUERIES]
    stored = snapshot.vectors(rows)
    if not np.allclose(stored, vectors[list(rows)], atol=1 - _SAME):
        raise IndexFormatError("Milvus gives other vectors than were written")
    asked = vectors[list(rows)] if queries is None else queries[:_QUERIES]
    found = wanted = 0
    for query in asked:
        scores = vectors @ query
        last = np.sort(scores)[-_NEAREST:][0]
        # Any of equal score is as good as another.
        hits = snapshot.nearest(query, min(_NEAREST, len(vectors)))
        found += sum(score >= last - 1e-4 for _, score in hits)
        wanted += min(_NEAREST, len(vectors))
    return round(found / max(1, wanted), 4)
