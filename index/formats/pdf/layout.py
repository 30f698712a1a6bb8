"""The order in which a page is read: columns one after the other, then lines."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.formats.pdf.lines import Piece, merged, rows

# A column has so many lines, and is so wide as a share of the text round it.
_MIN_LINES = 4
_MIN_WIDTH = 0.25
# Of the lines so many may cross the gap between columns: headlines do.
_CROSSING = 0.34
# Cells of a table are shorter than lines of prose.
_PROSE_CHARACTERS = 18
# Rows of a table start their cells at the same places, within so many points.
_ALIGNED = 6.0
_MIN_ROWS = 3
# Lines from the edge in which headers and footers stand, and how far they move.
_EDGE_LINES = 3
_SAME_PLACE = 6.0
# Pages that a line is compared with.
_MAX_COMPARED = 50
_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page in the order of reading; a table's row has several cells.

    Attributes:
        column: The left and right edges of the column that it stands in.
    """

    piece: Piece
    cells: tuple[str, ...]
    column: tuple[float, float]


def ordered_lines(pieces: Sequence[Piece]) -> list[Line]:
    """Return the lines of a page in the order in which a person reads them."""
    return [
        line for column in _columns(list(pieces)) for line in _lines_of_column(column)
    ]


def _columns(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Yield the parts of a page that are read one after the other."""
    gutter = _gutter(pieces)
    if gutter is None:
        if pieces:
            yield pieces
        return
    # What crosses the gap between two columns parts the page in bands.
    band: list[Piece] = []
    crossing: list[Piece] = []
    for line in rows(pieces):
        across = any(each.left < gutter < each.right for each in line)
        if across:
            if band:
                yield from _sides(band, gutter)
                band = []
            crossing.extend(line)
        else:
            if crossing:
                yield crossing
                crossing = []
            band.extend(line)
    if band:
        yield from _sides(band, gutter)
    if crossing:
        yield crossing


def _sides(band: Sequence[Piece], gutter: float) -> Iterator[list[Piece]]:
    yield from _columns([each for each in band if each.right <= gutter])
    yield from _columns([each for each in band if each.right > gutter])


def _gutter(pieces: Sequence[Piece]) -> float | None:
    """Return where the gap between two columns of prose is, if there is one."""
    if len(pieces) < 2 * _MIN_LINES:
        return None
    low, high = min(p.left for p in pieces), max(p.right for p in pieces)
    margin = _MIN_WIDTH * (high - low)
    best: tuple[int, float] | None = None
    # The right edge of most lines of a left column is where the gap begins.
    for edge in {round(piece.right) for piece in pieces}:
        starts = [p.left for p in pieces if p.left > edge]
        if not starts:
            continue
        # The next column starts where most lines begin.
        start = Counter(round(left) for left in starts).most_common(1)[0][0]
        middle = (edge + start) / 2
        if not low + margin < middle < high - margin:
            continue
        left = [p for p in pieces if p.right <= middle]
        right = [p for p in pieces if p.left >= middle]
        crossing = len(pieces) - len(left) - len(right)
        if min(len(left), len(right)) < _MIN_LINES:
            continue
        if crossing > _CROSSING * len(pieces):
            continue
        if not (_is_prose(left) and _is_prose(right)):
            continue
        if best is None or crossing < best[0]:
            best = (crossing, middle)
    return None if best is None else best[1]


def _is_prose(pieces: Sequence[Piece]) -> bool:
    return statistics.median(len(each.text) for each in pieces) >= _PROSE_CHARACTERS


def _lines_of_column(pieces: Sequence[Piece]) -> Iterator[Line]:
    lines = rows(pieces)
    edges = (min(p.left for p in pieces), max(p.right for p in pieces))
    is_row = _table_rows(lines)
    for line, in_table in zip(lines, is_row, strict=True):
        cells = tuple(each.text for each in line) if in_table else ()
        yield Line(merged(line), cells, edges)


def _table_rows(lines: Sequence[Sequence[Piece]]) -> list[bool]:
    """Tell of each line whether it is a row of a table: its cells stand in columns."""
    found = [False] * len(lines)
    first = 0
    while first < len(lines):
        last = first
        while last + 1 < len(lines) and _is_aligned(lines[first], lines[last + 1]):
            last += 1
        if len(lines[first]) > 1 and last - first + 1 >= _MIN_ROWS:
            found[first : last + 1] = [True] * (last - first + 1)
        first = last + 1
    return found


def _is_aligned(one: Sequence[Piece], other: Sequence[Piece]) -> bool:
    if len(one) != len(other) or len(one) < 2:
        return False
    return all(
        abs(a.left - b.left) < _ALIGNED
        or abs(a.right - b.right) < _ALIGNED
        or abs(a.left + a.right - b.left - b.right) < 2 * _ALIGNED
        for a, b in zip(one, other, strict=True)
    )


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
    return kept, sum(map(len, pages)) - sum(map(len, kept))


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
