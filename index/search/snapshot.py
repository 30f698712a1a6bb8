"""One state of the index: documents, their passages and the vectors of these."""

from __future__ import annotations

import json
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.documents import Document
from index.errors import IndexFormatError
from index.formats.tables import Table
from index.passages import Passage, evidence, passage_of
from index.search.kinds import VectorKind
from index.search.lexical import LexicalIndex, terms
from index.search.vectors import FaissVectors, Vectors

_DOCUMENTS = "documents.jsonl"
_PASSAGES = "passages.jsonl"
_LEXICAL = "lexical"
# Passages that words like a misspelt one are taken from, however many have such, and
# how much longer or shorter than it they may be.
LIKE_ROWS = 30
_LIKE_LENGTH = 2


@dataclass(frozen=True, slots=True)
class PassagePlace:
    """Where a passage stands; its text is sliced from the document when wanted."""

    doc_id: str
    start: int
    end: int


class IndexSnapshot:
    """Documents, passages, vectors and terms that belong together; see ``Snapshot``.

    It never changes. Row ``n`` of the vectors, and of the lexical index, is that of
    passage ``n``.
    """

    def __init__(
        self,
        documents: Iterable[Document],
        places: Sequence[PassagePlace],
        vectors: FaissVectors,
        lexical: LexicalIndex,
    ) -> None:
        self._documents: Mapping[str, Document] = {
            document.doc_id: document for document in documents
        }
        self._places = places
        self._vectors = vectors
        self._lexical = lexical
        if not len(places) == len(vectors) == len(lexical):
            raise IndexFormatError(
                f"{len(places)} passages, but {len(vectors)} vectors and "
                f"{len(lexical)} lists of terms; build the index again"
            )
        for place in places:
            document = self._documents.get(place.doc_id)
            if document is None or not (
                0 <= place.start < place.end <= len(document.text)
            ):
                raise IndexFormatError(
                    f"a passage lies outside its document: {place}; "
                    "build the index again"
                )
        self._rows = _document_rows(places)
        self._numbers = {doc_id: n for n, doc_id in enumerate(self._documents)}

    @classmethod
    def from_vectors(
        cls,
        documents: Sequence[Document],
        places: Sequence[PassagePlace],
        vectors: Vectors,
        factory: str | None = None,
        queries: Vectors | None = None,
        within: Path | None = None,
        report: Callable[[int], None] = lambda count: None,
    ) -> IndexSnapshot:
        """Index passages, for which row ``n`` of the vectors is that of place ``n``.

        ``factory`` and ``queries`` are those of ``FaissVectors.from_vectors``;
        ``within`` and ``report`` are those of ``LexicalIndex.from_texts``.
        """
        by_id = {document.doc_id: document for document in documents}
        numbers = {document.doc_id: n for n, document in enumerate(documents)}
        lexical = LexicalIndex.from_texts(
            (words_of(by_id[place.doc_id], place) for place in places),
            (numbers[place.doc_id] for place in places),
            within,
            report,
        )
        found = FaissVectors.from_vectors(vectors, factory, queries)
        return cls(documents, places, found, lexical)

    @property
    def documents(self) -> Mapping[str, Document]:
        """See ``Snapshot``."""
        return self._documents

    @property
    def vector_kind(self) -> VectorKind:
        """See ``Snapshot``."""
        return self._vectors.kind

    @property
    def dim(self) -> int:
        """See ``Snapshot``."""
        return self._vectors.dim

    def __len__(self) -> int:
        """See ``Snapshot``."""
        return len(self._places)

    def passage(self, row: int) -> Passage:
        """See ``Snapshot``."""
        place = self._places[row]
        return passage_of(self._documents[place.doc_id], place.start, place.end)

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """See ``Snapshot``."""
        return [self.passage(row) for row in rows]

    def rows(self, doc_id: str) -> range:
        """See ``Snapshot``."""
        return self._rows.get(doc_id, range(0))

    def span(self, row: int) -> tuple[int, int]:
        """Return the half-open offsets of a passage in its document."""
        place = self._places[row]
        return place.start, place.end

    def spans(self, rows: Sequence[int]) -> list[tuple[int, int]]:
        """See ``Snapshot``."""
        return [self.span(row) for row in rows]

    def vectors(self, rows: Sequence[int] | NDArray[np.int64]) -> Vectors:
        """See ``Snapshot``; they are as they were given."""
        return self._vectors.vectors(rows)

    def nearest(
        self, query_vector: Vectors, k: int, doc_ids: Collection[str] | None = None
    ) -> list[tuple[int, float]]:
        """See ``Snapshot``."""
        rows = None
        if doc_ids is not None:
            rows = [row for doc_id in set(doc_ids) for row in self.rows(doc_id)]
        return self._vectors.search(query_vector, k, rows)

    def matching(
        self, query: str, k: int, doc_ids: Collection[str] | None = None
    ) -> list[tuple[int, float]]:
        """See ``Snapshot``."""
        numbers = None
        if doc_ids is not None:
            numbers = [self._numbers[d] for d in set(doc_ids) if d in self._numbers]
        return self._lexical.search(query, k, numbers)

    def has_word(self, word: str) -> bool:
        """See ``Snapshot``."""
        return self._lexical.has_word(word)

    def similar_words(self, word: str, slips: int) -> list[str]:
        """See ``Snapshot``; stems are compared, so a few more words come along."""
        rows = self._lexical.like(word, slips, LIKE_ROWS)
        return words_like(word, self.passages(rows))

    def save(self, folder: Path) -> None:
        """Write the snapshot's files into an existing, empty folder."""
        _write_lines(folder / _DOCUMENTS, map(asdict, self._documents.values()))
        _write_lines(folder / _PASSAGES, map(asdict, self._places))
        self._vectors.save(folder)
        self._lexical.save(folder / _LEXICAL)

    @classmethod
    def load(cls, folder: Path) -> IndexSnapshot:
        """Read what ``save`` wrote.

        Raises:
            IndexFormatError: If a file is missing, damaged or contradicts another.
        """
        try:
            return cls(
                [read_document(record) for record in _read_lines(folder / _DOCUMENTS)],
                [PassagePlace(**record) for record in _read_lines(folder / _PASSAGES)],
                FaissVectors.load(folder),
                LexicalIndex(folder / _LEXICAL),
            )
        except (OSError, LookupError, TypeError, ValueError) as error:
            message = f"cannot read the index in {folder}: {error}"
            raise IndexFormatError(message) from error


