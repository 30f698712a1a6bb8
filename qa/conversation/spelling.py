"""Misspelt words of a question, written as the documents have them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from rapidfuzz.distance import OSA

_WORD = re.compile(r"[^\W\d_]+")
# Shorter words are a slip away from too many others.
_SHORTEST = 4
# From this length on, two slips in a word leave no doubt which one was meant.
_LONG = 8


class Vocabulary(Protocol):
    """The words of an index."""

    def has_word(self, word: str) -> bool:
        """Tell whether a document has a word, in any form."""
        ...

    def similar_words(self, word: str, slips: int) -> Sequence[str]:
        """Return words of documents that are so many slips away or a little more."""
        ...


def correct(
    question: str, vocabulary: Vocabulary, is_known: Callable[[str], bool]
) -> str:
    """Return the question with its misspelt words as the documents write them.

    A word that no document has and that is unknown otherwise is taken for the only
    word of the documents that is a slip away from it, or two in long words: a letter
    left out, put in, changed or swapped with the next.

    Args:
        question: As asked.
        vocabulary: Of the index.
        is_known: Whether a word is a common one, and so no slip, though no document
            has it.
    """

    def mended(match: re.Match[str]) -> str:
        word = match.group()
        if len(word) < _SHORTEST or is_known(word) or vocabulary.has_word(word):
            return word
        slips = 2 if len(word) >= _LONG else 1
        near: dict[int, set[str]] = {}
        for other in vocabulary.similar_words(word, slips):
            distance = OSA.distance(word.lower(), other.lower(), score_cutoff=slips)
            if 0 < distance <= slips:
                near.setdefault(distance, set()).add(other.lower())
        nearest = near[min(near)] if near else set()
        return _like(word, nearest.pop()) if len(nearest) == 1 else word

    return _WORD.sub(mended, question)


def _like(word: str, meant: str) -> str:
    return meant[0].upper() + meant[1:] if word[0].isupper() else meant
