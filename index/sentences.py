"""Sentences of a text, as exact offsets."""

from __future__ import annotations

import re
from importlib import resources

# A full stop, or its kin in other scripts, with the closing marks that belong to it.
_STOP = re.compile(r"[.!?…。！？؟۔।]+[\"'”’»)\]]*")
_BLANK_LINE = re.compile(r"(?:\r\n|\r|\n)[ \t]*")
_WORD_BEFORE = re.compile(r"[^\s(\[\"'“‘«]+\Z")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+\Z")
_NO_SPACE_AFTER = "。！？"
_NO_CASE_STOP = "؟۔।"


def _read_abbreviations() -> frozenset[str]:
    lines = (
        resources.files("index")
        .joinpath("abbreviations.txt")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    return frozenset(line for line in lines if line and not line.startswith("#"))


_ABBREVIATIONS = _read_abbreviations()


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the half-open offsets of each sentence, in the order of the text.

    A line end always ends a sentence: in an article it is a paragraph, a heading
    or a list item. Surrounding white space belongs to no sentence, so the spans
    cover every character that is not white space and never overlap.

    Args:
        text: Any text; nothing in it is changed or lost.

    Returns:
        ``(start, end)`` pairs in code points; none for blank text.
    """
    spans: list[tuple[int, int]] = []
    line_start = 0
    for line_end, next_start in _line_ends(text):
        start = line_start
        for match in _STOP.finditer(text, line_start, line_end):
            if match.end() < line_end and _ends_sentence(text, start, match, line_end):
                _append_trimmed(spans, text, start, match.end())
                start = match.end()
        _append_trimmed(spans, text, start, line_end)
        line_start = next_start
    return spans


def _line_ends(text: str) -> list[tuple[int, int]]:
    """Return where each line ends and where the next one starts."""
    ends = [(match.start(), match.end()) for match in _BLANK_LINE.finditer(text)]
    return [*ends, (len(text), len(text))]


def _ends_sentence(text: str, start: int, match: re.Match[str], line_end: int) -> bool:
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
    if word in _ABBREVIATIONS:
        # Titles and the like are always followed by the name they belong to.
        return False
    if _INITIALS.match(word):
        # "U.S. Senate" goes on, "left the U.S. He" does not; "J. Smith" goes on.
        return len(word) > 2 and _FOLLOWS_ACRONYM.match(following) is not None
    # "No. 12" is one thing, "No. It was" two.
    return not (word.lower() in ("no.", "nos.") and following[0].isdigit())


# After an acronym only a word that rarely stands inside a name starts a sentence.
_FOLLOWS_ACRONYM = re.compile(
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
