"""What is made of the live version, replaced when a new version is published."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from index.errors import IndexUnavailableError
from index.terminal import printable

logger = logging.getLogger(__name__)

T = TypeVar("T")

_CHECK_SECONDS = 0.5
# Nobody asked for longer than this: then callers wait for the check, at most so long.
_PAUSE_SECONDS = 0.5
_PATIENCE_SECONDS = 2.0
# A version that cannot be loaded is tried again after as long, and then twice as long.
_MAX_WAIT_SECONDS = 30.0
_MAX_REASON = 300


class NamesLive(Protocol):
    """Knows which version is live."""

    def current(self) -> str:
        """Return its name."""
        ...


class LiveVersion(Generic[T]):
    """Keeps what ``load`` makes of the live version, and follows the index.

    A new version is loaded beside the old one in a thread of its own, and then one
    reference is replaced: none sees parts of two versions, and no caller waits but
    those after a pause, as what was live before it may be long gone. While a version
    cannot be loaded the old one stays, and it is tried again: it may be a copy that is
    not whole yet.
    """

    def __init__(
        self,
        home: NamesLive,
        load: Callable[[str], T],
        *,
        check_seconds: float = _CHECK_SECONDS,
    ) -> None:
        """Load the live version.

        Raises:
            IndexNotFoundError: If nothing has been published.
            IndexFormatError: If the live version is damaged.
            IndexUnavailableError: If the index cannot be reached.
        """
        self._home = home
        self._load = load
        self._check_seconds = check_seconds
        self._version = home.current()
        self._value = load(self._version)
        self._trouble: str | None = None
        self._refused: str | None = None
        self._unavailable: str | None = None
        self._wait = check_seconds
        self._retry = 0.0
        self._pause = max(check_seconds, _PAUSE_SECONDS)
        self._asking = threading.Lock()
        self._asked = time.monotonic()
        self._next_check = self._asked + check_seconds
        self._loading = threading.Lock()
        self._following: threading.Thread | None = None
        self._wait_until = 0.0

    def get(self) -> T:
        """Return what the newest loaded version gave; starts a check now and then.

        Raises:
            IndexUnavailableError: If nobody can tell which version is live.
        """
        self._check()
        if self._unavailable is not None and self._refused is None:
            raise IndexUnavailableError(self._unavailable)
        return self._value

    def _check(self) -> None:
        now = time.monotonic()
        with self._asking:
            is_after_pause = now - self._asked > self._pause
            self._asked = now
            if now >= self._next_check and self._loading.acquire(blocking=False):
                self._following = threading.Thread(target=self._follow, daemon=True)
                self._following.start()
                self._wait_until = now + _PATIENCE_SECONDS if is_after_pause else 0.0
            following = self._following
        if following is not None and now < self._wait_until:
            following.join(self._wait_until - now)

    def trouble(self) -> str | None:
        """Return why the live version is not answered from, or ``None`` if it is."""
        self._check()
        return self._trouble

    def unavailable(self) -> str | None:
        """Return why the index cannot be reached, or ``None`` if it can."""
        self._check()
        return self._unavailable

    def _follow(self) -> None:
        version = None
        try:
            version = self._home.current()
            if version == self._refused and time.monotonic() < self._retry:
                return
            if version != self._version:
                self._value = self._load(version)
                self._version = version
                logger.info("now answering from index %s", version)
            self._trouble = self._refused = self._unavailable = None
        except IndexUnavailableError as error:
            self._unavailable = str(error)
            self._refuse(version, str(error))
        except (LookupError, OSError, RuntimeError, ValueError) as error:
            self._refuse(version, str(error))
        finally:
            self._next_check = time.monotonic() + self._check_seconds
            self._loading.release()

    def _refuse(self, version: str | None, reason: str) -> None:
        is_same = version is not None and version == self._refused
        self._wait = 2 * self._wait if is_same else self._check_seconds
        self._wait = min(self._wait, _MAX_WAIT_SECONDS)
        self._refused, self._retry = version, time.monotonic() + self._wait
        # What a damaged file holds may be long, and may pretend to be other lines.
        shown = printable(reason[:_MAX_REASON])
        trouble = f"the new index cannot be used: {shown}"
        if trouble != self._trouble:
            logger.warning("%s; keeping %s, and trying again", trouble, self._version)
        self._trouble = trouble
