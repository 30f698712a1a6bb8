"""What was said before, as it comes with a question."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """A piece of a document that an earlier answer cited; it may be gone since."""

    doc_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question with its answer, which is ``None`` when there was none."""

    question: str
    answer: str | None
    citations: tuple[CitedPlace, ...] = ()
