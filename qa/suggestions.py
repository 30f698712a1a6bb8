"""Questions that the documents answer, for those who do not know what to ask."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that a document answers."""

    question: str
    doc_id: str
