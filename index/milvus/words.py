"""Which passages hold a word: BM25 from lists of passages, kept as rows of Milvus.

Each row is a block of the list of one term: the passages with their share of the score
(tf saturated by the passage's length; Robertson and Zaragoza 2009), the highest first
(Anh and Moffat 2001). Any server keeps such rows, whatever it knows of words, and finds
them by their keys, which say what they hold; and a common term costs no more than the
first blocks of its list.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from index.milvus.cache import Cache
from index.milvus.connection import Connection, Row
from index.milvus.schema import FIRST_ROW_BITS, PAD
from index.search.lexical import analyze, query_terms

_K1 = 1.2
_B = 0.75
# A passage's length is known as roughly as Lucene and tantivy keep it, in a byte: up to
# 40 exactly, then by three leading bits. So a folder's index gives the same scores.
_LENGTHS = np.array(
    [
        *range(24),
        *(24 + place for place in range(8)),
        *(24 + (8 + bits << shift) for shift in range(28) for bits in range(8)),
    ],
    dtype=np.float32,
)
# Bytes of a passage in a list: its row and its share of the score.
_POSTING = np.dtype([("row", "<u4"), ("share", "<f2")])
# Of a block: in base64 a third more, and a value of Milvus holds 65,535 bytes.
_BLOCK = 8_000
# Of the list of a common term, this many blocks are looked at.
_BLOCKS = 16
# Keys that are asked for at a time.
_PAGE = 2_000
_CACHE_BYTES = 128_000_000


@dataclass(frozen=True, slots=True)
class TermList:
    """The passages of a term.

    Attributes:
        count: How many there are, of which ``rows`` may be the first ones.
        rows: Shape ``(n,)``.
        shares: Of the score, shape ``(n,)``, without the term's weight.
    """

    count: int
    rows: NDArray[np.int64]
    shares: NDArray[np.float32]


def term_rows(
    texts: Iterable[str],
    segment: int,
    average: float | None,
    report: Callable[[int], None],
) -> tuple[list[Row], float]:
    """Return the rows of Milvus for passages, and their average number of terms.

    Args:
        texts: What the passages are found by, in the order of their rows.
        segment: The number of the change that the passages came with.
        average: Number of terms to weigh with; ``None`` for that of these texts.
        report: Called with the number of passages done since the last call.
    """
    counts: dict[str, list[tuple[int, int]]] = defaultdict(list)
    lengths: list[int] = []
    for row, text in enumerate(texts):
        found = analyze(text)
        lengths.append(len(found))
        for term, times in Counter(found).items():
            counts[term].append((row, times))
        report(1)
    length = np.array(lengths, dtype=np.float32)
    average = average or float(length.mean()) or 1.0
    known = _LENGTHS[np.searchsorted(_LENGTHS, length, side="right") - 1]
    norms = _K1 * (1 - _B + _B * known / average)
    made: list[Row] = []
    for term in sorted(counts):
        pairs = np.array(counts[term], dtype=np.int64)  # (n, 2)
        often = pairs[:, 1].astype(np.float32)
        shares = often * (_K1 + 1) / (often + norms[pairs[:, 0]])
        order = np.argsort(-shares, kind="stable")
        postings = np.empty(len(order), dtype=_POSTING)
        postings["row"], postings["share"] = pairs[order, 0], shares[order]
        for block, begin in enumerate(range(0, len(postings), _BLOCK)):
            part = postings[begin : begin + _BLOCK].tobytes()
            made.append(
                {
                    "key": _block_key(term_number(term), segment, block),
                    "place": (segment << FIRST_ROW_BITS) + len(made),
                    "term": term_number(term),
                    "text": term,
                    "segment": segment,
                    "block": block,
                    "count": len(postings),
                    "postings": base64.b64encode(part).decode("ascii"),
                    "pad": PAD,
                }
            )
    return made, average


def term_number(term: str) -> int:
    """Return a number for a term, which is no other's: 63 bits of its checksum."""
    return _number(term.encode("utf-8", "surrogatepass"))


