"""Measures of what is kept of a talk for a question."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from qa.answerer import MAX_TURNS
from qa.conversation.conversation import Turn
from qa.evaluation.history_terms import stems
from qa.evaluation.metrics import f1
from qa.evaluation.rewrites import RewrittenTurn
from qa.evaluation.squad import Example

# Turns of another paragraph before a question that stands alone.
_FOREIGN_TURNS = 3

# Of a question, the talk before it and the titles: what is looked up.
Resolve = Callable[[str, Sequence[Turn], Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class ResolvedTurn:
    """A turn with what was made of its question.

    Attributes:
        resolved: The question with what was added; equal to it where nothing was.
        seconds: That this took.
    """

    turn: RewrittenTurn
    resolved: str
    seconds: float


@dataclass(frozen=True, slots=True)
class RewritingFigures:
    """How near the resolved questions come to the human rewrites.

    Precision, recall and F1 are of the stems that were added (Voskarides et al. 2020),
    over all turns after a turn; the token F1s are means, as SQuAD's.

    Attributes:
        turns: Turns with a turn before them.
        stand_alone: Of these, those whose human rewrite needs no word of the talk.
        stand_alone_changed: Of these, those to which something was added.
    """

    turns: int
    precision: float
    recall: float
    f1: float
    resolved_token_f1: float
    raw_token_f1: float
    stand_alone: int
    stand_alone_changed: int
    milliseconds: float


def resolve_turns(
    turns: Iterable[RewrittenTurn], resolve: Resolve
) -> list[ResolvedTurn]:
    """Return what is made of each question after the last turns before it."""
    found = []
    for turn in turns:
        started = time.perf_counter()
        resolved = resolve(turn.question, turn.history[-MAX_TURNS:], turn.titles)
        found.append(ResolvedTurn(turn, resolved, time.perf_counter() - started))
    return found


def rewriting_figures(results: Sequence[ResolvedTurn]) -> RewritingFigures:
    """Return the figures of turns; those with nothing before them do not count."""
    results = [each for each in results if each.turn.history]
    added = right = wanted = alone = alone_changed = 0
    for each in results:
        more = stems(each.resolved) - stems(each.turn.question)
        needed = each.turn.wanted()
        added += len(more)
        right += len(more & needed)
        wanted += len(needed)
        alone += not needed
        alone_changed += not needed and each.resolved != each.turn.question
    count = max(1, len(results))
    precision = right / added if added else 0.0
    recall = right / wanted if wanted else 0.0
    both = precision + recall
    turns = [(each.turn, each.resolved) for each in results]
    return RewritingFigures(
        turns=len(results),
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / both if both else 0.0,
        resolved_token_f1=sum(f1(r, [t.rewrite]) for t, r in turns) / count,
        raw_token_f1=sum(f1(t.question, [t.rewrite]) for t, _ in turns) / count,
        stand_alone=alone,
        stand_alone_changed=alone_changed,
        milliseconds=1000 * sum(each.seconds for each in results) / count,
    )


def after_foreign_turns(
    examples: Sequence[Example], every: int = 1, seed: int = 0
) -> list[RewrittenTurn]:
    """Return questions with turns of another paragraph before them.

    Args:
        examples: Questions that stand alone, in the order of their file.
        every: Ask each so-manieth question only, from the ``seed``-th on.
        seed: Of what is drawn.
    """
    rng = random.Random(seed)
    groups: dict[str, list[Example]] = {}
    for example in examples:
        groups.setdefault(example.context, []).append(example)
    contexts = list(groups)
    asked = []
    for example in examples[seed % every :: every]:
        other = rng.choice(contexts)
        while other == example.context and len(contexts) > 1:
            other = rng.choice(contexts)
        history = tuple(
            Turn(each.question, each.answers[0].text if each.answers else None)
            for each in groups[other][:_FOREIGN_TURNS]
        )
        asked.append(RewrittenTurn("", example.question, history, (), example.question))
    return asked
