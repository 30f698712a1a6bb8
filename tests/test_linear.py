"""What sees a text takes a time that grows as the text does, also on a bad one."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from index.documents import Document
from index.formats.extract import extract
from index.passages import Splitting, split_document
from index.quotes import QuoteSelector, find_quote
from index.terminal import printable
from qa.answering.citations import sentence_around

_TEXTS = {
    "one word": "a ",
    "Title Case": "Aa ",
    "no space": "a",
    "marks": ".?! ",
    "white space": " \t",
    "lines": "\n",
    "brackets": "([{",
    "abbreviations": "Mr. ",
    "initials": "U.S. ",
    "quotes": "“‘'\"",
}
_SHORT, _LONG = 5_000, 40_000
# Eight times the text in sixteen times the time at most, and whatever is that short.
_GROWTH, _NOTHING = 16, 0.05


def quote_search(text: str) -> None:
    find_quote(text, QuoteSelector("a " * 1000 + "b", "a " * 300, "a " * 300))
    find_quote(text, QuoteSelector("a", "x " * 300, "a " * 300))


def sentence_search(text: str) -> None:
    if text.strip():
        sentence_around(Document("d", text, "D"), len(text) // 2, len(text) // 2 + 1)


def split(text: str) -> None:
    extracted = extract(text.encode(), ".md")
    document = Document("d", extracted.text, "D", tables=extracted.tables)
    split_document(document, Splitting(), lambda piece: len(piece) // 4)


def spent(call: Callable[[str], object], text: str) -> float:
    """The processor's time, the best of three: others are at work as well."""
    best = float("inf")
    for _ in range(2):
        started = time.thread_time()
        call(text)
        best = min(best, time.thread_time() - started)
    return best


_TABLES = {
    "rows with a label alone": ("| a | b |\n|---|---|\n", "| xx |  |\n"),
    "rows like the header": ("| a | b |\n|---|---|\n", "| a | b |\n"),
    "rows without a label": ("| a | b |\n|---|---|\n", "|  | x |\n"),
    "tables": ("", "| a | b |\n|---|---|\n| x | y |\n\n"),
}


@pytest.mark.parametrize(("top", "row"), _TABLES.values(), ids=_TABLES.keys())
def test_time_grows_with_the_rows_of_a_table(top: str, row: str) -> None:
    long = spent(split, top + row * (_LONG // len(row)))
    short = spent(split, top + row * (_SHORT // len(row)))
    assert long < _GROWTH * short


def test_the_cells_of_a_very_wide_table_go_without_their_names() -> None:
    """Else each row would carry all of a header as long as an article."""
    wide = "| " + "name " * 300 + "| b |\n|---|---|\n| x | y |\n"
    long = "| a | b |\n|---|---|\n| " + "x " * 6000 + " | y |\n"
    for text in (wide, long):
        (table,) = extract(text.encode(), ".md").tables
        assert table.header == ()


@pytest.mark.parametrize("piece", _TEXTS.values(), ids=_TEXTS.keys())
@pytest.mark.parametrize("call", [quote_search, sentence_search, printable])
def test_time_grows_with_the_text(call: Callable[[str], object], piece: str) -> None:
    long = spent(call, piece * (_LONG // len(piece)))
    assert long < _NOTHING or long < _GROWTH * spent(
        call, piece * (_SHORT // len(piece))
    )
