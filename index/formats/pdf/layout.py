"""The order in which a page is read: columns one after the other, then lines."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.formats.pdf.lines import Piece, merged, rows
from index.formats.pdf.tables import with_tables

# A column has so many lines, and is so wide as a share of the text round it.
_MIN_LINES = 4
_MIN_WIDTH = 0.25
# Of the lines so many may cross the gap between columns: headlines do.
_CROSSING = 0.34
# Cells of a table are shorter than lines of prose.
_PROSE_CHARACTERS = 18
# Lines of a column start at the same place, within so many points.
_ALIGNED = 6.0
# So far in, in points, the first line of a paragraph may begin.
_INDENTED = 24.0
# Gaps that pages may have in common: two of three columns, on left and right pages.
_MAX_GUTTERS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page in the order of reading; a table's row has several cells.

    Attributes:
        column: The left and right edges of the column that it stands in.
    """

    piece: Piece
    cells: tuple[str, ...]
    column: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Gutter:
    """The gap between two columns.

    Attributes:
        middle: Where it is, from the page's left edge.
        start: Where the lines to its right begin.
    """

    middle: float
    start: float


def ordered_pages(pages: Sequence[Sequence[Piece]]) -> list[list[Line]]:
    """Return the lines of each page in the order in which a person reads them.

    The columns of one page tell of those on another that has but a few lines.
    """
    found = Counter(gutter for page in pages for gutter in _gutters(list(page)))
    known = [gutter for gutter, _ in found.most_common(_MAX_GUTTERS)]
    return [
        [
            line
            for column in _columns(list(page), known)
            for line in _lines_of_column(column)
        ]
        for page in pages
    ]


def _gutters(pieces: list[Piece]) -> Iterator[Gutter]:
    gutter = _gutter(pieces)
    if gutter is not None:
        yield gutter
        yield from _gutters([p for p in pieces if p.right <= gutter.middle])
        yield from _gutters([p for p in pieces if p.left >= gutter.middle])


def _columns(pieces: list[Piece], known: Sequence[Gutter]) -> Iterator[list[Piece]]:
    """Yield the parts of a page that are read one after the other."""
    gutter = _gutter(pieces) or _known_gutter(pieces, known)
    if gutter is None:
        if pieces:
            yield pieces
        return
    # What crosses the gap between two columns parts the page in bands.
    band: list[Piece] = []
    crossing: list[Piece] = []
    for line in rows(pieces):
        across = any(each.left < gutter.middle < each.right for each in line)
        if across:
            if band:
                yield from _sides(band, gutter, known)
                band = []
            crossing.extend(line)
        else:
            if crossing:
                yield crossing
                crossing = []
            band.extend(line)
    if band:
        yield from _sides(band, gutter, known)
    if crossing:
        yield crossing


def _sides(
    band: Sequence[Piece], gutter: Gutter, known: Sequence[Gutter]
) -> Iterator[list[Piece]]:
    yield from _columns([p for p in band if p.right <= gutter.middle], known)
    yield from _columns([p for p in band if p.right > gutter.middle], known)


def _known_gutter(pieces: Sequence[Piece], known: Sequence[Gutter]) -> Gutter | None:
    """Return one of the gaps of other pages, if these lines leave it free too."""
    for gutter in known:
        left = [p for p in pieces if p.right <= gutter.middle]
        right = [p for p in pieces if p.left >= gutter.middle]
        crossing = len(pieces) - len(left) - len(right)
        lines = [p for p in right if -_ALIGNED < p.left - gutter.start < _INDENTED]
        if (
            left
            and lines
            and crossing <= _CROSSING * len(pieces)
            # A page number may stand anywhere.
            and len(right) - len(lines) <= 1
            and _is_prose(left)
        ):
            return gutter
    return None


def _gutter(pieces: Sequence[Piece]) -> Gutter | None:
    """Return where the gap between two columns of prose is, if there is one."""
    if len(pieces) < 2 * _MIN_LINES:
        return None
    low, high = min(p.left for p in pieces), max(p.right for p in pieces)
    margin = _MIN_WIDTH * (high - low)
    best: tuple[int, Gutter] | None = None
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
            best = (crossing, Gutter(middle, start))
    return None if best is None else best[1]


def _is_prose(pieces: Sequence[Piece]) -> bool:
    return statistics.median(len(each.text) for each in pieces) >= _PROSE_CHARACTERS


def _lines_of_column(pieces: Sequence[Piece]) -> Iterator[Line]:
    edges = (min(p.left for p in pieces), max(p.right for p in pieces))
    for row, cells in with_tables(rows(pieces)):
        yield Line(merged(row), cells, edges)
