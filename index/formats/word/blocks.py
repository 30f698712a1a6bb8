"""The paragraphs and tables in the XML of a Word file (ECMA-376, part 1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from index.formats.blocks import TextBuilder
from index.formats.tables import header_rows

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
# What a reader does not see, and how it is told.
_UNSEEN = {
    f"{_W}del": "deletions",
    f"{_W}moveFrom": "deletions",
    f"{_W}commentReference": "comments",
}
_SILENT = {
    f"{_W}instrText",
    f"{_W}delText",
    f"{_W}rPr",
    f"{_W}pPr",
    f"{_W}sdtPr",
    f"{_W}tblPr",
    f"{_W}trPr",
    f"{_W}tcPr",
    f"{_W}sectPr",
}
_AS_TEXT = {
    f"{_W}tab": " ",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "-",
    f"{_W}ptab": " ",
}
_NOTES = {f"{_W}footnoteReference": "footnote", f"{_W}endnoteReference": "endnote"}
# Fields whose result is another on each page.
_PAGE_FIELDS = ("PAGE", "NUMPAGES", "SECTIONPAGES")
# A cell may claim to span any number of columns; no table has more than this.
_MAX_SPAN = 63


class WordBlocks:
    """Adds what a reader sees of a tree to a text, and counts what is left out.

    Attributes:
        noted: The notes that the text refers to, by their kind and number.
    """

    def __init__(self, builder: TextBuilder) -> None:
        self._builder = builder
        self._unseen: Counter[str] = Counter()
        # Of a paragraph whose end was deleted, so that the next one goes on with it.
        self._begun = ""
        self.noted: dict[tuple[str, str], None] = {}

    def left_out(self) -> tuple[str, ...]:
        """Return what was left out, in words."""
        return tuple(f"{count} {what}" for what, count in sorted(self._unseen.items()))

    def add(self, root: etree._Element) -> None:
        """Add the paragraphs and tables below an element."""
        self._add(root)
        self._end_paragraph()

    def _end_paragraph(self) -> None:
        self._builder.add(self._begun)
        self._begun = ""

    def _add(self, root: etree._Element) -> None:
        for child in root:
            if child.tag == f"{_W}p":
                self._add_paragraph(child)
            elif child.tag == f"{_W}tbl":
                self._end_paragraph()
                rows = list(self._rows(child))
                self._builder.add_table(rows, header_rows(rows))
            elif child.tag in _UNSEEN:
                self._unseen[_UNSEEN[child.tag]] += 1
            elif child.tag == f"{_MC}AlternateContent":
                self._add(_chosen(child))
            elif isinstance(child.tag, str) and child.tag not in _SILENT:
                # A content control, a tracked insertion, or what else wraps blocks.
                self._add(child)

    def _add_paragraph(self, paragraph: etree._Element) -> None:
        boxes: list[etree._Element] = []
        words = self._begun + "".join(self._words(paragraph, boxes))
        self._begun = words
        if paragraph.find(f"{_W}pPr/{_W}rPr/{_W}del") is None:
            self._end_paragraph()
        for box in boxes:
            self._add(box)

    def _words(
        self, root: etree._Element, boxes: list[etree._Element]
    ) -> Iterator[str]:
        """Yield the text of a paragraph; text boxes anchored in it are collected."""
        fields: list[list[str]] = []
        yield from self._run_words(root, boxes, fields)

    def _run_words(
        self,
        root: etree._Element,
        boxes: list[etree._Element],
        fields: list[list[str]],
    ) -> Iterator[str]:
        for child in root:
            tag = child.tag
            if tag in (f"{_W}t", f"{_MATH}t"):
                if not any(_is_page_field(field) for field in fields):
                    yield child.text or ""
            elif tag in _AS_TEXT:
                is_page = child.get(f"{_W}type") in ("page", "column")
                yield " " if is_page else _AS_TEXT[tag]
            elif tag in _UNSEEN:
                self._unseen[_UNSEEN[tag]] += 1
            elif tag == f"{_W}txbxContent":
                boxes.append(child)
            elif tag == f"{_W}fldChar":
                kind = child.get(f"{_W}fldCharType")
                if kind == "begin":
                    fields.append([])
                elif kind == "end" and fields:
                    fields.pop()
            elif tag == f"{_W}instrText" and fields:
                fields[-1].append(child.text or "")
            elif tag == f"{_W}fldSimple" and _is_page_field(
                [child.get(f"{_W}instr", "")]
            ):
                continue
            elif tag == f"{_W}r" and _is_hidden(child):
                self._unseen["hidden texts"] += 1
            elif tag == f"{_W}drawing":
                self._count_picture(child)
                yield from self._run_words(child, boxes, fields)
            elif tag in _NOTES:
                self.noted[(_NOTES[tag], child.get(f"{_W}id", ""))] = None
            elif tag == f"{_MC}AlternateContent":
                yield from self._run_words(_chosen(child), boxes, fields)
            elif isinstance(tag, str) and tag not in _SILENT:
                yield from self._run_words(child, boxes, fields)

    def _count_picture(self, drawing: etree._Element) -> None:
        if any(str(e.tag).endswith("}pic") for e in drawing.iter()):
            self._unseen["pictures"] += 1

    def _rows(self, table: etree._Element) -> Iterator[list[str]]:
        columns = len(table.findall(f"{_W}tblGrid/{_W}gridCol")) or _MAX_SPAN
        for row in _below(table, f"{_W}tr"):
            if row.find(f"{_W}trPr/{_W}del") is not None:
                self._unseen["deletions"] += 1
                continue
            cells = [""] * min(_number(row, f"{_W}trPr/{_W}gridBefore"), columns)
            for cell in _below(row, f"{_W}tc"):
                cells.append(self._cell(cell))
                span = _number(cell, f"{_W}tcPr/{_W}gridSpan")
                # The columns that it spans keep their places.
                cells.extend([""] * min(span - 1, max(0, columns - len(cells))))
            yield cells

    def _cell(self, cell: etree._Element) -> str:
        """Return the text of a cell, with that of boxes and tables inside it."""
        inside = WordBlocks(TextBuilder())
        inside._unseen, inside.noted = self._unseen, self.noted
        inside.add(cell)
        return inside._builder.text


def _chosen(alternate: etree._Element) -> etree._Element:
    """Return the one of several versions of the same content that a reader sees."""
    for tag in ("Choice", "Fallback"):
        found = alternate.find(f"{_MC}{tag}")
        if found is not None:
            return found
    return etree.Element("none")


def _below(root: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Yield the rows of a table or the cells of a row, also those in controls."""
    for child in root:
        if child.tag == tag:
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _below(child, tag)


def _number(root: etree._Element, path: str) -> int:
    found = root.find(path)
    value = found.get(f"{_W}val", "") if found is not None else ""
    return int(value[:9]) if value.isascii() and value.isdigit() else 0


def _is_hidden(run: etree._Element) -> bool:
    found = run.find(f"{_W}rPr/{_W}vanish")
    return found is not None and found.get(f"{_W}val") not in ("0", "false", "off")


def _is_page_field(instruction: list[str]) -> bool:
    return "".join(instruction).strip().upper().startswith(_PAGE_FIELDS)
