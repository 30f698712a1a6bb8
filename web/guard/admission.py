"""How many answers are made at once, how many wait, and what is turned away."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from qa.context import RequestContext

# How often whoever waits looks whether it is still wanted.
_LOOK_SECONDS = 0.2
# Of the mean of how long an answer takes: what the last one counts.
_NEWEST = 0.1


class OverloadedError(RuntimeError):
    """No room for another answer now; ``retry_after`` are seconds to wait."""

    def __init__(self, reason: str, retry_after: int) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Admission:
    """Admits answers, first come, first served; threads may share it."""

    def __init__(self, running: int, waiting: int) -> None:
        """Admit so many at once, and let so many more wait."""
        self._slots = running
        self._places = waiting
        # A turn that nobody ended is ended by the garbage collector, in whichever
        # thread that comes, also in one that holds the lock just then.
        self._lock = threading.RLock()
        self._running = 0
        self._waiting: deque[threading.Event] = deque()
        self._mean_seconds = 1.0
        self._is_closed = False

    @property
    def running(self) -> int:
        """Return how many answers are being made."""
        return self._running

    @property
    def waiting(self) -> int:
        """Return how many wait to be made."""
        return len(self._waiting)

    @property
    def is_closed(self) -> bool:
        """Tell whether the service is stopping."""
        return self._is_closed

    def close(self) -> None:
        """Turn away who waits and who comes; what runs is finished."""
        with self._lock:
            self._is_closed = True
            for turn in self._waiting:
                turn.set()

    @contextmanager
    def admitted(self, context: RequestContext) -> Iterator[None]:
        """Wait for a turn, and hold it.

        Raises:
            OverloadedError: If too many wait, or the service is stopping.
            CancelledError: If whoever asked has gone meanwhile.
            DeadlineExceededError: If the request's time is over meanwhile.
        """
        self._enter(context)
        started = time.monotonic()
        try:
            yield
        finally:
            spent = time.monotonic() - started
            with self._lock:
                self._running -= 1
                self._mean_seconds += _NEWEST * (spent - self._mean_seconds)
                self._call_next()

    def _enter(self, context: RequestContext) -> None:
        turn = threading.Event()
        with self._lock:
            if len(self._waiting) + self._running >= self._slots + self._places:
                raise OverloadedError("too many questions now", self._retry_after())
            self._waiting.append(turn)
            self._call_next()
        try:
            while True:
                with self._lock:
                    if self._is_closed:
                        raise OverloadedError("the service is stopping", 5)
                    is_first = self._waiting[0] is turn
                    if is_first and self._running < self._slots:
                        self._running += 1
                        return
                context.check()
                turn.wait(_LOOK_SECONDS)
                turn.clear()
        finally:
            with self._lock:
                self._waiting.remove(turn)
                self._call_next()

    def _call_next(self) -> None:
        if self._waiting and self._running < self._slots:
            self._waiting[0].set()

    def _retry_after(self) -> int:
        """Return the seconds in which all who are before a newcomer are answered."""
        before = len(self._waiting) + self._running
        return max(1, math.ceil(before * self._mean_seconds / self._slots))
