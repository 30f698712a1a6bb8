"""Checking quotes of a document: whether they stand, have moved, or are gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from index.documents import Document
from index.quotes import QuoteSelector, find_quote
from qa.answering.citations import Citation, cite

QuoteState = Literal["stands", "moved", "gone"]


@dataclass(frozen=True, slots=True)
class CheckedQuote:
    """What became of a quote; ``citation`` is where it stands, unless it is gone."""

    state: QuoteState
    citation: Citation | None


def check_quote(
    document: Document,
    start: int,
    end: int,
    quote: str,
    *,
    prefix: str = "",
    suffix: str = "",
) -> CheckedQuote:
    """Return what became of a quote in a document that may have changed since.

    Args:
        document: As it is now.
        start: Where the quote stood, in code points of the text, as ``end``.
        end: Half-open.
        quote: The words.
        prefix: What stood before them; it tells a short quote from its like.
        suffix: What stood after them.
    """
    if document.text[start:end] == quote and start < end:
        return CheckedQuote("stands", cite(document, start, end))
    place = find_quote(document.text, QuoteSelector(quote, prefix, suffix), near=start)
    if place is None:
        return CheckedQuote("gone", None)
    return CheckedQuote("moved", cite(document, *place))
