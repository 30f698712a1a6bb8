"""Tables in a text: a line for each row, its cells parted by tabs."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# No cell holds one: a row's line says by itself where its cells are.
CELL_END = "\t"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a text: one line for each row, the cells parted by tabs.

    Attributes:
        start: Offset of its first row in the text; ``end`` is that after its last.
        header: The names of its columns; empty if it has none. A header that the
            table shows is its first line too.
    """

    start: int
    end: int
    header: tuple[str, ...] = ()


def row_text(cells: Sequence[str]) -> str:
    """Return the line of a row, on which an empty cell keeps its place."""
    return CELL_END.join(" ".join(cell.split()) for cell in cells)


def pairs(header: Sequence[str], row: str) -> str:
    """Return what a row says with the names of its columns: "Station: Birk; ...".

    A cell without a name stands alone, and an empty cell is left out. The cells stand
    as in the row and in its order.
    """
    cells = row.split(CELL_END)
    names = [*header, *[""] * len(cells)]
    return "; ".join(
        f"{name}: {cell.strip()}" if name and name != cell.strip() else cell.strip()
        for name, cell in zip(names, cells, strict=False)
        if cell.strip()
    )


def row_spans(text: str, table: Table) -> Iterator[tuple[int, int]]:
    """Yield the offsets of a table's rows, without the white space at their ends.

    The first row comes together with the row of the header, which alone says nothing.
    """
    start = table.start
    first: int | None = None
    while start < table.end:
        found = text.find("\n", start, table.end)
        end = table.end if found < 0 else found
        row = text[start:end]
        if row.strip():
            left = start + len(row) - len(row.lstrip())
            right = start + len(row.rstrip())
            names = tuple(row.split(CELL_END))
            if first is None and names == table.header and end < table.end:
                first = left
            else:
                yield (left if first is None else first), right
                first = None
        start = end + 1


def table_at(tables: Sequence[Table], start: int, end: int) -> Table | None:
    """Return the table that holds all of a span, or ``None``."""
    place = bisect.bisect_right(tables, start, key=lambda table: table.start) - 1
    if place < 0 or end > tables[place].end:
        return None
    return tables[place]


def row_context(text: str, tables: Sequence[Table], start: int, end: int) -> str:
    """Return the pairs of the rows in a span of the text; empty outside of tables."""
    table = table_at(tables, start, end)
    if table is None or not table.header:
        return ""
    rows = text[start:end].split("\n")
    if len(rows) > 1 and tuple(rows[0].split(CELL_END)) == table.header:
        del rows[0]
    return "\n".join(pairs(table.header, row) for row in rows)
