"""Tables in a text: a line for each row, its cells parted by tabs."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

# No cell holds one: a row's line says by itself where its cells are.
CELL_END = "\t"
# Lines at the top of a table that may name its columns.
_HEADER_LINES = 20
# Characters of these names, and of a line: in a larger table cells go without names, as
# those of a row are put together anew for each passage of it.
_MAX_HEADER, _MAX_LINE = 1_000, 10_000
# Rows above one without a first cell that are looked through for what it is about.
_ROWS_ABOVE = 100


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a text: one line for each row, the cells parted by tabs.

    Attributes:
        start: Offset of its first row in the text; ``end`` is that after its last.
        header: The names of its columns; empty if it has none. A header that the
            table shows is its first lines too.
    """

    start: int
    end: int
    header: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedCells:
    """Rows of a table, each cell with the name of its column.

    Attributes:
        text: A line for each row; empty where nothing is named.
        places: Of each cell, where it stands in ``text``, and its half-open offsets in
            the text that the table is of.
    """

    text: str = ""
    places: tuple[tuple[int, int, int], ...] = ()


def row_text(cells: Sequence[str]) -> str:
    """Return the line of a row, on which an empty cell keeps its place."""
    return CELL_END.join(" ".join(cell.split()) for cell in cells)


def header_rows(rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows at the top of a table name its columns.

    A row whose only cell is the first is a title of the table. The row after it, or the
    first one, names the columns if it has no number in it and no cell is empty.
    """
    titles = 0
    while titles < len(rows) and is_title(rows[titles]):
        titles += 1
    if titles + 1 >= len(rows):
        return 0
    names = [cell.strip() for cell in rows[titles]]
    is_named = len(names) > 1 and all(names[1:])
    is_words = all(not name or any(map(str.isalpha, name)) for name in names)
    return titles + 1 if is_named and is_words else 0


def is_title(cells: Sequence[str]) -> bool:
    """Tell whether a row has several columns, and nothing but in the first of them."""
    return len(cells) > 1 and bool(cells[0].strip()) and not "".join(cells[1:]).strip()


def column_names(rows: Sequence[Sequence[str]], header_rows: int) -> tuple[str, ...]:
    """Return the names that the rows at the top of a table give to its columns.

    Of several rows, an upper one names the columns to the right of its cells as well:
    "Capacity" over "Cars" and "People". There are none in a table that is too large.
    """
    longest = max((sum(map(len, row)) for row in rows), default=0)
    if header_rows > _HEADER_LINES or longest > _MAX_LINE:
        return ()
    rows = [row for row in rows[:header_rows] if not is_title(row)]
    names: list[list[str]] = [[] for _ in range(max(map(len, rows), default=0))]
    for number, row in enumerate(rows, start=1):
        above = ""
        for place, cell in enumerate(row):
            name = " ".join(cell.split())
            above = name or (above if number < len(rows) else "")
            if above and above not in names[place]:
                names[place].append(above)
    joined = tuple(" ".join(parts) for parts in names)
    return joined if sum(map(len, joined)) <= _MAX_HEADER else ()


def row_spans(text: str, table: Table) -> Iterator[tuple[int, int]]:
    """Yield the offsets of a table's rows, without the white space at their ends.

    The first row comes together with those of the header, which alone say nothing.
    """
    body = _body(text, table)
    first: int | None = None
    for start, end in _lines(text, table.start, table.end):
        row = text[start:end]
        if not row.strip():
            continue
        left = start + len(row) - len(row.lstrip())
        right = start + len(row.rstrip())
        if end < body:
            first = left if first is None else first
        else:
            yield (left if first is None else first), right
            first = None


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        found = text.find("\n", start, end)
        line_end = end if found < 0 else found
        yield start, line_end
        start = line_end + 1


def _body(text: str, table: Table) -> int:
    """Return where the rows after those of the header start."""
    body = table.start
    if not table.header:
        return body
    for start, end in islice(_lines(text, table.start, table.end), _HEADER_LINES):
        cells = text[start:end].split(CELL_END)
        is_named = len(cells) <= len(table.header) and all(
            cell.strip() in name
            for cell, name in zip(cells, table.header, strict=False)
        )
        if is_named and end < table.end:
            body = end + 1
        elif not is_title(cells):
            break
    return body


def table_at(tables: Sequence[Table], start: int, end: int) -> Table | None:
    """Return the table that holds all of a span, or ``None``."""
    place = bisect.bisect_right(tables, start, key=lambda table: table.start) - 1
    if place < 0 or end > tables[place].end:
        return None
    return tables[place]


def name_cells(text: str, tables: Sequence[Table], start: int, end: int) -> NamedCells:
    """Return the rows that a span of the text touches, cells with their names.

    A line for each row, "Station: Birk; Founded: 1934". A cell without a name stands
    alone, and an empty one is left out, as what is outside of the span is but for the
    first cell, which tells what a row is about; a row without one goes on with what
    the one above it is about. There is nothing of a table without names, nor outside
    of tables.
    """
    table = table_at(tables, start, end)
    if table is None or not table.header:
        return NamedCells()
    body = _body(text, table)
    said: list[str] = []
    places: list[tuple[int, int, int]] = []
    length = 0
    row = max(body, text.rfind("\n", body, max(start, body)) + 1)
    for first, last in _lines(text, row, table.end):
        if first >= end:
            break
        joiner = "\n" if said else ""
        for number, (left, right) in enumerate(_cells(text, first, last)):
            if left == right and number == 0:
                left, right = _label_above(text, body, first)
            elif number > 0:
                # Of a row that was cut, a passage has a part.
                left, right = max(left, start), min(right, end)
            if left >= right:
                continue
            cell = text[left:right]
            name = table.header[number] if number < len(table.header) else ""
            label = joiner + (f"{name}: " if name and name != cell else "")
            said += [label, cell]
            places.append((length + len(label), left, right))
            length += len(label) + len(cell)
            joiner = "; "
    return NamedCells("".join(said), tuple(places))


def _cells(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the offsets of a row's cells, without the white space round them."""
    for cell in text[start:end].split(CELL_END):
        left = start + len(cell) - len(cell.lstrip())
        yield left, max(left, start + len(cell.rstrip()))
        start += len(cell) + len(CELL_END)


def _label_above(text: str, body: int, row: int) -> tuple[int, int]:
    """Return the nearest first cell above a row that is not empty, or an empty one."""
    for _ in range(_ROWS_ABOVE):
        if row <= body:
            break
        above = max(body, text.rfind("\n", body, row - 1) + 1)
        left, right = next(_cells(text, above, row - 1))
        if left < right:
            return left, right
        row = above
    return row, row
