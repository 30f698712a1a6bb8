"""Writing passages, documents and words into the collections of a version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby

import numpy as np

from index.documents import Document
from index.errors import IndexFormatError
from index.milvus.connection import WRITE_SECONDS, Connection, Row
from index.milvus.documents import document_number, part_key
from index.milvus.schema import FIRST_ROW_BITS, MAX_TEXT, PAD, Collections
from index.milvus.words import term_rows
from index.passages import passage_of
from index.search.snapshot import PassagePlace, words_of
from index.search.vectors import Vectors
from index.store.manifest import IndexFile

_PAGE = 10_000


def upload(
    connection: Connection,
    names: Collections,
    documents: Sequence[Document],
    places: Sequence[PassagePlace],
    vectors: Vectors,
    *,
    first_place: int = 0,
    revision: int = 0,
    average: float | None = None,
    report: Callable[[int], None] = lambda count: None,
) -> tuple[dict[str, IndexFile], float]:
    """Write documents with their passages; those of a document become valid at once.

    Args:
        connection: To the server.
        names: Of the version's collections.
        documents: To write.
        places: Of their passages.
        vectors: Row ``n`` is that of place ``n``.
        first_place: The place of the first document in the order of the index.
        revision: The number of the change in place; 0 for a whole version.
        average: Terms in a passage; ``None`` for that of these passages.
        report: Called with the number of passages done since the last call.

    Returns:
        For each collection how many rows were written, with the checksum of their
        ids; and the average number of terms in a passage.
    """
    first = revision << FIRST_ROW_BITS
    by_id = {document.doc_id: document for document in documents}
    rows = {
        doc_id: range(group[0], group[-1] + 1)
        for doc_id, group in _grouped(places, first)
    }
    words, average = term_rows(
        (words_of(by_id[place.doc_id], place) for place in places),
        revision,
        average,
        report,
    )
    connection.write(names.words, words, upsert=False)
    connection.write(
        names.passages, passage_rows(by_id, places, vectors, first), upsert=False
    )
    written = 0

    def heads() -> Iterator[Row]:
        nonlocal written
        for place, document in enumerate(documents, start=first_place):
            found = rows.get(document.doc_id, range(first, first))
            for row in document_rows(document, place, found, revision):
                written += 1
                yield row

    # Last: a passage counts from when its document names it. An upsert, as there may
    # be an older text of it, which it replaces in one step.
    connection.write(names.documents, heads(), upsert=revision > 0)
    files = {
        names.passages: IndexFile(
            len(places), _checksum(range(first, first + len(places)))
        ),
        names.documents: IndexFile(
            written, _checksum(document_number(each.doc_id) for each in documents)
        ),
        names.words: IndexFile(len(words), _checksum(word["key"] for word in words)),
    }
    return files, average


def document_rows(
    document: Document, place: int, rows: range, revision: int
) -> list[Row]:
    """Return the rows of Milvus for a document, the one that makes it valid last.

    Args:
        document: The document.
        place: Its place in the order of the index.
        rows: Of its passages.
        revision: The number of the change that it comes with.
    """
    number = document_number(document.doc_id)
    record = json.dumps(asdict(document), ensure_ascii=False)
    parts = _cut(record)
    empty = {
        "number": number,
        "place": -1,
        "first": rows.start,
        "count": len(rows),
        "revision": revision,
        "parts": len(parts),
        "doc_id": "",
        "pad": PAD,
    }
    further = [
        {**empty, "key": part_key(number, revision, part), "text": text}
        for part, text in enumerate(parts[1:], start=1)
    ]
    head = {
        **empty,
        "key": str(number),
        "place": place,
        "doc_id": document.doc_id,
        "text": parts[0],
    }
    return [*further, head]


def check_collections(
    connection: Connection, names: Collections, files: dict[str, IndexFile]
) -> None:
    """Check that the server holds what was written: how much, and under which ids.

    Raises:
        IndexFormatError: If it does not.
    """
    fields = {
        names.passages: ("row", "row"),
        names.documents: ("place", "number"),
        names.words: ("place", "key"),
    }
    for name, expected in files.items():
        ids = _ids(connection, name, *fields[name], expected.size)
        found = IndexFile(connection.count(name), _checksum(ids))
        if found != expected:
            raise IndexFormatError(
                f"{name} holds {found}, but {expected} was written; build the index "
                "again"
            )


def _ids(
    connection: Connection, name: str, field: str, wanted: str, most: int
) -> Iterator[int]:
    """Yield the ids of rows in the order of a field, which counts from 0."""
    for begin in range(0, most, _PAGE):
        rows = connection.query(
            name,
            f"{field} >= {begin} and {field} < {begin + _PAGE}",
            (field, wanted),
            strong=True,
            seconds=WRITE_SECONDS,
        )
        yield from (row[wanted] for row in sorted(rows, key=lambda row: row[field]))


def _checksum(ids: Iterable[int]) -> str:
    sha256 = hashlib.sha256()
    for each in ids:
        sha256.update(f"{each}\n".encode())
    return sha256.hexdigest()


def _grouped(
    places: Collection[PassagePlace], first: int
) -> Iterator[tuple[str, list[int]]]:
    numbered = enumerate(places, start=first)
    for doc_id, group in groupby(numbered, key=lambda each: each[1].doc_id):
        yield doc_id, [row for row, _ in group]


def passage_rows(
    by_id: dict[str, Document],
    places: Sequence[PassagePlace],
    vectors: Vectors,
    first: int,
) -> Iterator[Row]:
    """Yield the rows of Milvus for passages, the first of which has a number."""
    for row, place in enumerate(places):
        yield {
            "row": first + row,
            "vector": np.ascontiguousarray(vectors[row], dtype=np.float32),
            "document": document_number(place.doc_id),
            "passage": _record(by_id[place.doc_id], place),
        }


def _record(document: Document, place: PassagePlace) -> str:
    passage = passage_of(document, place.start, place.end)
    text = json.dumps(asdict(passage), ensure_ascii=False)
    if len(text.encode("utf-8")) > MAX_TEXT:
        return json.dumps(asdict(place), ensure_ascii=False)
    return text


def _cut(text: str) -> list[str]:
    """Return pieces of a text that a value of Milvus holds each."""
    data = text.encode("utf-8")
    pieces = []
    begin = 0
    while begin < len(data):
        end = min(begin + MAX_TEXT, len(data))
        # Not inside a character.
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(data[begin:end].decode("utf-8"))
        begin = end
    return pieces
