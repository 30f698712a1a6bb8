"""How much memory an index in Milvus takes, computed from what its passages take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.documents import Document
from index.milvus.connection import Row
from index.milvus.schema import GRAPH_LINKS
from index.milvus.upload import document_rows, passage_rows
from index.milvus.words import term_rows
from index.search.snapshot import PassagePlace, words_of

_LINK_BYTES = 4
_NUMBER_BYTES = 8
# Passages that are looked at: their words' lists are made to be measured.
_SAMPLE = 2_000
# The live version and the one it replaced are loaded.
_VERSIONS = 2
# Of a node's memory: Milvus needs some to search, and refuses to load near its end.
_FILLED = 0.7


@dataclass(frozen=True, slots=True)
class PassageBytes:
    """What a passage takes in the memory of Milvus' query nodes, on average.

    Attributes:
        vector: With its links in the graph, of which the lowest layer has two of each
            (Malkov and Yashunin 2018).
        text: The passage itself.
        words: Its part of the lists of terms.
        document: Its part of its document.
    """

    vector: int
    text: int
    words: int
    document: int

    @property
    def total(self) -> int:
        """Return the sum."""
        return self.vector + self.text + self.words + self.document


@dataclass(frozen=True, slots=True)
class Cluster:
    """What to run for a number of passages.

    Attributes:
        version: Bytes of one version.
        memory: Bytes of the query nodes, with two versions and all replicas.
        nodes: Query nodes that this takes.
    """

    version: int
    memory: int
    nodes: int


def measure_passages(
    documents: Sequence[Document], places: Sequence[PassagePlace], dim: int
) -> PassageBytes:
    """Return what passages take, measured on some of their documents."""
    step = max(1, len(places) // _SAMPLE)
    ids = dict.fromkeys(place.doc_id for place in places[::step])
    by_id = {each.doc_id: each for each in documents if each.doc_id in ids}
    sample = [place for place in places if place.doc_id in by_id]
    texts = (words_of(by_id[place.doc_id], place) for place in sample)
    words, _ = term_rows(texts, 0, None, lambda count: None)
    vectors = np.empty((len(sample), 0), dtype=np.float32)
    passages = list(passage_rows(by_id, sample, vectors, 0))
    wholes = [
        row for each in by_id.values() for row in document_rows(each, 0, range(0), 0)
    ]
    return PassageBytes(
        vector=4 * dim + 2 * GRAPH_LINKS * _LINK_BYTES,
        text=round(_bytes(passages) / len(sample)),
        words=round(_bytes(words) / len(sample)),
        document=round(_bytes(wholes) / len(sample)),
    )


def cluster_for(
    passages: int, each: PassageBytes, *, node_bytes: int, replicas: int
) -> Cluster:
    """Return what to run for a number of passages.

    Args:
        passages: How many.
        each: What one takes.
        node_bytes: Memory of a query node.
        replicas: Copies of the index in memory: one may be lost, each answers.
    """
    version = passages * each.total
    memory = _VERSIONS * replicas * version
    nodes = max(replicas, math.ceil(memory / (_FILLED * node_bytes)))
    return Cluster(version, memory, nodes)


def _bytes(rows: Sequence[Row]) -> int:
    return sum(
        len(value.encode()) if isinstance(value, str) else _NUMBER_BYTES
        for row in rows
        for name, value in row.items()
        if name != "vector"
    )
