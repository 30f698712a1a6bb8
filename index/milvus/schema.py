"""The collections of an index, and their fields.

NAME                    alias: the passages of the live version
NAME_versions           each version's manifest
NAME_BASE_passages      one version: row, vector, document, and the passage itself
NAME_BASE_documents     its documents as JSON, cut where a value of Milvus ends
NAME_BASE_words         the passages of each word
NAME_builder            there while a builder is at work
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pymilvus import CollectionSchema, DataType, FieldSchema, MilvusClient

from index.milvus.connection import Connection

# The longest text that a value holds, in bytes of UTF-8.
MAX_TEXT = 65_535
# A collection must have vectors, even where there are none.
PAD = [0.0, 1.0]
# The rows of the passages of a change in place start at its number, shifted by these.
FIRST_ROW_BITS = 40

_MAX_TERM_BYTES = 500

EXACT = "FLAT"
GRAPH = "HNSW"
# Of a passage in the graph; in its lowest layer there are twice as many.
GRAPH_LINKS = 16
_BUILDING = {EXACT: {}, GRAPH: {"M": GRAPH_LINKS, "efConstruction": 200}}


@dataclass(frozen=True, slots=True)
class Collections:
    """The names of one version's collections."""

    passages: str
    documents: str
    words: str

    @classmethod
    def of(cls, base: str) -> Collections:
        """Return the names that begin with ``base``."""
        return cls(f"{base}_passages", f"{base}_documents", f"{base}_words")

    def all(self) -> tuple[str, ...]:
        """Return the names, one after the other."""
        return self.passages, self.documents, self.words


def create_version(connection: Connection, names: Collections, dim: int) -> None:
    """Make the empty collections of a version."""
    _create(
        connection,
        names.passages,
        [
            _whole("row", is_primary=True),
            FieldSchema("vector", DataType.FLOAT_VECTOR, dim=dim),
            _whole("document"),
            _text("passage"),
        ],
    )
    _create(
        connection,
        names.documents,
        [
            _text("key", is_primary=True, length=100),
            _whole("number"),
            _whole("place"),
            _whole("first"),
            _whole("count"),
            _whole("revision"),
            _whole("parts"),
            _text("doc_id"),
            _text("text"),
            _pad(),
        ],
    )
    _create(
        connection,
        names.words,
        [
            _whole("key", is_primary=True),
            _whole("place"),
            _whole("term"),
            _text("text", length=_MAX_TERM_BYTES),
            _whole("segment"),
            _whole("block"),
            _whole("count"),
            _text("postings"),
            _pad(),
        ],
    )


def create_manifests(connection: Connection, name: str) -> None:
    """Make the collection of the manifests, if it is not there."""
    fields = [
        _text("base", is_primary=True, length=200),
        _text("version", length=100),
        _text("manifest"),
        _text("state"),
        _pad(),
    ]
    _create(connection, name, fields)
    make_ready(connection, name)


def create_lock(connection: Connection, name: str, owner: str) -> None:
    """Make a collection that only its owner can have made.

    A server takes it for no mistake when the same collection is made again, so the
    owner is the name of a field.
    """
    _create(connection, name, [_whole(f"owner_{owner}", is_primary=True), _pad()])


def make_version_ready(connection: Connection, names: Collections, kind: str) -> None:
    """Index what was written into a version's collections, and load them.

    Args:
        connection: To the server.
        names: Of the collections.
        kind: Of the index of the vectors.
    """
    with ThreadPoolExecutor() as pool:
        # All at once, as it is mostly waiting.
        for done in [
            pool.submit(make_ready, connection, names.passages, "vector", kind),
            pool.submit(make_ready, connection, names.documents),
            pool.submit(make_ready, connection, names.words),
        ]:
            done.result()


def make_ready(
    connection: Connection, name: str, field: str = "pad", kind: str = EXACT
) -> None:
    """Index what was written into a collection, and load it."""
    connection.call(MilvusClient.flush, name)
    index = MilvusClient.prepare_index_params()
    # Vectors are of unit length: their inner product is their cosine.
    index.add_index(field, index_type=kind, metric_type="IP", params=_BUILDING[kind])
    connection.call(MilvusClient.create_index, name, index)
    connection.load(name)


def search_exactly(connection: Connection, name: str) -> None:
    """Take another index for the vectors of a collection, which misses none."""
    connection.call(MilvusClient.release_collection, name)
    connection.call(MilvusClient.drop_index, name, "vector")
    make_ready(connection, name, "vector", EXACT)


def _create(connection: Connection, name: str, fields: list[FieldSchema]) -> None:
    connection.call(
        MilvusClient.create_collection,
        name,
        schema=CollectionSchema(fields, auto_id=False),
        consistency_level="Strong",
    )


def _whole(name: str, *, is_primary: bool = False) -> FieldSchema:
    return FieldSchema(name, DataType.INT64, is_primary=is_primary)


def _text(
    name: str, *, is_primary: bool = False, length: int = MAX_TEXT
) -> FieldSchema:
    return FieldSchema(name, DataType.VARCHAR, is_primary=is_primary, max_length=length)


def _pad() -> FieldSchema:
    return FieldSchema("pad", DataType.FLOAT_VECTOR, dim=len(PAD))
