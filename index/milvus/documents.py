"""The documents of a version, fetched from Milvus when they are wanted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import (
    Collection,
    ItemsView,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
    ValuesView,
)
from dataclasses import dataclass

from index.documents import Document
from index.errors import IndexUnavailableError
from index.milvus.cache import Cache
from index.milvus.connection import Connection, Row
from index.search.snapshot import read_document

_CACHE_CHARACTERS = 100_000_000
_HEADS = 500_000
_PAGE = 200
_HEAD = ("number", "first", "count", "revision", "parts", "doc_id")


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a document without its text.

    Attributes:
        number: Its number in Milvus, from its id.
        rows: Of its passages.
        revision: The change in place that it came with; 0 for the build.
        parts: Values that its record is cut into.
    """

    doc_id: str
    number: int
    rows: range
    revision: int
    parts: int


def document_number(doc_id: str) -> int:
    """Return a number for a document: 63 bits of its id's checksum."""
    digest = hashlib.sha256(doc_id.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def part_key(number: int, revision: int, part: int) -> str:
    """Return the key of a further part of a document's record, from 1."""
    return f"{number}.{revision}.{part}"


class MilvusDocuments(Mapping[str, Document]):
    """The documents of one version by their ids, in the order of the index."""

    def __init__(
        self, connection: Connection, collection: str, count: int, places: int
    ) -> None:
        """Take what is known of them.

        Args:
            connection: To the server.
            collection: Theirs.
            count: How many there are.
            places: Their places in the order are below this number.
        """
        self._connection = connection
        self._collection = collection
        self._count = count
        self._places = places
        self._heads: Cache[int, Head] = Cache(_HEADS)
        self._whole: Cache[int, tuple[Head, Document]] = Cache(
            _CACHE_CHARACTERS, lambda kept: 200 + len(kept[1].text)
        )

    def __len__(self) -> int:
        """Return the number of documents."""
        return self._count

    def __contains__(self, doc_id: object) -> bool:
        """Tell whether there is a document of this id."""
        return isinstance(doc_id, str) and bool(self.heads([doc_id]))

    def __getitem__(self, doc_id: str) -> Document:
        """Return a document."""
        number = document_number(doc_id)
        found = self.whole([number])
        if number not in found:
            raise KeyError(doc_id)
        return found[number][1]

    def __iter__(self) -> Iterator[str]:
        """Yield the ids."""
        for rows in self._pages(_HEAD, 50 * _PAGE):
            yield from (row["doc_id"] for row in rows)

    def items(self) -> ItemsView[str, Document]:
        """Return ids and documents; a page of them at a time is fetched."""
        return _Items(self)

    def values(self) -> ValuesView[Document]:
        """Return the documents; a page of them at a time is fetched."""
        return _Values(self)

    def stream(self) -> Iterator[Document]:
        """Yield the documents, fetching a page at a time."""
        for rows in self._pages((*_HEAD, "text"), _PAGE):
            whole = self._complete(rows)
            self._whole.keep(whole)
            yield from (whole[row["number"]][1] for row in rows)

    def heads(self, doc_ids: Collection[str]) -> dict[str, Head]:
        """Return what is known of those documents that are there, by their ids."""
        numbers = [document_number(doc_id) for doc_id in dict.fromkeys(doc_ids)]
        found = self.heads_of(numbers)
        return {head.doc_id: head for head in found.values() if head.doc_id in doc_ids}

    def all_heads(self) -> dict[str, Head]:
        """Return what is known of every document by its id, in order."""
        return {
            row["doc_id"]: _head(row)
            for rows in self._pages(_HEAD, 50 * _PAGE)
            for row in rows
        }

    def heads_of(self, numbers: Iterable[int]) -> dict[int, Head]:
        """Return the same by the documents' numbers."""
        return self._heads.get(numbers, self._fetch_heads)

    def holds(self, number: int, row: int) -> bool:
        """Tell whether a row is a passage of its document as it is answered from.

        Where documents change in place, a hit may be of a text that is given up, or of
        one that is newer than the document that is kept here: that is fetched anew.
        """
        if self.owns(number, row):
            return True
        self._heads.forget(number)
        self._whole.forget(number)
        return self.owns(number, row)

    def owns(self, number: int, row: int) -> bool:
        """Tell whether a row is a passage of its document as it is kept here."""
        kept = self.whole([number]).get(number)
        return kept is not None and row in kept[0].rows

    def whole(self, numbers: Iterable[int]) -> dict[int, tuple[Head, Document]]:
        """Return documents by their numbers, with what is known of them."""
        return self._whole.get(numbers, self._fetch)

    def _pages(self, fields: Sequence[str], size: int) -> Iterator[list[Row]]:
        for begin in range(0, self._places, size):
            rows = self._connection.query(
                self._collection,
                f"place >= {begin} and place < {begin + size}",
                ("place", *fields),
            )
            yield sorted(rows, key=lambda row: int(row["place"]))

    def _fetch_heads(self, numbers: list[int]) -> dict[int, Head]:
        rows = self._connection.query(
            self._collection, f"key in {_keys(numbers)}", _HEAD
        )
        return {row["number"]: _head(row) for row in rows}

    def _fetch(self, numbers: list[int]) -> dict[int, tuple[Head, Document]]:
        rows = self._connection.query(
            self._collection, f"key in {_keys(numbers)}", (*_HEAD, "text")
        )
        return self._complete(rows)

    def _complete(self, rows: Sequence[Row]) -> dict[int, tuple[Head, Document]]:
        """Return whole documents, of which ``rows`` are the heads."""
        heads = [_head(row) for row in rows]
        keys = [
            part_key(head.number, head.revision, part)
            for head in heads
            for part in range(1, head.parts)
        ]
        texts: dict[str, str] = {}
        for begin in range(0, len(keys), _PAGE):
            found = self._connection.query(
                self._collection,
                f"key in {json.dumps(keys[begin : begin + _PAGE])}",
                ("key", "text"),
            )
            texts |= {row["key"]: row["text"] for row in found}
        whole = {}
        for head, row in zip(heads, rows, strict=True):
            further = (
                texts.get(part_key(head.number, head.revision, part), "")
                for part in range(1, head.parts)
            )
            try:
                record = json.loads("".join([row["text"], *further]))
            except ValueError as error:
                # Changed in place between the two calls.
                raise IndexUnavailableError(
                    f"{head.doc_id!r} is being changed; ask again"
                ) from error
            whole[head.number] = head, read_document(record)
        self._heads.keep({head.number: head for head in heads})
        return whole


class _Items(ItemsView[str, Document]):
    _mapping: MilvusDocuments

    def __iter__(self) -> Iterator[tuple[str, Document]]:
        return ((document.doc_id, document) for document in self._mapping.stream())


class _Values(ValuesView[Document]):
    _mapping: MilvusDocuments

    def __iter__(self) -> Iterator[Document]:
        return self._mapping.stream()


def _head(row: Row) -> Head:
    rows = range(row["first"], row["first"] + row["count"])
    return Head(row["doc_id"], row["number"], rows, row["revision"], row["parts"])


def _keys(numbers: Iterable[int]) -> str:
    return json.dumps([str(number) for number in numbers])
