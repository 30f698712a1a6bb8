"""Tables among the printed lines of a column: rows whose cells stand in columns."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from index.formats.pdf.lines import Piece

# Rows of a table start their cells at the same places, within so many points.
_ALIGNED = 6.0
_MIN_ROWS = 3
# Lines of one cell are this near, in heights of a line, and rows so much further apart.
_TIGHT = 1.2
_LOOSE = 1.3
# Lines of one piece that may follow each other in a table, but for those of one cell.
_ALONE = 2


def with_tables(
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
