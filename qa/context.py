"""What a request brings besides its question: how long it may take, and for whom."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class CancelledError(Exception):
    """Whoever asked has gone; the answer is not made."""


class DeadlineExceededError(Exception):
    """The request's time ran out before its answer was made."""


@dataclass(frozen=True, slots=True)
class ScoredPlace:
    """A place in a document that a stage weighed.

    Attributes:
        stage: Which one: ``retrieve``, ``read`` or ``choose``.
        start: Offset in code points of the document's text, as is ``end``.
        scores: By their names, such as ``similarity`` or ``margin``.
    """

    stage: str
    doc_id: str
    start: int
    end: int
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request's limits, and what is noted while it is answered.

    A context serves one request, in one thread.

    Attributes:
        deadline: When it is to end, in seconds of ``time.monotonic()``; ``None`` for
            no limit.
        is_cancelled: Tells whether whoever asked has gone.
        is_explained: Whether the places that the stages weighed are noted.
        timings_ms: Milliseconds spent in each stage, by its name.
        places: What the stages weighed, in the order of the stages; empty unless
            ``is_explained``.
    """

    deadline: float | None = None
    is_cancelled: Callable[[], bool] = lambda: False
    is_explained: bool = False
    timings_ms: dict[str, float] = field(default_factory=dict)
    places: list[ScoredPlace] = field(default_factory=list)

    def check(self) -> None:
        """Return if the request is still to be answered.

        Raises:
            CancelledError: If whoever asked has gone.
            DeadlineExceededError: If its time is over.
        """
        if self.is_cancelled():
            raise CancelledError("whoever asked has gone")
        if self.deadline is not None and time.monotonic() >= self.deadline:
            raise DeadlineExceededError("the time for this answer is over")

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Check the request, then time a stage; several of one name add up.

        Raises:
            CancelledError: If whoever asked has gone.
            DeadlineExceededError: If its time is over.
        """
        self.check()
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = 1000 * (time.perf_counter() - started)
            self.timings_ms[name] = self.timings_ms.get(name, 0.0) + spent

    def note(
        self, stage: str, doc_id: str, start: int, end: int, **scores: float
    ) -> None:
        """Note a place that a stage weighed, if the request wants to know."""
        if self.is_explained:
            self.places.append(ScoredPlace(stage, doc_id, start, end, scores))
