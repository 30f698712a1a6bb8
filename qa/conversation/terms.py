"""What is kept of a talk: phrases, none of them twice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from index.search.lexical import analyze
from qa.conversation.layout import Layout, Word
from qa.conversation.term_model import term_of

# "Mothers of Invention": so many function words may stand inside a phrase.
_INSIDE = 2


def kept_phrases(
    layout: Layout,
    scores: Mapping[str, float],
    least: float,
    without: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the phrases of the talk that the question needs, surest first.

    Args:
        layout: The question and the talk.
        scores: Of the terms of the talk, how surely each is needed, from 0 to 1.
        least: Score that a term is kept from.
        without: Phrases that are not wanted, whatever their scores.
    """
    dropped = set(analyze(" ".join(without)))
    rest = {
        term: score
        for term, score in scores.items()
        if score >= least and term not in dropped
    }
    phrases = list(_phrases(layout, set(rest)))
    kept: list[str] = []
    while rest:
        # The one that adds most to what is kept.
        text, terms = max(
            phrases, key=lambda phrase: sum(rest.get(term, 0.0) for term in phrase[1])
        )
        kept.append(text)
        rest = {term: score for term, score in rest.items() if term not in terms}
    return tuple(kept)


def _phrases(layout: Layout, kept: set[str]) -> Iterator[tuple[str, set[str]]]:
    """Yield each run of words with these terms: its text, and its terms."""
    run: list[Word] = []
    found: set[str] = set()
    between = 0
    for word in layout.words:
        term = term_of(layout, word)
        if term is None:
            # A function word; it belongs to a phrase that goes on after it.
            between += 1
            continue
        goes_on = between <= _INSIDE and run and _are_joined(layout, run[-1], word)
        if run and not (term in kept and goes_on):
            yield _text(layout, run), found
            run, found = [], set()
        if term in kept:
            run.append(word)
            found.add(term)
        between = 0
    if run:
        yield _text(layout, run), found


def _are_joined(layout: Layout, last: Word, word: Word) -> bool:
    """Tell whether a word stands in the same piece and sentence part."""
    gap = layout.pieces[last.piece][last.end : word.start]
    return last.piece == word.piece and not any(mark in gap for mark in ",;:.?!()\n")


def _text(layout: Layout, run: list[Word]) -> str:
    return layout.pieces[run[0].piece][run[0].start : run[-1].end]