class Words:
    """Finds the passages of one version that share terms with a query."""

    def __init__(
        self, connection: Connection, collection: str, passages: int, segments: int
    ) -> None:
        """Take what is known of them.

        Args:
            connection: To the server.
            collection: Theirs.
            passages: How many there are.
            segments: The build, and the changes in place since.
        """
        self._connection = connection
        self._collection = collection
        self._passages = passages
        self._segments = segments
        self._lists: Cache[int, TermList] = Cache(
            _CACHE_BYTES, lambda found: 200 + 12 * len(found.rows)
        )

    def scores(
        self, query: str, ranges: Collection[range] | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows that share terms with a query, and their BM25, in any order.

        Args:
            query: Any text.
            ranges: Of the rows to look at; ``None`` for all.
        """
        numbers = [term_number(term) for term in query_terms(query)]
        rows: list[NDArray[np.int64]] = [np.empty(0, dtype=np.int64)]
        parts: list[NDArray[np.float32]] = [np.empty(0, dtype=np.float32)]
        for found in self._lists.get(numbers, self._fetch).values():
            seldom = (self._passages - found.count + 0.5) / (found.count + 0.5)
            rows.append(found.rows)
            parts.append(found.shares * np.float32(np.log1p(max(seldom, 0.0))))
        all_rows, all_parts = np.concatenate(rows), np.concatenate(parts)
        if ranges is not None:
            kept = np.zeros(len(all_rows), dtype=bool)
            for each in ranges:
                kept |= (all_rows >= each.start) & (all_rows < each.stop)
            all_rows, all_parts = all_rows[kept], all_parts[kept]
        distinct, places = np.unique(all_rows, return_inverse=True)
        summed = np.bincount(places, weights=all_parts, minlength=len(distinct))
        return distinct, summed.astype(np.float32)

    def has(self, word: str) -> bool:
        """Tell whether a passage has a word, in any form; function words always."""
        numbers = [term_number(term) for term in analyze(word)]
        found = self._lists.get(numbers, self._fetch)
        return all(found[number].count for number in numbers)

    def like(self, word: str, slips: int, k: int) -> list[int]:
        """Return up to ``k`` rows with a stem at most ``slips`` slips from a word's.

        Only stems that begin with the same letter are looked at.
        """
        rows: list[int] = []
        for stem in analyze(word):
            if not stem[:1].isalnum():
                continue
            found = self._connection.query(
                self._collection, f'text like "{stem[0]}%" and block == 0', ("text",)
            )
            near = [
                row["text"]
                for row in found
                if OSA.distance(row["text"], stem, score_cutoff=slips) <= slips
            ]
            lists = self._lists.get(map(term_number, near), self._fetch)
            rows.extend(int(row) for each in lists.values() for row in each.rows[:k])
        return sorted(set(rows))[:k]

    def _fetch(self, numbers: Sequence[int]) -> dict[int, TermList]:
        first = self._blocks(
            (number, segment, 0)
            for number in numbers
            for segment in range(self._segments)
        )
        further = self._blocks(
            (row["term"], row["segment"], block)
            for row in first
            for block in range(1, min(_BLOCKS, -(-row["count"] // _BLOCK)))
        )
        return {number: _joined(number, [*first, *further]) for number in numbers}

    def _blocks(self, wanted: Iterable[tuple[int, int, int]]) -> list[Row]:
        """Return the rows of blocks: their term, segment and number in its list."""
        keys = [_block_key(*each) for each in wanted]
        return [
            row
            for begin in range(0, len(keys), _PAGE)
            for row in self._connection.query(
                self._collection,
                f"key in {keys[begin : begin + _PAGE]}",
                ("term", "segment", "count", "block", "postings"),
            )
        ]


def _block_key(term: int, segment: int, block: int) -> int:
    return _number(f"{term} {segment} {block}".encode("ascii"))


def _number(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big") >> 1


def _joined(number: int, found: Iterable[Row]) -> TermList:
    parts = [row for row in found if row["term"] == number]
    lists = list(_decoded(parts))
    return TermList(
        sum(row["count"] for row in parts if row["block"] == 0),
        np.concatenate([rows for rows, _ in lists] or [np.empty(0, dtype=np.int64)]),
        np.concatenate([each for _, each in lists] or [np.empty(0, dtype=np.float32)]),
    )


def _decoded(
    parts: Iterable[Row],
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    for row in parts:
        postings = np.frombuffer(base64.b64decode(row["postings"]), dtype=_POSTING)
        first = row["segment"] << FIRST_ROW_BITS
        yield postings["row"].astype(np.int64) + first, postings["share"].astype("f4")
