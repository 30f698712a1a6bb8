"""The printed lines of a PDF page, where they stand: pypdfium2."""

from __future__ import annotations

import ctypes
import statistics
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pypdfium2 as pdfium
import pypdfium2.raw as raw

# PDFium's own mark for a hyphen at the end of a line, and what else stands for one.
_HYPHENS = {"\x02": "-", "\ufffe": "-", "\u2010": "-"}
# In sizes of the letters: a gap this wide is a space, and one that wide parts columns.
_SPACE = 0.15
_GAP = 1.0
_BASELINE = 0.4


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand side by side, in points from the page's lower left corner.

    Attributes:
        size: Height of its letters.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float

    @property
    def middle(self) -> float:
        """Return the height of its middle above the page's lower edge."""
        return (self.bottom + self.top) / 2


def page_pieces(page: pdfium.PdfPage) -> list[Piece]:
    """Return the pieces of a page's lines, in the order in which they were drawn."""
    textpage = page.get_textpage()
    try:
        return [*_joined([*_characters(textpage)])]
    finally:
        textpage.close()


def _characters(textpage: pdfium.PdfTextPage) -> Iterator[Piece]:
    """Yield each character with its box; a space has no text."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    loose = raw.FS_RECTF()
    for place in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage, place)
        if code == 0 or 0xD800 <= code <= 0xDFFF:
            continue
        character = chr(code)
        if character in "\r\n":
            continue
        raw.FPDFText_GetCharBox(textpage, place, left, right, bottom, top)
        raw.FPDFText_GetLooseCharBox(textpage, place, loose)
        size = abs(loose.top - loose.bottom) or 1.0
        text = _HYPHENS.get(character, character)
        if "\ufb00" <= text <= "\ufb06":
            # A ligature is a way to print letters, not a letter.
            text = unicodedata.normalize("NFKC", text)
        is_space = text.isspace()
        yield Piece(
            "" if is_space else text,
            loose.left if is_space else min(left.value, loose.left),
            loose.right,
            loose.bottom,
            loose.top,
            size,
        )


def _joined(characters: Sequence[Piece]) -> Iterator[Piece]:
    """Yield runs of characters on one line without a gap as wide as between columns."""
    run: list[Piece] = []
    spaced = False
    words: list[str] = []
    for each in characters:
        if not each.text:
            spaced = True
            continue
        if run:
            last = run[-1]
            gap = each.left - last.right
            same_line = abs(each.middle - last.middle) < _BASELINE * max(
                each.size, last.size
            )
            if not same_line or gap > _GAP * each.size or gap < -_GAP * each.size:
                yield _piece(run, words)
                run, words = [], []
            elif spaced or gap > _SPACE * each.size:
                words.append(" ")
        run.append(each)
        words.append(each.text)
        spaced = False
    if run:
        yield _piece(run, words)


def _piece(run: Sequence[Piece], words: Sequence[str]) -> Piece:
    return Piece(
        "".join(words),
        min(each.left for each in run),
        max(each.right for each in run),
        min(each.bottom for each in run),
        max(each.top for each in run),
        statistics.median(each.size for each in run),
    )


def rows(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Return the pieces line by line from the top, each line from left to right."""
    found: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda each: -each.middle):
        line = found[-1] if found else []
        if line and abs(line[0].middle - piece.middle) < _BASELINE * max(
            piece.size, line[0].size
        ):
            line.append(piece)
        else:
            found.append([piece])
    return [sorted(line, key=lambda each: each.left) for line in found]


def merged(line: Sequence[Piece]) -> Piece:
    """Return one piece of all those of a line."""
    return replace(
        line[0],
        text=" ".join(piece.text for piece in line),
        right=max(piece.right for piece in line),
        bottom=min(piece.bottom for piece in line),
        top=max(piece.top for piece in line),
        size=max(piece.size for piece in line),
    )
