"""Running headers, footers and page numbers, which are told by other pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.formats.pdf.layout import Line
from index.formats.pdf.lines import Piece

# Lines from the edge in which headers and footers stand, and how far they move.
_EDGE_LINES = 3
_SAME_PLACE = 6.0
# Pages that a line is compared with.
_MAX_COMPARED = 50
_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b")


def without_furniture(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], int]:
    """Return the pages without running headers, footers and page numbers.

    A line near the upper or lower edge is one if lines that are alike but for their
    numbers stand in the same place on other pages. Of the outermost lines those with
    a number need not: the last page may be a short one.

    Returns:
        The pages, and the number of lines left out.
    """
    # For each line at an edge its kind, and on which pages and how high it stands.
    edges = [_edges(page) for page in pages]
    seen: dict[tuple[str, bool], list[tuple[int, float]]] = {}
    for number, (page, near) in enumerate(zip(pages, edges, strict=True)):
        for place, kind in near.items():
            seen.setdefault(kind, []).append((number, page[place].piece.middle))

    def repeats(number: int, line: Line, kind: tuple[str, bool]) -> bool:
        text, is_outermost = kind
        kinds = ((text, True), (text, False))
        return any(
            other != number
            and (
                abs(height - line.piece.middle) < _SAME_PLACE
                or (is_outermost and each[1] and "#" in text)
            )
            for each in kinds
            for other, height in seen.get(each, ())[:_MAX_COMPARED]
        )

    kept = [
        [
            line
            for place, line in enumerate(page)
            if place not in near or not repeats(number, line, near[place])
        ]
        for number, (page, near) in enumerate(zip(pages, edges, strict=True))
    ]
    left_out = sum(map(len, pages)) - sum(map(len, kept))
    return [_with_own_edges(page) for page in kept], left_out


def _with_own_edges(page: Sequence[Line]) -> list[Line]:
    """Return lines whose columns are as wide as lines of their size are in them."""
    pieces: dict[tuple[tuple[float, float], int], list[Piece]] = {}
    for line in page:
        key = (line.column, round(line.piece.size))
        pieces.setdefault(key, []).append(line.piece)
    edges = {
        key: (min(p.left for p in found), max(p.right for p in found))
        for key, found in pieces.items()
    }
    return [
        replace(line, column=edges[line.column, round(line.piece.size)])
        for line in page
    ]


def _edges(page: Sequence[Line]) -> dict[int, tuple[str, bool]]:
    """Return the lines near a page's edges by their places: what is alike of each.

    The second part of a kind tells whether it is the outermost line.
    """
    order = sorted(range(len(page)), key=lambda n: page[n].piece.middle)
    near = {*order[:_EDGE_LINES], *order[-_EDGE_LINES:]}
    return {
        place: (
            _DIGITS.sub("#", page[place].piece.text.casefold()),
            place in (order[0], order[-1]),
        )
        for place in near
        if not page[place].cells
    }
