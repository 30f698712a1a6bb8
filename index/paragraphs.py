"""Paragraphs of a text, as exact offsets: which line ends are only white space."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LINE = re.compile(r"[^\r\n]+")
# What a mail puts before each line that it quotes.
_QUOTED = re.compile(r"(?:>[^\S\r\n]*)+")
# One line end, and nothing but white space besides: two of them part paragraphs.
_ONE_END = re.compile(r"[^\S\r\n]*(?:\r\n|\r|\n)[^\S\r\n]*\Z")
_BLANK = re.compile(r"(?:\r\n|\r|\n)[ \t\f]*(?:\r\n|\r|\n)")
_AROUND = 2_000
# What a line of a list or a transcript begins with.
_ITEM = re.compile(r"(?:[-*•–·+]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s")
_SPEAKER = re.compile(r"[^\W\d_a-z][\w.'’-]*(?: [\w.'’-]+){0,3}:(?=\s)")
_STOP = re.compile(r"[.!?…。！？؟۔।:;][\"'”’»)\]]*\Z")
# Columns: a tab, or two gaps.
_COLUMNS = re.compile(r"\t|\S {3,}\S.*\S {3,}\S")

# Text is wrapped at widths between these; a longer line is a paragraph by itself.
_WIDTHS = (55, 130)
# Narrower lines may be those of a column, if most go on in lower case.
_NARROW = 40
_MOSTLY = 0.5
# A text's own line ends tell whether it is wrapped, if it has so many.
_MIN_ENDS = 3
# Of the lines that end within a sentence, so many go on in lower case in prose.
_LOWER = 0.25
# In greedy filling the next word would not have fitted; margins differ a little.
_FULL = 0.8
_SLACK = 2
# A line much shorter than the others may be a heading.
_SHORT = 0.6


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines between two blank ones.

    Attributes:
        lines: Their offsets, without white space round them.
        apart: Whether each begins anew, as an item, a speech or a row does.
        widest: Length of the longest line of more than one word.
        inside: Line ends that end no sentence; of these, after ``lower`` goes on in
            lower case, and before ``full`` the next word would not have fitted.
    """

    lines: tuple[tuple[int, int], ...]
    apart: tuple[bool, ...]
    widest: int
    inside: int
    lower: int
    full: int


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    """Return the half-open offsets of each paragraph, in the order of the text.

    In a hard-wrapped text a line end inside a paragraph is white space. Lines of
    verse, lists, tables and transcripts are paragraphs of their own, and so is every
    line of a text that is not wrapped. White space round a paragraph is not in it.
    """
    lines = [_trimmed(text, *match.span()) for match in _LINE.finditer(text)]
    lines = [line for line in lines if line[0] < line[1]]
    width = _width(text, lines)
    blocks = [_measured(text, block, width) for block in _blocks(text, lines)]
    narrow = [block for block in blocks if block.widest <= _WIDTHS[1]]
    inside = sum(block.inside for block in narrow)
    lower = sum(block.lower for block in narrow)
    is_prose = lower >= max(_MIN_ENDS, _LOWER * inside) and width >= _NARROW
    return [span for block in blocks for span in _parted(text, block, width, is_prose)]


