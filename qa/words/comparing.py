"""Comparing texts by their words: what they say, name and deny."""

from __future__ import annotations

import re

from index.search.lexical import analyze, terms
from qa.normalize import normalize_answer
from qa.words import read_words

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_STOP_WORDS = read_words("stop_words")
_NEGATIONS = read_words("negations")


def words(text: str) -> list[str]:
    """Return the words of a text as they are written."""
    return _WORD.findall(text)


def content_words(text: str) -> frozenset[str]:
    """Return the stems of the words of a text that say what it is about."""
    return frozenset(
        analyze(" ".join(each for each in terms(text) if each not in _STOP_WORDS))
    )


def names(text: str) -> frozenset[str]:
    """Return the stems of a text's capitalised content words and numbers."""
    found = (word for word in words(text) if word[0].isupper() or word[0].isdigit())
    return content_words(" ".join(found))


def share(wanted: frozenset[str], present: frozenset[str]) -> float:
    """Return the share of the wanted words that are present; 0 when none is wanted."""
    return len(wanted & present) / len(wanted) if wanted else 0.0


def is_negated(text: str) -> bool:
    """Tell whether a text denies something."""
    return any(
        word in _NEGATIONS or word.endswith(("n't", "n’t"))
        for word in (each.lower() for each in words(text))
    )


def says_same(one: str, other: str) -> bool:
    """Tell whether two texts are the same answer, the one perhaps more fully.

    "Ismail" and "Abdullahi Sheikh Ismail" are; "Iraq" and "Iraq's support" are not.
    """
    first, second = normalize_answer(one).split(), normalize_answer(other).split()
    if first == second:
        return True
    short, long = sorted((first, second), key=len)
    if not short or len(long) > _NAME_WORDS or not _is_name(one) or not _is_name(other):
        return False
    return short[-1] == long[-1] and set(short) <= set(long)


# More words than a person's name has.
_NAME_WORDS = 4


def _is_name(text: str) -> bool:
    return all(word[0].isupper() for word in words(text))
