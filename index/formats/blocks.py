"""Putting a text together: paragraphs and tables, each where it will stand."""

from __future__ import annotations

from collections.abc import Sequence

from index.formats.tables import CELL_END, Table, column_names, row_text

# Between two paragraphs: a line end alone may be inside one.
_APART = "\n\n"


class TextBuilder:
    """Collects the blocks of an article in their order, and keeps where tables are."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._tables: list[Table] = []

    @property
    def length(self) -> int:
        """Return the number of characters so far."""
        return self._length

    @property
    def text(self) -> str:
        """Return the text so far."""
        return "".join(self._parts)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Return the tables so far."""
        return tuple(self._tables)

    def add(self, block: str, between: str = _APART) -> int:
        """Add a paragraph; a blank one is none. Return where it starts."""
        block = block.strip()
        if not block:
            return self._length
        if self._parts:
            self._parts.append(between)
            self._length += len(between)
        self._parts.append(block)
        self._length += len(block)
        return self._length - len(block)

    def add_table(self, rows: Sequence[Sequence[str]], header_rows: int) -> None:
        """Add a table, a line for each row; one of a single column is a list.

        So many rows at its top name its columns.
        """
        lines = [row_text(cells) for cells in rows]
        if not any(CELL_END in line for line in lines):
            for line in lines:
                self.add(line)
            return
        lines = [line for line in lines if line.strip()]
        if not lines:
            return
        if self._parts:
            self._parts.append(_APART)
            self._length += len(_APART)
        # Not stripped: an empty cell at the edge keeps its place.
        text = "\n".join(lines)
        self._parts.append(text)
        start, self._length = self._length, self._length + len(text)
        header = column_names(rows, header_rows)
        self._tables.append(Table(start, self._length, header))
