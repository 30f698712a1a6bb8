"""The order in which a page is read: columns one after the other, then lines."""

from __future__ import annotations

import itertools
import math
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
# So far in, in points, the first line of a paragraph may begin.
_INDENTED = 24.0
# Gaps that pages may have in common: two of three columns, on left and right pages.
_MAX_GUTTERS = 4
_MIN_ROWS = 3
# Lines of one cell are this near, in heights of a line, and rows so much further apart.
_TIGHT = 1.2
_LOOSE = 1.3
# Lines of one piece that may follow each other in a table, but for those of one cell.
_ALONE = 2


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
    for row, cells in _with_tables(rows(pieces)):
        yield Line(merged(row), cells, edges)


def _with_tables(
    lines: Sequence[Sequence[Piece]],
) -> Iterator[tuple[Sequence[Piece], tuple[str, ...]]]:
    """Yield the lines, and of tables the rows with their cells.

    Cells stand in columns, which the rows without an empty cell show. A cell may go
    over several lines.
    """
    done = first = 0
    while first < len(lines):
        columns, end = _table_end(lines, first)
        if columns is None:
            first += 1
            continue
        while first > done and _is_in_cell(columns, lines[first - 1], lines[first]):
            first -= 1
        while end < len(lines) and _is_in_cell(columns, lines[end], lines[end - 1]):
            end += 1
        yield from ((line, ()) for line in lines[done:first])
        yield from _rows_of_table(columns, lines[first:end])
        done = first = end
    yield from ((line, ()) for line in lines[done:])


def _rows_of_table(
    columns: Sequence[Piece], lines: Sequence[Sequence[Piece]]
) -> Iterator[tuple[Sequence[Piece], tuple[str, ...]]]:
    """Yield the rows: a line each, or several where rows stand further apart."""
    away = [_distance(one, other) for one, other in itertools.pairwise(lines)]
    is_loose = max(away) > _LOOSE * min(away)
    row, cells = list(lines[0]), _cells(columns, lines[0]) or ()
    last = lines[0]
    for line in lines[1:]:
        more = _cells(columns, line) or ()
        is_one = is_loose and _is_tight(line, last) and not (cells[0] and more[0])
        last = line
        if is_one:
            row.extend(line)
            pairs = zip(cells, more, strict=True)
            cells = tuple(" ".join(filter(None, pair)) for pair in pairs)
        else:
            yield row, cells
            row, cells = list(line), more
    yield row, cells


def _is_in_cell(
    columns: Sequence[Piece], line: Sequence[Piece], row: Sequence[Piece]
) -> bool:
    """Tell whether a line beside a table's outer row is a part of a cell of it."""
    cells = _cells(columns, line)
    is_part = cells is not None and not cells[0]
    return len(line) == 1 and is_part and _is_tight(line, row)


def _is_tight(line: Sequence[Piece], other: Sequence[Piece]) -> bool:
    return _distance(line, other) < _TIGHT * line[0].size


def _distance(one: Sequence[Piece], other: Sequence[Piece]) -> float:
    return abs(one[0].middle - other[0].middle)


def _table_end(
    lines: Sequence[Sequence[Piece]], first: int
) -> tuple[Sequence[Piece] | None, int]:
    """Return the columns of the table that starts at a line, if one does, and its end.

    That is the end of the run of lines that fit the columns of one of them, as far as
    the last of several pieces.
    """
    columns = lines[first]
    right = max(piece.right for piece in columns)
    end = place = first + 1
    alone = 0
    while place < len(lines) and len(columns) > 1:
        line = lines[place]
        if len(line) > len(columns):
            if any(_cells(line, each) is None for each in lines[first:place]):
                break
            columns = line
        elif _cells(columns, line, right) is None:
            break
        alone += len(line) == 1 and not _is_tight(line, lines[place - 1])
        if alone > _ALONE:
            break
        place += 1
        if len(line) > 1:
            end, alone = place, 0
            right = max(right, line[-1].right)
    found = [line for line in lines[first:end] if len(line) > 1]
    full = sum(len(line) == len(columns) for line in found)
    is_table = len(columns) > 1 and len(found) >= _MIN_ROWS and full > 1
    return (columns if is_table else None), end


def _cells(
    columns: Sequence[Piece], line: Sequence[Piece], right: float = math.inf
) -> tuple[str, ...] | None:
    """Return a line's text in each column, or ``None`` if it does not stand in them.

    A merged cell stands in the first column, alone, and ends before ``right``.
    """
    cells = [""] * len(columns)
    place = 0
    for piece in line:
        while place < len(columns) and not _is_aligned(columns[place], piece):
            place += 1
        if place == len(columns):
            return None
        if len(line) == 1 and place == 0:
            edge = right
        else:
            edge = columns[place + 1].left if place + 1 < len(columns) else math.inf
        if piece.right > edge:
            return None
        cells[place] = piece.text
        place += 1
    return tuple(cells)


def _is_aligned(one: Piece, other: Piece) -> bool:
    return (
        abs(one.left - other.left) < _ALIGNED
        or abs(one.right - other.right) < _ALIGNED
        or abs(one.left + one.right - other.left - other.right) < 2 * _ALIGNED
    )
