"""The text of a PDF file, page by page, as it is read and not as it is drawn."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from datetime import datetime

import pypdfium2 as pdfium

from index.formats.base import MAX_CHARACTERS, Extracted, ExtractError, Findings
from index.formats.blocks import TextBuilder
from index.formats.pdf.furniture import without_furniture
from index.formats.pdf.hyphens import Hyphens
from index.formats.pdf.layout import Line, ordered_pages
from index.formats.pdf.lines import Piece, page_pieces
from index.formats.tables import header_rows
from index.formats.titles import told_title

_MAX_PAGES = 5_000
_STOP = re.compile(r"[.!?…:][\"'”’»)\]]*\Z")
_PARTED = re.compile(r"(\w[\w'’-]*)[-\u00ad]\Z")
_FIRST_WORD = re.compile(r"\w+")
_DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?")
# In heights of a line: more is between two paragraphs.
_BLANK = 0.6
# In shares of the column: how ragged lines are beyond the word that did not fit, and
# how far in a line starts that begins a paragraph.
_RAGGED = 0.12
_INDENT = 0.025
_OTHER_SIZE = 0.12
_HEADING_SIZE = 1.15
_HEADING_LINES = 4
_MAX_HEADING = 200


def extract_pdf(data: bytes) -> Extracted:
    """Return the text of a PDF, its lines joined to paragraphs, and where pages start.

    Columns are read one after the other; running headers, footers and page numbers are
    left out; a word that was parted at the end of a line is joined. A paragraph that
    goes on over a page's end is one.

    Raises:
        ExtractError: If it is broken, encrypted or too long.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise ExtractError("is encrypted; save it without a password") from error
        raise ExtractError(f"is a broken PDF ({error})") from error
    try:
        pages = _pages(document)
        title = told_title(document.get_metadata_value("Title"))
        created = document.get_metadata_value("CreationDate")
    except pdfium.PdfiumError as error:
        raise ExtractError(f"is a broken PDF ({error})") from error
    finally:
        document.close()
    kept, furniture = without_furniture(pages)
    writer = _Writer(kept)
    left_out = [f"{furniture} headers, footers and page numbers"] if furniture else []
    empty = sum(not page for page in pages)
    if empty:
        left_out.append(f"{empty} pages without text")
    return Extracted(
        writer.builder.text,
        title=title or _heading(kept),
        published=_published(created),
        pages=tuple(writer.pages),
        tables=writer.builder.tables,
        findings=Findings(hyphens=writer.hyphens, left_out=tuple(left_out)),
    )


def _pages(document: pdfium.PdfDocument) -> list[list[Line]]:
    if len(document) > _MAX_PAGES:
        raise ExtractError(f"has more than {_MAX_PAGES:,} pages; split it")
    pages: list[list[Piece]] = []
    characters = 0
    for number in range(len(document)):
        page = document[number]
        pieces = page_pieces(page)
        page.close()
        characters += sum(len(piece.text) for piece in pieces)
        if characters > MAX_CHARACTERS:
            raise ExtractError(
                f"holds more than {MAX_CHARACTERS:,} characters; split it into articles"
            )
        pages.append(pieces)
    return ordered_pages(pages)


class _Writer:
    """Joins the lines of all pages to paragraphs and tables.

    Attributes:
        pages: Where each page starts in the text.
        hyphens: How many parted words were joined.
    """

    def __init__(self, pages: Sequence[Sequence[Line]]) -> None:
        self.builder = TextBuilder()
        self.pages: list[int] = []
        self.hyphens = 0
        self._known = Hyphens(line.piece.text for page in pages for line in page)
        self._paragraph = ""
        # Where pages start in the paragraph that is being made.
        self._starts: list[int] = []
        self._rows: list[tuple[str, ...]] = []
        last: Line | None = None
        for page in pages:
            self._starts.append(len(self._paragraph))
            for line in page:
                self._add(line, last)
                last = line
        self._end_paragraph()
        self._end_table()

    def _add(self, line: Line, last: Line | None) -> None:
        if line.cells:
            self._end_paragraph()
            if self._rows and len(self._rows[-1]) != len(line.cells):
                self._end_table()
            self._rows.append(line.cells)
            return
        self._end_table()
        if self._paragraph and last is not None and _begins(line, last):
            self._end_paragraph()
        if not self._paragraph:
            self._starts = [0 for _ in self._starts]
        self._join(line.piece.text)

    def _join(self, text: str) -> None:
        parted = _PARTED.search(self._paragraph)
        word = _FIRST_WORD.match(text)
        if parted and word:
            is_soft = self._paragraph.endswith("\u00ad")
            if is_soft or self._known.is_parting(parted[1], word.group()):
                self._paragraph = self._paragraph[:-1]
                self.hyphens += 1
        elif self._paragraph:
            self._paragraph += " "
        # A page that starts here starts behind the space.
        full = len(self._paragraph)
        self._starts = [full if start >= full - 1 else start for start in self._starts]
        self._paragraph += text

    def _end_paragraph(self) -> None:
        if not self._paragraph.strip():
            return
        start = self.builder.add(self._paragraph.replace("\u00ad", ""))
        end = self.builder.length
        self.pages.extend(min(start + each, end) for each in self._starts)
        self._starts = []
        self._paragraph = ""

    def _end_table(self) -> None:
        if not self._rows:
            return
        before = self.builder.length
        self.builder.add_table(self._rows, header_rows(self._rows))
        self.pages.extend(before for _ in self._starts)
        self._starts = []
        self._rows = []


def _begins(line: Line, last: Line) -> bool:
    """Tell whether a line begins a paragraph, after the one before it."""
    text, before = line.piece.text, last.piece.text
    if _PARTED.search(before) and text[:1].isalnum():
        return False
    is_end = _STOP.search(before) is not None
    larger = max(line.piece.size, last.piece.size)
    if abs(line.piece.size - last.piece.size) > _OTHER_SIZE * larger:
        return True
    left, right = last.column
    # A line is short of its own will if the next word would have fitted on it.
    word = text.find(" ") + 1 or len(text) + 1
    needed = word * (line.piece.right - line.piece.left) / max(1, len(text))
    is_short = last.piece.right + needed < right - _RAGGED * (right - left)
    gap = last.piece.bottom - line.piece.top
    if line.column != last.column or gap < -larger:
        # Another column or page: it goes on unless a sentence has ended.
        return is_end or (is_short and not text[:1].islower())
    if gap > _BLANK * larger:
        return is_end or not text[:1].islower()
    indent = line.piece.left - line.column[0]
    was_indented = last.piece.left - left
    is_indented = indent > _INDENT * (right - left) and indent > was_indented + 1
    return (is_short or is_indented) and (is_end or not text[:1].islower())


def _heading(pages: Sequence[Sequence[Line]]) -> str | None:
    """Return the line in the largest letters at the head of the first page."""
    lines = [line for page in pages for line in page]
    if not lines:
        return None
    usual = statistics.median(line.piece.size for line in lines)
    first = pages[0][:_HEADING_LINES]
    size = max((line.piece.size for line in first), default=0.0)
    if size < _HEADING_SIZE * usual:
        return None
    words = " ".join(line.piece.text for line in first if line.piece.size > 0.95 * size)
    return told_title(words) if len(words) <= _MAX_HEADING else None


def _published(created: str) -> str | None:
    """Return the date of a PDF's own notation, if it is one."""
    match = _DATE.match(created or "")
    if match is None:
        return None
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        return datetime(year, month, day).date().isoformat()
    except ValueError:
        return None
