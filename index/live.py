"""What is made of the live version, replaced when a new version is published."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from index.snapshot import IndexFormatError
from index.store import IndexNotFoundError, IndexStore

logger = logging.getLogger(__name__)

T = TypeVar("T")

_CHECK_SECONDS = 1.0


class LiveVersion(Generic[T]):
    """Keeps what ``load`` makes of the live version, and follows ``CURRENT``.

    A new version is loaded beside the old one in a thread of its own, and then one
    reference is replaced: no caller waits, and none sees parts of two versions. A
    version that cannot be loaded is logged, and the old one stays.
    """

    def __init__(
        self,
        store: IndexStore,
        load: Callable[[str], T],
        *,
        check_seconds: float = _CHECK_SECONDS,
    ) -> None:
        """Load the live version.

        Raises:
            IndexNotFoundError: If nothing has been published.
            IndexFormatError: If the live version is damaged.
        """
        self._store = store
        self._load = load
        self._check_seconds = check_seconds
        self._version = store.current()
        self._value = load(self._version)
        self._refused: str | None = None
        self._checked = time.monotonic()
        self._loading = threading.Lock()

    def get(self) -> T:
        """Return what the newest loaded version gave; starts a check now and then."""
        now = time.monotonic()
        if now - self._checked >= self._check_seconds and self._loading.acquire(
            blocking=False
        ):
            self._checked = now
            threading.Thread(target=self._follow, daemon=True).start()
        return self._value

    def _follow(self) -> None:
        try:
            version = self._store.current()
            if version not in (self._version, self._refused):
                try:
                    self._value = self._load(version)
                    self._version = version
                    logger.info("now answering from index %s", version)
                except Exception:
                    self._refused = version
                    raise
        except (IndexNotFoundError, IndexFormatError, LookupError, OSError):
            logger.exception("the new index cannot be used; keeping %s", self._version)
        finally:
            self._loading.release()
