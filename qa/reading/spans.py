"""Decoding a reader's logits into answer spans. Pure: numpy only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.float32]

_OPENING = "([{“‘«"
_CLOSING = ")]}”’»"
# Not a part of the name before it: the owner in "Iraq’s" is Iraq.
_POSSESSIVE = re.compile(r"['’]s\b")
_WORD_CHARACTER = re.compile(r"[^\W_]")
_ACRONYM = re.compile(r"\b(?:[^\W\d_]\.)+[^\W\d_]\Z")
# Written without spaces: Thai to Khmer, kana, Chinese characters. Where their words
# end cannot be seen.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)


@dataclass(frozen=True, slots=True)
class Span:
    """An answer in a passage: half-open offsets and start logit plus end logit."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """An answer in tokens, both inclusive, and start logit plus end logit."""

    first_token: int
    last_token: int
    score: float


def best_token_spans(
    start_logits: Logits, end_logits: Logits, *, max_tokens: int, count: int
) -> list[TokenSpan]:
    """Return the spans with the highest sum of logits, best first.

    Sums are of raw logits, not normalised within a passage, so that spans compare
    across passages (Clark and Gardner 2018, section 3).

    Args:
        start_logits: Shape ``(tokens,)``, of the passage's tokens alone.
        end_logits: Likewise.
        max_tokens: The longest span allowed; at least 1.
        count: The most spans wanted; at least 1.
    """
    length = len(start_logits)
    if length == 0:
        return []
    sums = start_logits[:, np.newaxis] + end_logits[np.newaxis, :]  # (tokens, tokens)
    allowed = np.triu(np.ones((length, length), dtype=bool))
    allowed &= ~np.triu(np.ones((length, length), dtype=bool), k=max_tokens)
    scores = np.where(allowed, sums, -np.inf).ravel()
    count = min(count, int(allowed.sum()))
    # argpartition has no "all of them", so it is asked for one fewer.
    best = np.argpartition(-scores, count - 1)[:count]
    best = best[np.argsort(-scores[best], kind="stable")]
    return [
        TokenSpan(int(place) // length, int(place) % length, float(scores[place]))
        for place in best
    ]


def trim_span(text: str, span: Span) -> Span | None:
    """Return the span as whole words, without the punctuation round them.

    Half a word is completed, a half quotation or bracket is left out, and so is a
    comma or full stop at the end, unless it belongs to the word ("U.S.").

    Returns:
        The span with its score unchanged, or ``None`` when no word is left.
    """
    start, end = span.start, span.end
    while start > 0 and _inside_word(text, start):
        start -= 1
    while end < len(text) and _inside_word(text, end):
        if _POSSESSIVE.match(text, end):
            break
        end += 1
    if _ACRONYM.search(text, start, end) and text.startswith(".", end):
        end += 1
    while start < end and not _may_start(text, start, end):
        start += 1
    while start < end and not _may_end(text, start, end):
        end -= 1
    if _WORD_CHARACTER.search(text, start, end) is None:
        return None
    return replace(span, start=start, end=end)


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Return the spans best first, each place once, with its highest score."""
    best: dict[tuple[int, int], Span] = {}
    for span in spans:
        known = best.get((span.start, span.end))
        if known is None or span.score > known.score:
            best[span.start, span.end] = span
    return sorted(best.values(), key=lambda span: -span.score)


def overlaps(one: Span, others: Sequence[Span]) -> bool:
    """Tell whether a span shares a character with any of the others."""
    return any(one.start < other.end and other.start < one.end for other in others)


def _inside_word(text: str, place: int) -> bool:
    if _UNSPACED.match(text, place - 1) or _UNSPACED.match(text, place):
        return _is_mark(text[place])
    return _joins(text, place - 1) and _joins(text, place)


def _joins(text: str, place: int) -> bool:
    """Tell whether a character belongs to a word: letters, marks and inner hyphens."""
    character = text[place]
    if _WORD_CHARACTER.match(character) or _is_mark(character):
        return True
    if character in "-'’.,&/" and 0 < place < len(text) - 1:
        # "Al-Shammari", "3,000" and "U.S" are words; "end. Next" is two.
        return bool(
            _WORD_CHARACTER.match(text[place - 1])
            and _WORD_CHARACTER.match(text[place + 1])
        ) and (character in "-'’&/" or _compact(text, place))
    return False


def _compact(text: str, place: int) -> bool:
    around = text[place - 1] + text[place + 1]
    if around.isdigit():
        return True
    return text[place] == "." and around.isupper()


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf")


def _may_start(text: str, start: int, end: int) -> bool:
    character = text[start]
    if _WORD_CHARACTER.match(character) or character in "$€£¥#@+":
        return True
    if character in "-−." and start + 1 < end and text[start + 1].isdigit():
        return True
    if character in _OPENING:
        partner = _CLOSING[_OPENING.index(character)]
        return partner in text[start + 1 : end]
    return character == '"' and text.count('"', start, end) % 2 == 0


def _may_end(text: str, start: int, end: int) -> bool:
    character = text[end - 1]
    if _WORD_CHARACTER.match(character) or _is_mark(character) or character in "%°€£$+":
        return True
    if character == ".":
        word = text[start:end].split()[-1]
        return (
            re.fullmatch(
                r"[(\[\"“‘«]*(?:(?:[^\W\d_]\.){2,}|(?:Jr|Sr|Inc|Ltd|Co|Corp)\.)", word
            )
            is not None
        )
    if character in _CLOSING:
        partner = _OPENING[_CLOSING.index(character)]
        return partner in text[start : end - 1]
    return character == '"' and text.count('"', start, end) % 2 == 0
