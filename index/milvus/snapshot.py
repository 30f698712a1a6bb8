"""One version of the index in Milvus, ready to be searched."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexUnavailableError
from index.milvus.cache import Cache, VectorCopy
from index.milvus.connection import Connection, Row
from index.milvus.documents import MilvusDocuments, document_number
from index.milvus.records import State
from index.milvus.schema import Collections
from index.milvus.words import Words
from index.passages import Passage, passage_of
from index.search.kinds import VectorKind
from index.search.snapshot import LIKE_ROWS, words_like
from index.search.vectors import Vectors
from index.store.manifest import Manifest

# How widely the graph is searched: at least, and for each passage wanted.
_WIDTH = 128
_WIDTH_EACH = 2
# In documents with up to so many passages the vectors are compared one by one: a graph
# finds few of those that a filter leaves.
_FEW = 4_000
_PAGE = 2_000
_CACHED = 50_000


class MilvusSnapshot:
    """Documents, passages, vectors and terms of one version; see ``Snapshot``.

    Row ``n`` of a version that was built whole is its ``n``-th passage. Where documents
    were changed in place, each hit is checked to be of its document's text.
    """

    def __init__(
        self,
        connection: Connection,
        names: Collections,
        manifest: Manifest,
        state: State,
        *,
        may_copy: bool = False,
    ) -> None:
        self._connection = connection
        self.names = names
        self.manifest = manifest
        self.state = state
        self._documents = MilvusDocuments(
            connection, names.documents, manifest.documents, state.places
        )
        self._words = Words(
            connection, names.words, manifest.passages, manifest.in_place + 1
        )
        # As they are kept there, of all that was compared: it may be shown next.
        self._passages: Cache[int, str] = Cache(_CACHED)
        self._owners: Cache[int, int] = Cache(_CACHED)
        self._copy = VectorCopy(
            self._fetch_vectors,
            (len(self), self.dim),
            may_be_made=may_copy and not manifest.in_place,
        )

    @property
    def documents(self) -> MilvusDocuments:
        """See ``Snapshot``."""
        return self._documents

    @property
    def vector_kind(self) -> VectorKind:
        """See ``Snapshot``."""
        return self.manifest.vectors

    @property
    def dim(self) -> int:
        """See ``Snapshot``."""
        return self.manifest.dim

    def __len__(self) -> int:
        """See ``Snapshot``."""
        return self.manifest.passages

    def passage(self, row: int) -> Passage:
        """See ``Snapshot``."""
        return self.passages([row])[0]

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """See ``Snapshot``."""
        texts = self._passages.get(map(int, rows), self._fetch_passages)
        found = {row: self._read(text) for row, text in texts.items()}
        missing = [row for row in rows if row not in found]
        if self.manifest.in_place:
            # Its document may have been taken up anew since the row was found.
            missing += [
                row
                for row, passage in found.items()
                if not self._documents.owns(document_number(passage.doc_id), row)
            ]
        if missing:
            raise IndexUnavailableError(
                f"the passages {missing[:3]} are being changed; ask again"
            )
        return [found[row] for row in rows]

    def rows(self, doc_id: str) -> range:
        """See ``Snapshot``."""
        head = self._documents.heads([doc_id]).get(doc_id)
        return range(0) if head is None else head.rows

    def spans(self, rows: Sequence[int]) -> list[tuple[int, int]]:
        """See ``Snapshot``."""
        return [
            (passage.start, passage.end)
            for begin in range(0, len(rows), _PAGE)
            for passage in self.passages(rows[begin : begin + _PAGE])
        ]

    def vectors(self, rows: Sequence[int] | NDArray[np.int64]) -> Vectors:
        """See ``Snapshot``."""
        if copy := self._copy.get():
            return copy.vectors(rows)
        return self._fetch_vectors(rows)

    def _fetch_vectors(self, rows: Sequence[int] | NDArray[np.int64]) -> Vectors:
        wanted = [int(row) for row in rows]
        found: dict[int, Vectors] = {}
        for begin in range(0, len(wanted), _PAGE):
            page = wanted[begin : begin + _PAGE]
            hits = self._query(f"row in {page}", "vector", "passage")
            self._keep_passages(hits)
            found |= _vectors(hits)
        if missing := [row for row in wanted if row not in found]:
            raise IndexUnavailableError(
                f"the passages {missing[:3]} are being changed; ask again"
            )
        return np.array([found[row] for row in wanted], np.float32).reshape(
            len(wanted), self.dim
        )

    def nearest(
        self, query_vector: Vectors, k: int, doc_ids: Collection[str] | None = None
    ) -> list[tuple[int, float]]:
        """See ``Snapshot``."""
        if k < 1:
            raise ValueError(f"k must be at least 1, not {k}")
        if query_vector.shape != (self.dim,):
            raise ValueError(
                f"the query vector must be ({self.dim},), not {query_vector.shape}"
            )
        if doc_ids is None and (copy := self._copy.get()):
            found = copy.search(query_vector, k)
        elif doc_ids is None:
            found = self._search(query_vector, k, "")
        else:
            heads = self._documents.heads(set(doc_ids)).values()
            numbers = [head.number for head in heads if len(head.rows)]
            if not numbers:
                return []
            condition = f"document in {numbers}"
            if sum(len(head.rows) for head in heads) <= _FEW:
                found = self._compare(query_vector, condition)
            else:
                found = self._search(query_vector, k, condition)
        # Equal scores in the order of the index, so results are reproducible.
        found.sort(key=lambda hit: (-hit[1], hit[0]))
        return self._valid(found)[:k]

    def matching(
        self, query: str, k: int, doc_ids: Collection[str] | None = None
    ) -> list[tuple[int, float]]:
        """See ``Snapshot``."""
        ranges = None
        if doc_ids is not None:
            heads = self._documents.heads(set(doc_ids)).values()
            ranges = [head.rows for head in heads]
        rows, scores = self._words.scores(query, ranges)
        # What is given up is left out of the best, so there are more of these.
        wanted = 2 * k if self.manifest.in_place else k
        best = np.lexsort((rows, -scores))[:wanted]
        found = [(int(rows[place]), float(scores[place])) for place in best]
        return self._valid(found)[:k]

    def has_word(self, word: str) -> bool:
        """See ``Snapshot``."""
        return self._words.has(word)

    def similar_words(self, word: str, slips: int) -> list[str]:
        """See ``Snapshot``."""
        rows = self._words.like(word, slips, LIKE_ROWS)
        valid = self._valid([(row, 0.0) for row in rows])
        return words_like(word, self.passages([row for row, _ in valid]))

    def _search(
        self, query_vector: Vectors, k: int, condition: str
    ) -> list[tuple[int, float]]:
        wanted = 2 * k if self.manifest.in_place else k
        hits = self._connection.search(
            self.names.passages,
            query_vector,
            wanted,
            filter=condition,
            search_params={"params": {"ef": max(_WIDTH, _WIDTH_EACH * wanted)}},
            output_fields=["row", "document", "passage"],
        )
        self._keep_passages(hits)
        self._owners.keep({hit["row"]: hit["document"] for hit in hits})
        return [(int(hit["row"]), float(hit["distance"])) for hit in hits]

    def _compare(
        self, query_vector: Vectors, condition: str
    ) -> list[tuple[int, float]]:
        """Compare the vectors of a few documents one by one."""
        rows = self._query(condition, "vector", "document")
        self._owners.keep({row["row"]: row["document"] for row in rows})
        found = _vectors(rows)
        return [(row, float(each @ query_vector)) for row, each in found.items()]

    def _valid(self, hits: list[tuple[int, float]]) -> list[tuple[int, float]]:
        """Return the hits that are passages of their documents as they are now."""
        if not self.manifest.in_place or not hits:
            return hits
        owners = self._owners.get((row for row, _ in hits), self._fetch_owners)
        self._documents.whole(owners.values())
        return [
            (row, score)
            for row, score in hits
            if row in owners and self._documents.holds(owners[row], row)
        ]

    def _fetch_owners(self, rows: list[int]) -> dict[int, int]:
        found = self._query(f"row in {rows}", "document")
        return {row["row"]: row["document"] for row in found}

    def _fetch_passages(self, rows: list[int]) -> dict[int, str]:
        found = self._query(f"row in {rows}", "passage")
        return {row["row"]: row["passage"] for row in found}

    def _keep_passages(self, rows: Iterable[Row]) -> None:
        self._passages.keep({row["row"]: row["passage"] for row in rows})

    def _read(self, text: str) -> Passage:
        record = json.loads(text)
        if "text" in record:
            return Passage(**record)
        # Too long for a value; it stands in the document.
        document = self._documents[record["doc_id"]]
        return passage_of(document, record["start"], record["end"])

    def _query(self, condition: str, *fields: str) -> list[Row]:
        return self._connection.query(self.names.passages, condition, ("row", *fields))


def _vectors(rows: Sequence[Row]) -> dict[int, Vectors]:
    return {row["row"]: np.asarray(row["vector"], dtype=np.float32) for row in rows}
