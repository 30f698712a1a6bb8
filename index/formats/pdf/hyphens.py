"""Words parted at the end of a printed line: whether the hyphen is the word's own."""

from __future__ import annotations

import re
from collections.abc import Iterable

import wordfreq

_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
# On wordfreq's scale of powers of ten (Speer 2022): a joined word may be this much
# rarer than the rarer of its two parts before the two are taken for a compound.
# Measured with scripts/check_extraction.py --hyphens.
_RARER = 1.0
_KNOWN = 1.0


class Hyphens:
    """Decides for one document, whose other words are the best evidence."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Take the lines of the document, of which the last words may be parted."""
        self._words: set[str] = set()
        for line in lines:
            self._words.update(word.casefold() for word in _WORD.findall(line))

    def is_parting(self, first: str, second: str) -> bool:
        """Tell whether a hyphen between two parts of a word only parts it at a line.

        Args:
            first: The letters before the hyphen.
            second: Those after it, on the next line.
        """
        if not second[:1].islower() or not first[-1:].isalpha():
            return False
        first = re.split(r"[-‐]", first)[-1]
        joined = (first + second).casefold()
        hyphened = f"{first}-{second}".casefold()
        if hyphened in self._words:
            return False
        if joined in self._words:
            return True
        frequency = wordfreq.zipf_frequency(joined, "en")
        parts = (wordfreq.zipf_frequency(part, "en") for part in (first, second))
        return frequency >= max(_KNOWN, min(parts) - _RARER)
