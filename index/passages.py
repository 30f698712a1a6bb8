"""Passages: contiguous pieces of a document, the unit of retrieval."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from index.documents import Document
from index.formats.boilerplate import is_boilerplate
from index.formats.tables import name_cells, row_spans
from index.paragraphs import paragraph_spans
from index.sentences import parted

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document: ``text == document.text[start:end]``, in code points.

    Attributes:
        context: What stands beside the text and is never quoted. For rows of a table
            the cells with the names of their columns, a line for each row: "Station:
            Birk; Founded: 1934". It is embedded, searched and read with the text; an
            answer's span is always in ``text``, where the same cells stand.
    """

    doc_id: str
    start: int
    end: int
    text: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A passage and its cosine similarity to a query, whatever it was ranked by."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Splitting:
    """How documents are cut; stored with the index.

    Attributes:
        max_tokens: Most word pieces in a passage, as the embedder counts them.
        overlap_tokens: Most word pieces of the last sentences of a passage that
            start the next one too, so that what two sentences say together stands
            in one passage.
    """

    max_tokens: int = 128
    overlap_tokens: int = 40

    def __post_init__(self) -> None:
        if not 0 <= self.overlap_tokens < self.max_tokens:
            raise ValueError(
                f"overlap_tokens must be from 0 to below max_tokens "
                f"({self.max_tokens}), not {self.overlap_tokens}"
            )


def passage_of(document: Document, start: int, end: int) -> Passage:
    """Return the passage of a document at these offsets, with its context."""
    text = document.text
    named = name_cells(text, document.tables, start, end)
    return Passage(document.doc_id, start, end, text[start:end], named.text)


def evidence(document: Document, passage: Passage) -> str:
    """Return what a passage is found by: the document's title, its context, its text.

    None but the text is ever quoted. A title without words, such as a date, says
    nothing of what the text is about.
    """
    known = (telling_title(document), passage.context, passage.text)
    return "\n".join(part for part in known if part)


def telling_title(document: Document) -> str:
    """Return a document's title, or nothing if it has no word, as a date has none."""
    return document.title if any(map(str.isalpha, document.title)) else ""


def split_document(
    document: Document, splitting: Splitting, count_tokens: Callable[[str], int]
) -> list[Passage]:
    """Cut a document into passages of whole sentences, and of single rows of tables.

    Boilerplate lines are in no passage, and no passage reaches across one. A
    sentence longer than ``max_tokens`` is cut between words, a word longer than
    that between characters; nothing else is cut, left out or changed.

    Args:
        document: The article.
        splitting: The limits.
        count_tokens: Number of word pieces of a text, without special tokens.

    Returns:
        Passages in the order of the text; none for blank text.
    """
    return [
        passage_of(document, start, end)
        for run in _runs(document)
        for start, end in _windows(
            document.text,
            [
                piece
                for span in run
                for piece in _fitting(document.text, span, splitting, count_tokens)
            ],
            splitting,
            count_tokens,
        )
    ]


def _runs(document: Document) -> Iterator[list[tuple[int, int]]]:
    """Yield the sentences between tables or boilerplate lines, and each row alone."""
    text = document.text
    start = 0
    for table in document.tables:
        yield from _prose(text, start, table.start)
        for row in row_spans(text, table):
            yield [row]
        start = table.end
    yield from _prose(text, start, len(text))


def _prose(text: str, start: int, end: int) -> Iterator[list[tuple[int, int]]]:
    """Yield the sentences between two boilerplate lines of a part of a text."""
    run: list[tuple[int, int]] = []
    for first, last in paragraph_spans(text[start:end]):
        paragraph = text[start + first : start + last]
        # Boilerplate is never wrapped; one line of a paragraph may look like it.
        if len(paragraph.splitlines()) == 1 and is_boilerplate(paragraph):
            if run:
                yield run
            run = []
        else:
            run.extend(parted(text, start + first, start + last))
    if run:
        yield run


def _fitting(
    text: str,
    span: tuple[int, int],
    splitting: Splitting,
    count_tokens: Callable[[str], int],
) -> Iterator[tuple[int, int]]:
    """Yield the span itself, or the pieces that it must be cut into."""
    start, end = span
    if count_tokens(text[start:end]) <= splitting.max_tokens:
        yield span
        return
    words = [match.span() for match in _WORD.finditer(text, start, end)]
    if end - start == 1:
        # One character is never cut, even if a tiny limit asks for it.
        yield span
        return
    if len(words) == 1:
        # No white space to cut at: halve until each half fits.
        middle = (start + end) // 2
        yield from _fitting(text, (start, middle), splitting, count_tokens)
        yield from _fitting(text, (middle, end), splitting, count_tokens)
        return
    middle = len(words) // 2
    yield from _fitting(text, (start, words[middle - 1][1]), splitting, count_tokens)
    yield from _fitting(text, (words[middle][0], end), splitting, count_tokens)


def _windows(
    text: str,
    pieces: list[tuple[int, int]],
    splitting: Splitting,
    count_tokens: Callable[[str], int],
) -> Iterator[tuple[int, int]]:
    """Yield as few windows of whole pieces as cover all, with their overlap."""
    # Counts of pieces add up, but for tokenizers that join across white space, so each
    # window is counted once as a whole.
    counts = [count_tokens(text[start:end]) for start, end in pieces]
    most = splitting.max_tokens
    first = 0
    while first < len(pieces):
        last, total = first, counts[first]
        while last + 1 < len(pieces) and total + counts[last + 1] <= most:
            last += 1
            total += counts[last]
        while last > first and _count(text, pieces, first, last, count_tokens) > most:
            last -= 1
        yield pieces[first][0], pieces[last][1]
        if last + 1 == len(pieces):
            return
        # The next window starts as far back as the overlap allows, yet goes on.
        following, overlap = last + 1, 0
        while following - 1 > first:
            overlap += counts[following - 1]
            if (
                overlap > splitting.overlap_tokens
                or overlap + counts[last + 1] > most
                or _count(text, pieces, following - 1, last + 1, count_tokens) > most
            ):
                break
            following -= 1
        first = following


def _count(
    text: str,
    pieces: list[tuple[int, int]],
    first: int,
    last: int,
    count_tokens: Callable[[str], int],
) -> int:
    return count_tokens(text[pieces[first][0] : pieces[last][1]])
