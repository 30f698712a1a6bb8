"""Finding a quote in a text again by its words, as W3C's TextQuoteSelector names it.

Offsets lead to a place only in the very text that they were taken from. Words lead to
it in a changed text as well, or tell that it is gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice

# A quote of this many words names its place by itself.
_ENOUGH_WORDS = 8
# Of the words round a shorter one, the share that must be left.
_ENOUGH_CONTEXT = 0.5
# Places weighed at most: one letter may stand in a book a million times.
_MAX_PLACES = 2000
# Characters looked at beyond the length of a context: some may have come in between.
_SLACK = 20

# Words of a context that are compared, the nearest: more tell no more.
_CONTEXT_WORDS = 20

# Typesetting is no change of words: straight quotes become curved ones, and back.
_PLAIN = str.maketrans(
    {mark: marks[0] for marks in ("'‘’ʼ", '"“”„', "-‐‑") for mark in marks}
)
# All that parts words; each as a space, as each mark as a plain one.
_SPACES = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005"
    "\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_PLAIN_SPACED = _PLAIN | dict.fromkeys(map(ord, _SPACES), " ")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class QuoteSelector:
    """Words in a text, with the words round them.

    Attributes:
        exact: The quote itself.
        prefix: What stands before it; it may begin and end anywhere.
        suffix: What stands after it.
    """

    exact: str
    prefix: str = ""
    suffix: str = ""


def find_quote(
    text: str, selector: QuoteSelector, near: int = 0
) -> tuple[int, int] | None:
    """Return where a quote stands in a text, or ``None`` if its words do not.

    White space and the form of quotation marks and hyphens do not count. A short quote
    is found only where half of the words round it are left: a name that is said
    elsewhere in the text is another quote.

    Args:
        text: To look in; it may have changed since the quote was taken.
        selector: What to look for.
        near: The offset at which the quote stood, which decides between equals.

    Returns:
        ``start, end``: half-open, in code points of ``text``.
    """
    words = selector.exact.split()
    if not words:
        return None
    places = list(islice(_places(text, words), _MAX_PLACES))
    if not places:
        return None
    prefix = selector.prefix.split()[-_CONTEXT_WORDS:]
    suffix = selector.suffix.split()[:_CONTEXT_WORDS]
    before = len(" ".join(prefix)) + _SLACK
    after = len(" ".join(suffix)) + _SLACK

    def left(place: tuple[int, int]) -> int:
        """Return how many of the words round the quote are round a place."""
        start, end = place
        return _shared(prefix, text[max(0, start - before) : start]) + _shared(
            suffix, text[end : end + after]
        )

    count, _, best = max((left(each), -abs(each[0] - near), each) for each in places)
    is_named = len(words) >= _ENOUGH_WORDS
    enough = _ENOUGH_CONTEXT * (len(prefix) + len(suffix))
    return best if is_named or count >= enough else None


def _places(text: str, words: list[str]) -> Iterator[tuple[int, int]]:
    """Yield where words stand in a text, whatever is the white space between them.

    By one search for one string: a pattern of many words would try each word of the
    text as the first of them, which a text of one word repeated makes last for hours.
    Words are told apart only where the string is found: a book has millions.
    """
    if len(words) == 1:
        yield from _finds(text.translate(_PLAIN), words[0].translate(_PLAIN))
        return
    joined = text.translate(_PLAIN_SPACED).lstrip()
    while "  " in joined:
        joined = joined.replace("  ", " ")
    matches = _WORD.finditer(text)
    start_of_word = looked = 0
    is_first = True

    def offset(place: int) -> int:
        """Return where a character of ``joined`` stands; for ascending ones."""
        nonlocal start_of_word, looked, is_first
        further = joined.count(" ", looked, place) + is_first
        for match in islice(matches, further):
            start_of_word = match.start()
        looked, is_first = place, False
        return start_of_word + place - (joined.rfind(" ", 0, place) + 1)

    for start, end in _finds(joined, " ".join(words).translate(_PLAIN)):
        yield offset(start), offset(end - 1) + 1


def _finds(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    place = text.find(wanted)
    while place >= 0:
        yield place, place + len(wanted)
        place = text.find(wanted, place + len(wanted))


def _shared(wanted: list[str], text: str) -> int:
    """Return how many of the words wanted a text has, in their order."""
    matcher = SequenceMatcher(None, wanted, text.split(), autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())
