"""Questions changed so that their text no longer answers them."""

from __future__ import annotations

import random
import re

_NAME = re.compile(r"\b[A-Z][\w'’-]*(?: [A-Z][\w'’-]*)*")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_OPPOSITE_PAIRS = """
first last, before after, more less, most least, largest smallest, highest lowest,
increase decrease, increased decreased, won lost, won rejected, began ended, start
end, started ended, earliest latest, best worst, good bad, north south, east west,
northern southern, eastern western, oldest newest, allowed forbidden, support
oppose, supported opposed, open close, opened closed, major minor, longest shortest,
husband wife, father mother, son daughter, brother sister, arrived left, bought
sold, agreed refused, accept reject, accepted rejected, above below, add remove,
added removed, always never, alive dead, attack defend, attacked defended, benefit
harm, built destroyed, cause prevent, causes prevents, create destroy, created
destroyed, common rare, early late, fewest most, fewer more, founded dissolved, gain
lose, gained lost, inside outside, joined left, king queen, large small, larger
smaller, legal illegal, men women, minimum maximum, modern ancient, never ever, new
old, opposite same, private public, raised lowered, rich poor, rise fall, rose fell,
strong weak, success failure, successful failed, high low, higher lower, top bottom,
winter summer
"""
_OPPOSITES = {
    one: other
    for pair in _OPPOSITE_PAIRS.replace("\n", " ").split(",")
    for one, other in (pair.split(), pair.split()[::-1])
}


def swap_question(question: str, context: str, rng: random.Random) -> str | None:
    """Return the question with a name, number or word exchanged, or ``None``.

    The new name or number stands in ``context``: where that is the text to be read,
    every word of the changed question is in it, and only their relation is not.
    """
    ways = [_swap_match(_NAME, question, context, rng)]
    ways.append(_swap_match(_NUMBER, question, context, rng))
    ways.append(_swap_opposite(question, rng))
    possible = [way for way in ways if way is not None]
    return rng.choice(possible) if possible else None


def _swap_match(
    pattern: re.Pattern[str], question: str, context: str, rng: random.Random
) -> str | None:
    # The first word of a question is capital without being a name.
    found = [match for match in pattern.finditer(question) if match.start() > 0]
    if not found:
        return None
    old = rng.choice(found)
    others = {
        match.group()
        for match in pattern.finditer(context)
        if _is_other(match.group(), old.group(), question)
        # Nor is the first word of a sentence.
        and context[max(0, match.start() - 2) : match.start()] not in ("", ". ")
    }
    if not others:
        return None
    new = rng.choice(sorted(others))
    return question[: old.start()] + new + question[old.end() :]


def _is_other(new: str, old: str, question: str) -> bool:
    return (
        new not in old
        and old not in new
        and new not in question
        and not set(new.split()) & set(old.split())
    )


def _swap_opposite(question: str, rng: random.Random) -> str | None:
    words = question.split(" ")
    places = [i for i, word in enumerate(words) if word in _OPPOSITES]
    if not places:
        return None
    place = rng.choice(places)
    words[place] = _OPPOSITES[words[place]]
    return " ".join(words)