def words_like(word: str, passages: Iterable[Passage]) -> list[str]:
    """Return the words of passages that are about as long as a word."""
    found = {each for passage in passages for each in terms(passage.text)}
    near = len(word) - _LIKE_LENGTH, len(word) + _LIKE_LENGTH
    return sorted(each for each in found if near[0] <= len(each) <= near[1])


def words_of(document: Document, place: PassagePlace) -> str:
    """Return what a passage is found by: a question's year may be its document's."""
    passage = passage_of(document, place.start, place.end)
    return f"{evidence(document, passage)}\n{document.year}"


def read_document(record: Mapping[str, Any]) -> Document:
    """Return the document that a record is, as ``asdict`` made it."""
    tables = (
        Table(**{**table, "header": tuple(table["header"])})
        for table in record["tables"]
    )
    pages = tuple(record["pages"])
    return Document(**{**record, "pages": pages, "tables": tuple(tables)})


def _document_rows(places: Sequence[PassagePlace]) -> dict[str, range]:
    """Return each document's rows, which follow one another."""
    rows: dict[str, range] = {}
    first = 0
    for doc_id, group in groupby(places, key=lambda place: place.doc_id):
        if doc_id in rows:
            raise IndexFormatError(
                f"the passages of {doc_id!r} do not follow one another; "
                "build the index again"
            )
        rows[doc_id] = range(first, first + sum(1 for _ in group))
        first = rows[doc_id].stop
    return rows


def _write_lines(path: Path, records: Iterable[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for record in records:
            # Escaped, so that no character of a text can be taken for a line's end.
            file.write(json.dumps(record) + "\n")


def _read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield json.loads(line)
