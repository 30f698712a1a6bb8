"""What is kept of a talk: phrases, none of them twice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from index.search.lexical import analyze
from qa.conversation.layout import Layout, Word

# "Mothers of Invention": so many function words may stand inside a phrase.
_INSIDE = 2


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of one piece of the talk that are needed and stand together.

    Attributes:
        text: As it stands there.
        scores: By the stem of each word, how surely it is needed.
    """

    text: str
    scores: dict[str, float]


def kept_phrases(
    layout: Layout,
    scores: Sequence[float],
    question: str,
    threshold: float,
    without: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the phrases of the talk that the question needs, surest first.

    Args:
        layout: The question and the talk.
        scores: Of each word of the layout, how surely it is needed, from 0 to 1.
        question: What it has itself is not kept.
        threshold: Score that a word is kept from.
        without: Phrases that are not wanted, whatever their scores.
    """
    known = set(analyze(" ".join([question, *without])))
    phrases = list(_phrases(layout, scores, threshold, known))
    kept: list[str] = []
    while phrases:
        best = max(phrases, key=lambda phrase: _worth(phrase, known))
        if not _worth(best, known):
            break
        kept.append(best.text)
        known |= best.scores.keys()
        phrases.remove(best)
    return tuple(kept)


def _worth(phrase: Phrase, known: set[str]) -> float:
    """Return what a phrase adds to what is known."""
    return sum(score for stem, score in phrase.scores.items() if stem not in known)


def _phrases(
    layout: Layout, scores: Sequence[float], threshold: float, known: set[str]
) -> Iterator[Phrase]:
    run: list[Word] = []
    found: dict[str, float] = {}
    between = 0
    for word, score in zip(layout.words, scores, strict=True):
        text = layout.pieces[word.piece]
        if run and not _goes_on(text, run[-1], word):
            yield _phrase(layout, run, found)
            run, found, between = [], {}, 0
        found_stems = analyze(text[word.start : word.end])
        # Of "Jordan's", the "s" is no word.
        stem = found_stems[0] if found_stems and word.end - word.start > 1 else None
        if stem is None:
            # A function word; it belongs to a phrase that goes on after it.
            between += 1
        elif score >= threshold and stem not in known and between <= _INSIDE:
            run.append(word)
            found[stem] = max(score, found.get(stem, 0.0))
            between = 0
            continue
        if run and (stem is not None or between > _INSIDE):
            yield _phrase(layout, run, found)
            run, found = [], {}
        if not run:
            between = 0
    if run:
        yield _phrase(layout, run, found)


def _goes_on(text: str, last: Word, word: Word) -> bool:
    """Tell whether a word stands in the same piece and sentence part."""
    gap = text[last.end : word.start]
    return last.piece == word.piece and not any(mark in gap for mark in ",;:.?!()\n")


def _phrase(layout: Layout, run: Sequence[Word], found: dict[str, float]) -> Phrase:
    piece = layout.pieces[run[0].piece]
    return Phrase(piece[run[0].start : run[-1].end], found)
