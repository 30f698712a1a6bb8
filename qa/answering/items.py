"""Items of a list: the pieces of a passage that may be one, and what speaks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import log

from qa.reading.reader import Reading
from qa.reading.spans import Span, overlaps, trim_span

ITEM_FEATURES = (
    "tagged",  # logit of the tagger's probability, as far as its piece is the same
    "exact",  # logits of the reader's span of the same text behind the best candidate
    "is_alone",  # 1 where a span of the reader is mostly this piece
    "within",  # 1 where the reader's best span has this piece and more
    "enumerated",  # logits of the reader's span that enumerates it behind the best
)

_ITEM_END = re.compile(r",\s+(?:and\s+|or\s+)?|\s+(?:and|or)\s+")
_MAX_ITEM_WORDS = 6
# Logits behind the best of what the reader has no span of.
_UNREAD = 8.0
# What two spans share, at least, to be mostly the same.
_MOSTLY = 0.6


def items_of(text: str, start: int, end: int) -> list[tuple[int, int]]:
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


def find_pieces(text: str, reading: Reading, tagged: Sequence[Span]) -> list[Span]:
    """Return what may be an item of a list, in order, scored as the tagger has it.

    That is what is tagged, and what one of the reader's spans enumerates.
    """
    places = {(each.start, each.end) for each in tagged}
    places.update(*(_enumerated(text, span) for span in reading.spans))
    spans = [Span(start, end, 0.0) for start, end in sorted(places)]
    return [replace(each, score=tagged_as(each, tagged)) for each in spans]


def item_features(
    text: str, piece: Span, reading: Reading, best_margin: float
) -> dict[str, float]:
    """Return what speaks for a piece of a passage to be an item.

    Args:
        text: Of the passage.
        piece: In the passage, with its probability.
        reading: Of the passage.
        best_margin: Of the best candidate of all passages.
    """

    def behind(spans: Iterable[Span]) -> float:
        margins = (each.score - reading.no_answer_score for each in spans)
        return min(_UNREAD, best_margin - max(margins, default=best_margin - _UNREAD))

    place = piece.start, piece.end
    best = reading.spans[0] if reading.spans else piece
    is_longer = best.end - best.start > piece.end - piece.start
    is_inside = best.start <= piece.start and piece.end <= best.end
    probability = min(max(piece.score, 0.01), 0.999)
    return {
        "tagged": log(probability / (1 - probability)),
        "exact": behind(s for s in reading.spans if (s.start, s.end) == place),
        "is_alone": float(any(shared(s, piece) >= _MOSTLY for s in reading.spans)),
        "within": float(is_longer and is_inside),
        "enumerated": behind(s for s in reading.spans if place in _enumerated(text, s)),
    }


def _enumerated(text: str, span: Span) -> list[tuple[int, int]]:
    """Return the items of three or more; a pair, "Orm and Sons", may be one thing."""
    found = items_of(text, span.start, span.end)
    spans = (trim_span(text, Span(*each, 0.0)) for each in found if len(found) > 2)
    return [(each.start, each.end) for each in spans if each is not None]


def without_overlaps(pieces: Sequence[Span], least: float) -> list[Span]:
    """Return the pieces that score so much at least, of those that overlap the best."""
    kept: list[Span] = []
    for piece in sorted(pieces, key=lambda each: -each.score):
        if piece.score >= least and not overlaps(piece, kept):
            kept.append(piece)
    return kept


def tagged_as(span: Span, tagged: Sequence[Span]) -> float:
    """Return the best tagged piece's probability times what the two share."""
    return max((each.score * shared(each, span) for each in tagged), default=0.0)


def shared(one: Span, other: Span) -> float:
    """Return what two spans of a passage share, of all that they cover (Jaccard)."""
    both = min(one.end, other.end) - max(one.start, other.start)
    covered = max(one.end, other.end) - min(one.start, other.start)
    return max(0, both) / covered
