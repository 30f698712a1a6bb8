"""Answers of several parts: items of an enumeration, or places that stand apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from qa.evaluation.squad import GoldAnswer

_ITEM_END = re.compile(r",\s+(?:and\s+|or\s+)?|\s+(?:and|or)\s+")
_MAX_ITEM_WORDS = 6


def items(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the offsets of the items of an enumeration; the whole, if it is none."""
    spans = []
    begin = start
    for match in _ITEM_END.finditer(text, start, end):
        spans.append((begin, match.start()))
        begin = match.end()
    spans.append((begin, end))
    spans = [span for span in spans if text[slice(*span)].strip()]
    if any(len(text[slice(*span)].split()) > _MAX_ITEM_WORDS for span in spans):
        return [(start, end)]
    if len(spans) == 2 and not all(text[s].isupper() for s, _ in spans):
        # "Search and rescue" is one thing, "Norway and Iceland" are two.
        return [(start, end)]
    return spans


def are_apart(answers: Sequence[GoldAnswer]) -> bool:
    """Tell whether answers are several: apart, and no text is a part of another's."""
    ordered = sorted((answer.start, answer.end) for answer in answers)
    texts = {answer.text.lower() for answer in answers}
    return (
        len(texts) > 1
        and all(one[1] <= other[0] for one, other in pairwise(ordered))
        and not any(one != other and one in other for one in texts for other in texts)
    )
