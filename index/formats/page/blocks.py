"""The paragraphs and tables in the tree of a web page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from index.formats.blocks import TextBuilder
from index.formats.page.around import INLINE, is_around
from index.formats.tables import header_rows

# A list of so many links and little else leads to other pages.
_MIN_LINKS = 2
_LINK_SHARE = 0.6
_MAX_SPAN = 63


def add_blocks(builder: TextBuilder, root: HtmlElement) -> None:
    """Add the paragraphs, lists and data tables below an element to a text."""
    words: list[str] = []

    def flush() -> None:
        builder.add(_folded(words))
        words.clear()

    def walk(element: HtmlElement) -> None:
        if element.tag == "table" and _is_data(element):
            flush()
            caption = element.find("caption")
            if caption is not None:
                builder.add(_cell(caption))
            rows = _rows(element)
            builder.add_table(rows, _header_rows(element, rows))
            return
        if element.tag == "br":
            words.append("\n")
            return
        is_block = element.tag not in INLINE
        if is_block:
            flush()
        if element.tag == "li":
            words.append(_mark(element))
        if element.text:
            words.append(_verbatim(element, element.text))
        for child in element:
            if not isinstance(child.tag, str):
                pass
            elif not is_around(child) and not _is_link_list(child):
                walk(child)
            elif child.tag not in INLINE:
                flush()
            if child.tail:
                words.append(_verbatim(element, child.tail))
        if is_block:
            flush()

    walk(root)
    flush()


def _verbatim(element: HtmlElement, text: str) -> str:
    """Return text with its line ends only where they show, as in ``pre``."""
    return text if element.tag == "pre" else re.sub(r"\s+", " ", text)


def _folded(words: list[str]) -> str:
    lines = (" ".join(line.split()) for line in "".join(words).split("\n"))
    return "\n".join(line for line in lines if line)


def _mark(item: HtmlElement) -> str:
    """Return the number of an item; in a cell, whose items share a line, its bullet."""
    if item.getparent().tag == "ol":
        return f"{_number(item)}. "
    in_cell = next(item.iterancestors("td", "th"), None) is not None
    is_one_of_many = any(True for _ in item.itersiblings("li", preceding=True)) or (
        item.getnext() is not None
    )
    return "• " if in_cell and is_one_of_many else ""


def _number(item: HtmlElement) -> int:
    start = item.getparent().get("start", "1")
    first = int(start) if re.fullmatch(r"\d{1,6}", start) else 1
    return first + sum(1 for _ in item.itersiblings("li", preceding=True))


def _is_link_list(element: HtmlElement) -> bool:
    """Tell whether a list or a block is links and little else."""
    if element.tag not in ("ul", "ol", "div", "section"):
        return False
    links = element.findall(".//a")
    if len(links) < _MIN_LINKS:
        return False
    text = len("".join(element.itertext()).split())
    linked = sum(len("".join(link.itertext()).split()) for link in links)
    return linked > _LINK_SHARE * text


def _is_data(table: HtmlElement) -> bool:
    """Tell whether a table holds data, and is no layout of a page.

    One with other tables in its cells does if its columns have names.
    """
    names = (cell for row in _own_rows(table) for cell in row if cell.tag == "th")
    has_names = next(names, None) is not None
    return (has_names or table.find(".//table") is None) and not any(
        element.tag in ("article", "h1", "h2", "nav", "form")
        for element in table.iter()
    )


def _own_rows(table: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the rows of a table, without those of tables in its cells."""
    for row in table.iter("tr"):
        if next(row.iterancestors("table")) is table:
            yield row


def _rows(table: HtmlElement) -> list[list[str]]:
    """Return the cells of each row; what is spanned by another cell is empty."""
    rows: list[list[str]] = []
    # For each column, how many more rows a cell above reaches down.
    below: list[int] = []
    for row in _own_rows(table):
        cells: list[str] = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while len(cells) < len(below) and below[len(cells)] > 0:
                cells.append("")
            wide = min(_span(cell, "colspan"), _MAX_SPAN)
            first = len(cells)
            below.extend([0] * (first + wide - len(below)))
            # One for this row, which is taken off at its end.
            below[first : first + wide] = [_span(cell, "rowspan")] * wide
            cells.extend([_cell(cell), *[""] * (wide - 1)])
        cells.extend([""] * (len(below) - len(cells)))
        below = [max(0, each - 1) for each in below]
        rows.append(cells)
    return rows


def _span(cell: HtmlElement, name: str) -> int:
    value = cell.get(name, "1")
    return max(1, int(value)) if re.fullmatch(r"\d{1,6}", value) else 1


def _cell(cell: HtmlElement) -> str:
    inside = TextBuilder()
    add_blocks(inside, cell)
    return inside.text


def _header_rows(table: HtmlElement, rows: list[list[str]]) -> int:
    """Return how many rows at the top of a table name its columns."""
    count = 0
    for row in _own_rows(table):
        if any(cell.tag == "td" for cell in row):
            break
        count += 1
    if count < len(rows):
        return count or header_rows(rows)
    return 0
