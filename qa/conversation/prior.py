"""The documents that a talk is about, and how much they are preferred."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from qa.conversation.conversation import Turn

# What the passages of these are raised by, in standard deviations of the scores.
TALK_PRIOR = 0.5


def in_talk(history: Sequence[Turn], known: Collection[str]) -> tuple[str, ...]:
    """Return the known documents that the last answer with citations cited."""
    for turn in reversed(history):
        cited = dict.fromkeys(place.doc_id for place in turn.citations)
        found = tuple(doc_id for doc_id in cited if doc_id in known)
        if found:
            return found
    return ()