def paragraphs_at(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the offsets of the paragraphs that a span of a text touches.

    What is looked at is the block of lines between blank ones, and no more than
    ``_AROUND`` characters before and after the span.
    """
    low, high = max(0, start - _AROUND), min(len(text), end + _AROUND)
    before = [match.end() for match in _BLANK.finditer(text, low, start)]
    after = _BLANK.search(text, end, high)
    low = max([low, *before])
    high = after.start() if after else high
    return [
        (low + first, low + last)
        for first, last in paragraph_spans(text[low:high])
        if low + first < end and start < low + last
    ]


def begins_speech(paragraph: str) -> bool:
    """Tell whether a paragraph begins as a speech in a transcript: "Ann Lee: Yes."."""
    return _SPEAKER.match(paragraph) is not None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    line = text[start:end]
    start += len(line) - len(line.lstrip())
    return start, start + len(line.strip())


def _blocks(
    text: str, lines: Sequence[tuple[int, int]]
) -> Iterator[list[tuple[int, int]]]:
    block: list[tuple[int, int]] = []
    for line in lines:
        if block and (
            not _ONE_END.match(text, block[-1][1], line[0])
            or _depth(text, block[-1]) != _depth(text, line)
        ):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _content(text: str, line: tuple[int, int]) -> int:
    """Return where the words of a line start, after the marks of a quoted mail."""
    match = _QUOTED.match(text, *line)
    return match.end() if match and match.end() < line[1] else line[0]


def _depth(text: str, line: tuple[int, int]) -> int:
    """Return how often a line was quoted; a line of marks alone is like no other."""
    content = _content(text, line)
    return -1 if text.startswith(">", content) else text.count(">", line[0], content)


def _width(text: str, lines: Sequence[tuple[int, int]]) -> int:
    """Return the length of the longest line that has more than one word."""
    return max(
        (end - start for start, end in lines if " " in text[start:end]), default=0
    )


def _measured(text: str, lines: Sequence[tuple[int, int]], width: int) -> _Block:
    apart = _apart(text, lines)
    inside = lower = full = 0
    for place, line in enumerate(lines[1:], start=1):
        start, end = _content(text, line), line[1]
        before = lines[place - 1]
        if apart[place] or _STOP.search(text[before[1] - 4 : before[1]]):
            continue
        inside += 1
        lower += text[start].islower()
        found = text.find(" ", start, end)
        word = (end if found < 0 else found) - start
        full += before[1] - before[0] + 1 + word > width - _SLACK
    widest = _width(text, lines)
    return _Block(tuple(lines), tuple(apart), widest, inside, lower, full)


def _apart(text: str, block: Sequence[tuple[int, int]]) -> list[bool]:
    lines = [text[_content(text, line) : line[1]] for line in block]
    columns = [_COLUMNS.search(line) is not None for line in lines]
    apart = [
        one or before for one, before in zip(columns, [False, *columns], strict=False)
    ]
    for mark in (_ITEM, _SPEAKER):
        marked = [mark.match(line) is not None for line in lines]
        # One alone is prose that happens to begin its line with a number or a name.
        if sum(marked) > 1:
            apart = [one or other for one, other in zip(apart, marked, strict=True)]
    return apart


def _parted(
    text: str, block: _Block, width: int, is_prose: bool
) -> Iterator[tuple[int, int]]:
    """Yield the paragraphs of a block; ``is_prose`` tells of the text round it."""
    wrapped = _is_wrapped(block, width, is_prose)
    start, end = block.lines[0]
    for place, line in enumerate(block.lines[1:], start=1):
        is_heading = place == 1 and _is_heading(text, block)
        if wrapped and not block.apart[place] and not is_heading:
            end = line[1]
        else:
            yield start, end
            start, end = line
    yield start, end


def _is_wrapped(block: _Block, width: int, is_prose: bool) -> bool:
    if block.widest > _WIDTHS[1] or width < _NARROW or not block.inside:
        return False
    in_lower = block.lower >= _LOWER * block.inside
    is_full = block.full >= _FULL * block.inside
    if width < _WIDTHS[0]:
        return block.lower >= _MOSTLY * block.inside or (in_lower and is_full)
    return is_full or (in_lower and (is_prose or block.widest >= _WIDTHS[0]))


def _is_heading(text: str, block: _Block) -> bool:
    """Tell whether a block's first line is one: short, and the next one begins anew."""
    (start, end), following = block.lines[:2]
    goes_on = text[_content(text, following)].islower() or text[end - 1] == ","
    return end - start < _SHORT * block.widest and not goes_on
