"""Fit which terms of a talk are kept, on what a trained tagger says of their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from tokenizers import Tokenizer

from qa.answerer import MAX_TURNS
from qa.conversation.layout import lay_out
from qa.conversation.resolver import Tagger
from qa.conversation.term_model import (
    TERM_FEATURES,
    TURN_FEATURES,
    TermModel,
    term_features,
)
from qa.evaluation.rewrites import RewrittenTurn
from qa.linear import Features, LinearModel
from qa.training.answers.fitting import fit_probability
from qa.training.talk.follow_ups import TalkExample

# Probabilities that a question's leaning, and a term, may have to reach.
_LEANS_FROM = tuple(round(0.05 * step, 2) for step in range(20))
_NEEDED_FROM = tuple(round(0.02 * step, 2) for step in range(3, 48))
_FOLDS = 5


# Needed by its own words alone, in a question that leans on the talk at all.
UNFITTED = TermModel(
    LinearModel(0.0, {"needed": 1.0}), LinearModel(0.0, {"leans": 1.0}), 0.5, 0.5
)


@dataclass(frozen=True, slots=True)
class WeighedTurn:
    """A turn with what speaks for each term of its talk.

    Attributes:
        dialog: The conversation that it belongs to.
        terms: Features by term, of those that the question lacks.
        wanted: The terms that it needs.
    """

    dialog: str
    terms: dict[str, Features]
    wanted: frozenset[str]


@dataclass(frozen=True, slots=True)
class ScoredTurn:
    """A turn with what a model gives it.

    Attributes:
        leans: How surely it leans on the talk, from 0 to 1.
        scores: How surely each term of the talk is needed, from 0 to 1.
        wanted: The terms that it needs.
    """

    leans: float
    scores: dict[str, float]
    wanted: frozenset[str]

    def kept(self, model: TermModel) -> frozenset[str]:
        """Return the terms that are kept, where these scores are a model's."""
        if self.leans < model.leans_from:
            return frozenset()
        return frozenset(t for t, p in self.scores.items() if p >= model.needed_from)


def weigh_turns(
    turns: Iterable[RewrittenTurn], tagger: Tagger, tokenizer: Tokenizer
) -> Iterator[WeighedTurn]:
    """Yield what a tagger says of the turns that have a turn before them."""
    for turn in turns:
        if turn.history:
            example = TalkExample(
                turn.question, turn.history, turn.titles, turn.wanted()
            )
            yield weigh_example(turn.dialog, example, tagger, tokenizer)


def weigh_example(
    dialog: str, example: TalkExample, tagger: Tagger, tokenizer: Tokenizer
) -> WeighedTurn:
    """Return what a tagger says of a question in its talk."""
    layout = lay_out(
        tokenizer, example.question, example.history[-MAX_TURNS:], example.titles
    )
    logits = tagger.logits(layout.token_ids)
    features = term_features(layout, logits, example.question)
    return WeighedTurn(dialog, features, example.wanted)


def score_turns(turns: Iterable[WeighedTurn], model: TermModel) -> list[ScoredTurn]:
    """Return the turns with the probabilities that a model gives them."""
    return [
        ScoredTurn(
            model.leans(turn.terms),
            {t: model.needed.probability(each) for t, each in turn.terms.items()},
            turn.wanted,
        )
        for turn in turns
    ]


def term_f1(turns: Sequence[ScoredTurn], model: TermModel) -> float:
    """Return the F1 of the kept terms over all turns."""
    kept = [each.kept(model) for each in turns]
    right = sum(len(k & t.wanted) for k, t in zip(kept, turns, strict=True))
    total = sum(len(k) + len(t.wanted) for k, t in zip(kept, turns, strict=True))
    return 2 * right / total if total else 0.0


def left_alone(turns: Sequence[ScoredTurn], model: TermModel) -> float:
    """Return the share of turns of which nothing is kept."""
    return float(np.mean([not turn.kept(model) for turn in turns]))


def fit_term_model(
    sets: Sequence[Sequence[WeighedTurn]],
    stand_alone: Sequence[WeighedTurn],
    leave_alone: float,
) -> TermModel:
    """Fit a model, and what is kept from where, for the best mean F1 over the sets.

    Args:
        sets: Turns of conversations.
        stand_alone: Questions that need nothing of the talk before them.
        leave_alone: Share of them of which nothing may be kept, at least.

    Raises:
        ValueError: If no term is wanted, or too many of the questions are not left
            alone whatever the thresholds.
    """
    turns = [turn for each in (*sets, stand_alone) for turn in each]
    pairs = [(f, term in t.wanted) for t in turns for term, f in t.terms.items()]
    needed = fit_probability(
        [features for features, _ in pairs],
        [wanted for _, wanted in pairs],
        TERM_FEATURES,
    )
    fitted = replace(UNFITTED, needed=needed)
    leaning = fit_probability(
        [fitted.turn_features(turn.terms) for turn in turns if turn.terms],
        [bool(turn.wanted) for turn in turns if turn.terms],
        TURN_FEATURES,
    )
    fitted = replace(fitted, leaning=leaning)
    scored = [score_turns(each, fitted) for each in sets]
    alone = score_turns(stand_alone, fitted)
    allowed = [
        model
        for leans, least in product(_LEANS_FROM, _NEEDED_FROM)
        if left_alone(
            alone, model := replace(fitted, leans_from=leans, needed_from=least)
        )
        >= leave_alone
    ]
    if not allowed:
        raise ValueError(
            f"no thresholds leave {100 * leave_alone:.1f} % of the questions alone"
        )
    return max(
        allowed, key=lambda each: float(np.mean([term_f1(s, each) for s in scored]))
    )


def folds(
    sets: Sequence[Sequence[WeighedTurn]],
) -> Iterator[tuple[list[list[WeighedTurn]], list[list[WeighedTurn]]]]:
    """Yield the sets in two parts, one to fit on and one to measure on.

    Each turn is measured on once, with all others of its dialog.
    """
    for fold in range(_FOLDS):
        parts: tuple[list[list[WeighedTurn]], ...] = ([], [])
        for turns in sets:
            dialogs = list(dict.fromkeys(turn.dialog for turn in turns))
            left_out = set(dialogs[fold::_FOLDS])
            for held, part in enumerate(parts):
                part.append([t for t in turns if (t.dialog in left_out) == bool(held)])
        yield parts[0], parts[1]
