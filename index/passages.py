"""Passages: contiguous pieces of a document, the unit of retrieval."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from index.boilerplate import is_boilerplate
from index.documents import Document
from index.sentences import sentence_spans

_WORD = re.compile(r"\S+")
_LINE = re.compile(r"[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document: ``text == document.text[start:end]``, in code points."""

    doc_id: str
    start: int
    end: int
    text: str


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


def split_document(
    document: Document, splitting: Splitting, count_tokens: Callable[[str], int]
) -> list[Passage]:
    """Cut a document into passages of whole sentences.

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
    passages: list[Passage] = []
    for run in _sentence_runs(document.text):
        pieces = [
            piece
            for span in run
            for piece in _fitting(document.text, span, splitting, count_tokens)
        ]
        passages.extend(
            Passage(document.doc_id, start, end, document.text[start:end])
            for start, end in _windows(document.text, pieces, splitting, count_tokens)
        )
    return passages


def _sentence_runs(text: str) -> Iterator[list[tuple[int, int]]]:
    """Yield the sentences between two boilerplate lines."""
    run: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        if is_boilerplate(line.group()):
            if run:
                yield run
            run = []
        else:
            run.extend(
                (line.start() + start, line.start() + end)
                for start, end in sentence_spans(line.group())
            )
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
    first = 0
    while first < len(pieces):
        last = first
        while last + 1 < len(pieces) and (
            count_tokens(text[pieces[first][0] : pieces[last + 1][1]])
            <= splitting.max_tokens
        ):
            last += 1
        yield pieces[first][0], pieces[last][1]
        if last + 1 == len(pieces):
            return
        # The next window starts as far back as the overlap allows, yet goes on.
        following = last + 1
        while following - 1 > first and (
            count_tokens(text[pieces[following - 1][0] : pieces[last][1]])
            <= splitting.overlap_tokens
            and count_tokens(text[pieces[following - 1][0] : pieces[last + 1][1]])
            <= splitting.max_tokens
        ):
            following -= 1
        first = following
