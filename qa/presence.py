"""Questions of who was there, put as questions of who was at the event in talk."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WHO_WAS_THERE = re.compile(
    r"(?:(?:and|so|but) )?who (?P<more>else |all )?"
    r"(?:(?:was|were) (?:all )?(?:there|present|attending|in attendance)"
    r"|attended|took part|participated|was involved|were involved)"
    r"(?: (?:in|at|to) (?:it|that|this|them))?[?!. ]*",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:(?P<noun>(?:press |news )?conference|meeting|talks|summit|ceremony|hearing"
    r"|trial|rally|protest|demonstration|march|wedding|funeral|debate|session|concert"
    r"|festival|exhibition|reception|parade|vigil|match|workshop|negotiations)"
    r"|(?P<met>met|meet))\b",
    re.IGNORECASE,
)


def asks_who_was_there(question: str) -> bool:
    """Tell whether a question asks who was there, and does not say where."""
    return _WHO_WAS_THERE.fullmatch(question.strip()) is not None


def who_was_at(question: str, said: Iterable[str]) -> str | None:
    """Return a question of who was there with the name of where that is.

    Args:
        question: As asked.
        said: The texts that it may lean on, the nearest first.

    Returns:
        A question such as "Who was at the meeting?"; ``None`` if this is no such
        question, or nothing tells of an event that people come to.
    """
    asked = _WHO_WAS_THERE.fullmatch(question.strip())
    for text in said:
        event = _EVENT.search(text)
        if asked is not None and event is not None:
            more = "else " if (asked["more"] or "").lower() == "else " else ""
            return f"Who {more}was at the {(event['noun'] or 'meeting').lower()}?"
    return None
