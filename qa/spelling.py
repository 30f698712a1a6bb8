"""Misspelt words of a question, written as the articles have them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import takewhile

from qa.words import read_words

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PAIR = re.compile(r"\b([^\W\d_]+) ([^\W\d_]+)\b")
_ENGLISH = read_words("english")
_QUESTION_WORDS = {word for word in _ENGLISH if len(word) >= 4}
# Shorter words of an article are a slip away from too many others.
_SHORTEST = 5
# From this length on, two slips in a word leave no doubt which one was meant.
_LONG = 8
_LONGEST_ENDING = 3


def corrected(question: str, text: str, count_tokens: Callable[[str], int]) -> str:
    """Return the question with its misspelt words as a text writes them.

    What is no word is taken for the only one of the text, or of the words that
    questions are made of, that is a slip away from it, or two in long words: a letter
    left out, put in, changed or swapped with the next. "Iraqs" becomes "iraq’s", and
    "cyber security" one word. What stands in small letters still does.

    Args:
        question: As asked.
        text: Of the articles that it may be about.
        count_tokens: Number of word pieces of a text. A word in one piece is one that
            the embedder's makers met often, and no slip.
    """
    known: dict[str, str] = {}
    for word in _WORD.findall(text):
        known.setdefault(_bare(word), word.lower())
    fixed = _WORD.sub(
        lambda match: _fix(match.group(), known, count_tokens) or match.group(),
        question,
    )
    return _PAIR.sub(
        lambda match: _joined(match[1], match[2], known, count_tokens) or match.group(),
        fixed,
    )


def _fix(
    word: str, known: Mapping[str, str], count_tokens: Callable[[str], int]
) -> str | None:
    bare = _bare(word)
    is_plain = bare == word.lower() and not word.isupper()
    if not is_plain or bare in _ENGLISH or count_tokens(word) == 1:
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
    return None if _is_form(bare, meant) else _like(word, known.get(meant, meant))


def _is_form(word: str, other: str) -> bool:
    """Tell whether two words are forms or spellings of one: "-ized" and "-ised"."""
    pairs = zip(word, other, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    longest = max(len(word), len(other)) - shared
    # One slip inside an ending is a slip; at its very end, or two, make another ending.
    least = 1 if _distance(word, other) == 1 else _LONGEST_ENDING
    is_ending = shared >= _SHORTEST and longest <= least
    return is_ending or word.replace("z", "s") == other.replace("z", "s")


def _like(word: str, meant: str) -> str:
    return meant[0].upper() + meant[1:] if word[0].isupper() else meant


def _joined(
    first: str,
    second: str,
    known: Mapping[str, str],
    count_tokens: Callable[[str], int],
) -> str | None:
    if first.lower() in known and second.lower() in known:
        return None
    both = (first + second).lower()
    if both in known:
        # A hyphen between the same words makes no difference.
        return None if "-" in known[both] else known[both]
    if count_tokens(second) == 1:
        return None
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
