"""The same question in other words: people ask in plainer ones than the news uses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from qa.confidence import content_words
from qa.words import read_phrases

_GROUPS = read_phrases("synonyms")
_STEMS = tuple(tuple(content_words(phrase) for phrase in group) for group in _GROUPS)
# Each is another reading of all passages.
_MOST = 2


@dataclass(frozen=True, slots=True)
class Swap:
    """A phrase of a question, and another for it."""

    phrase: str
    other: str

    def apply(self, question: str) -> str:
        """Return the question with the other phrase for the one that it has."""
        return re.sub(rf"\b{self.phrase}\b", self.other, question, flags=re.IGNORECASE)


def swaps(question: str, said: str, texts: Iterable[str]) -> list[Swap]:
    """Return what may put the question in the words of the texts.

    Args:
        question: As it was read.
        said: The sentence that answers it best; its words are not what is in the way.
        texts: What was found for it; words that they do not have are of no use.
    """
    known, met = content_words("\n".join(texts)), content_words(said)
    return [
        Swap(phrase, other)
        for group in _GROUPS
        for phrase in group
        if re.search(rf"\b{phrase}\b", question, re.IGNORECASE)
        and not content_words(phrase) <= met
        for other in group
        if other != phrase and content_words(other) <= known
    ][:_MOST]


def says_all(text: str, words: Iterable[str]) -> bool:
    """Tell whether a text has all of some stems, or synonyms of them."""
    said = content_words(text)
    return all(word in said or _is_said(word, said) for word in words)


def _is_said(word: str, said: frozenset[str]) -> bool:
    return any(
        any(other <= said for other in stems)
        for stems in _STEMS
        if any(other == {word} for other in stems)
    )
