"""Sentences of a text, as exact offsets."""

from __future__ import annotations

import re
from importlib import resources

from index.paragraphs import paragraph_spans, paragraphs_at

# A full stop, or its kin in other scripts, with the closing marks that belong to it.
_STOP = re.compile(r"[.!?…。！？؟۔।]+[\"'”’»)\]]*")
_AROUND = 600
_WORD_BEFORE = re.compile(r"[^\s(\[\"'“‘«]+\Z")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+\Z")
_NO_SPACE_AFTER = "。！？"
_NO_CASE_STOP = "؟۔।"


def _read_abbreviations() -> dict[str, bool]:
    """Return the abbreviations, and whether each may end a sentence as well."""
    lines = (
        resources.files("index")
        .joinpath("abbreviations.txt")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    words = (line.split() for line in lines if line and not line.startswith("#"))
    return {word: bool(mark) for word, *mark in words}


_ABBREVIATIONS = _read_abbreviations()

# The most that the number of a list's item has.
_DIGITS = 9


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the half-open offsets of each sentence, in the order of the text.

    A paragraph's end always ends a sentence; a line end inside a hard-wrapped
    paragraph is white space. White space round a sentence belongs to none, so the
    spans cover every character that is not white space and never overlap.

    Args:
        text: Any text; nothing in it is changed or lost.

    Returns:
        ``(start, end)`` pairs in code points; none for blank text.
    """
    return [
        span for paragraph in paragraph_spans(text) for span in parted(text, *paragraph)
    ]


def parted(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the offsets of the sentences of one paragraph of a text."""
    spans: list[tuple[int, int]] = []
    for match in _STOP.finditer(text, start, end):
        if match.end() < end and _ends_sentence(text, start, match, end, not spans):
            _append_trimmed(spans, text, start, match.end())
            start = match.end()
    _append_trimmed(spans, text, start, end)
    return spans


def sentences_at(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the offsets of the sentence, or the sentences, round a span of a text.

    A sentence without end is cut ``_AROUND`` characters before and after the span.
    """
    spans = [
        span
        for paragraph in paragraphs_at(text, start, end)
        for span in parted(text, *paragraph)
        if span[0] < end and start < span[1]
    ]
    first = min([start, *(span[0] for span in spans)])
    last = max([end, *(span[1] for span in spans)])
    return max(first, start - _AROUND), min(last, end + _AROUND)


def _ends_sentence(
    text: str, start: int, match: re.Match[str], line_end: int, is_first: bool
) -> bool:
    stop = match.group()
    if stop[0] in _NO_SPACE_AFTER:
        return True
    after = text[match.end() : min(line_end, match.end() + 80)]
    if not after[0].isspace():
        return False
    if stop[0] in _NO_CASE_STOP:
        return True
    following = after.lstrip().lstrip("\"'“‘«([¿¡-–— ")
    if not following:
        return True
    if following[0].islower():
        return False
    if not stop.startswith(".") or stop.startswith(".."):
        return True
    word_match = _WORD_BEFORE.search(
        text, max(start, match.start() - 40), match.start()
    )
    word = f"{word_match.group()}." if word_match else "."
    # A sentence may be a whole text, and this is asked at each stop in it.
    is_short = is_first and match.start() - start <= _DIGITS
    if is_short and text[start : match.start()].isdigit():
        # The number of a list's item.
        return False
    if word.isupper() and word not in _ABBREVIATIONS:
        word = word.capitalize()
    if word in _ABBREVIATIONS:
        may_end = _ABBREVIATIONS[word]
        return may_end and _STARTS_SENTENCE.match(following) is not None
    if _INITIALS.match(word):
        # "U.S. Senate" goes on, "left the U.S. He" does not; "J. Smith" goes on.
        return len(word) > 2 and _STARTS_SENTENCE.match(following) is not None
    return True


# After an abbreviation only a word that rarely stands inside a name starts a sentence.
_STARTS_SENTENCE = re.compile(
    r"(?:The|A|An|He|She|It|They|We|I|You|His|Her|Its|Their|Our|This|That|These"
    r"|Those|There|Here|In|On|At|As|But|And|Or|So|If|When|While|After|Before"
    r"|Since|For|From|With|By|To|Not|No|Yet|However|Meanwhile|Both|Some|Many"
    r"|What|Who|Why|How|Where)\b(?!\s+[A-Z])"
)


def _append_trimmed(
    spans: list[tuple[int, int]], text: str, start: int, end: int
) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        start += len(piece) - len(piece.lstrip())
        spans.append((start, start + len(stripped)))
