"""What sees a text takes a time that grows as the text does, also on a bad one."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from index.documents import Document
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


def spent(call: Callable[[str], object], text: str) -> float:
    """The processor's time, the best of three: others are at work as well."""
    best = float("inf")
    for _ in range(2):
        started = time.thread_time()
        call(text)
        best = min(best, time.thread_time() - started)
    return best


@pytest.mark.parametrize("piece", _TEXTS.values(), ids=_TEXTS.keys())
@pytest.mark.parametrize("call", [quote_search, sentence_search, printable])
def test_time_grows_with_the_text(call: Callable[[str], object], piece: str) -> None:
    long = spent(call, piece * (_LONG // len(piece)))
    assert long < _NOTHING or long < _GROWTH * spent(
        call, piece * (_SHORT // len(piece))
    )
