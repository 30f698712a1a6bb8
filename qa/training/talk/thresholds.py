"""Choose from which probability on a question leans and a word is needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from qa.answerer import MAX_TURNS
from qa.conversation.layout import lay_out
from qa.conversation.resolver import Tagger, Thresholds
from qa.evaluation.history_terms import stem, stems
from qa.evaluation.rewrites import RewrittenTurn


@dataclass(frozen=True, slots=True)
class ScoredTurn:
    """A turn with what the model says of it.

    Attributes:
        leans: How surely it leans on the talk.
        scores: By the stem of each content word that the question lacks.
        wanted: The stems that it needs.
    """

    leans: float
    scores: dict[str, float]
    wanted: frozenset[str]

    def kept(self, thresholds: Thresholds) -> frozenset[str]:
        """Return the stems that are kept with these thresholds."""
        if self.leans < thresholds.leans:
            return frozenset()
        return frozenset(
            each for each, score in self.scores.items() if score >= thresholds.needed
        )


def score_turns(
    turns: Iterable[RewrittenTurn], tagger: Tagger, tokenizer: Tokenizer
) -> list[ScoredTurn]:
    """Return what a model says of turns that have a turn before them."""
    found = []
    for turn in turns:
        if not turn.history:
            continue
        layout = lay_out(
            tokenizer, turn.question, turn.history[-MAX_TURNS:], turn.titles
        )
        logits = 1.0 / (1.0 + np.exp(-tagger.logits(layout.token_ids)))
        known = stems(turn.question)
        scores: dict[str, float] = {}
        for word in layout.words:
            each = stem(layout.pieces[word.piece][word.start : word.end])
            if each is not None and each not in known:
                score = float(logits[word.token, 0])
                scores[each] = max(score, scores.get(each, 0.0))
        found.append(ScoredTurn(float(logits[0, 1]), scores, turn.wanted()))
    return found


def term_f1(turns: Sequence[ScoredTurn], thresholds: Thresholds) -> float:
    """Return the F1 of the kept stems over all turns."""
    kept = [each.kept(thresholds) for each in turns]
    right = sum(len(k & t.wanted) for k, t in zip(kept, turns, strict=True))
    total = sum(len(k) + len(t.wanted) for k, t in zip(kept, turns, strict=True))
    return 2 * right / total if total else 0.0


def choose_thresholds(
    sets: Sequence[Sequence[ScoredTurn]],
    stand_alone: Sequence[ScoredTurn],
    left_alone: float,
) -> Thresholds:
    """Return the thresholds with the best mean F1 over some sets of turns.

    Args:
        sets: Turns of conversations.
        stand_alone: Questions that need nothing of the talk before them.
        left_alone: Share of them to which nothing may be added, at least.
    """
    grid = [Thresholds(g, n) for g in _GATES for n in _NEEDS]
    allowed = [
        each
        for each in grid
        if np.mean([not turn.kept(each) for turn in stand_alone]) >= left_alone
    ]
    if not allowed:
        raise ValueError(
            f"no thresholds leave {100 * left_alone:.1f} % of the questions alone"
        )
    return max(
        allowed, key=lambda each: float(np.mean([term_f1(s, each) for s in sets]))
    )


# The gate is sure of most questions: what parts them lies close to one.
_GATES = (*(round(0.05 * step, 2) for step in range(1, 19)), 0.95, 0.97, 0.98, 0.985)
_NEEDS = tuple(round(0.05 * step, 2) for step in range(2, 19))
