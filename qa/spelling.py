"""Misspelt words of a question, written as the articles have them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from qa.confidence import content_words
from qa.words import read_words

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PAIR = re.compile(r"\b([^\W\d_]+) ([^\W\d_]+)\b")
_ENGLISH = read_words("english")
_QUESTION_WORDS = {word for word in _ENGLISH if len(word) >= 4}
# Shorter words of an article are a slip away from too many others.
_SHORTEST = 5
# From this length on, two slips in a word leave no doubt which one was meant.
_LONG = 8


def corrected(question: str, text: str, is_word: Callable[[str], bool]) -> str:
    """Return the question with its misspelt words as a text writes them.

    What is no word is taken for the only one of the text, or of the words that
    questions are made of, that is a slip away from it, or two in long words: a letter
    left out, put in, changed or swapped with the next. "Iraqs" becomes "iraq’s", and
    "cyber security" one word. What stands in small letters still does.

    Args:
        question: As asked.
        text: Of the articles that it may be about.
        is_word: Tells whether a word is one that people know.
    """
    known: dict[str, str] = {}
    for word in _WORD.findall(text):
        known.setdefault(_bare(word), word.lower())
    fixed = _WORD.sub(
        lambda match: _fix(match.group(), known, is_word) or match.group(), question
    )
    return _PAIR.sub(
        lambda match: _joined(match[1], match[2], known) or match.group(), fixed
    )


def _fix(
    word: str, known: Mapping[str, str], is_word: Callable[[str], bool]
) -> str | None:
    bare = _bare(word)
    if bare != word.lower() or bare in _ENGLISH or is_word(word):
        return None
    if bare in known:
        return None if known[bare] == bare else _like(word, known[bare])
    slips = 2 if len(bare) >= _LONG else 1
    possible = _QUESTION_WORDS | {each for each in known if len(each) >= _SHORTEST}
    near: dict[int, list[str]] = {}
    for each in possible:
        if each[0] == bare[0] and abs(len(each) - len(bare)) <= slips:
            near.setdefault(_distance(bare, each), []).append(each)
    nearest = near[min(near)] if near and min(near) <= slips else []
    if len(nearest) != 1:
        return None
    meant = nearest[0]
    is_inflected = content_words(word) == content_words(meant) != frozenset()
    return None if is_inflected else _like(word, known.get(meant, meant))


def _like(word: str, meant: str) -> str:
    return meant[0].upper() + meant[1:] if word[0].isupper() else meant


def _joined(first: str, second: str, known: Mapping[str, str]) -> str | None:
    if first.lower() in known and second.lower() in known:
        return None
    both = (first + second).lower()
    if both in known:
        return known[both]
    # "Al qaida" is a slip away from "al-qaeda".
    near = [
        word
        for bare, word in known.items()
        if "-" in word
        and word.startswith(f"{first.lower()}-")
        and _distance(both, bare) == 1
    ]
    return near[0] if len(near) == 1 else None


def _bare(word: str) -> str:
    return re.sub(r"['’-]", "", word).lower()


def _distance(one: str, other: str) -> int:
    """Return the slips between two words (Damerau 1964, each place slipped once)."""
    before: list[int] = []
    last: list[int] = [*range(len(other) + 1)]
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, wanted in enumerate(other, start=1):
            cost = min(
                last[column] + 1,
                now[-1] + 1,
                last[column - 1] + (letter != wanted),
            )
            is_swap = row > 1 and column > 1 and letter == other[column - 2]
            if is_swap and one[row - 2] == wanted:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]
