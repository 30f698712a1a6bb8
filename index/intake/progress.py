"""How far the files are that were brought, and the changes of articles."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

FileState = Literal[
    "waiting", "reading", "splitting", "embedding", "indexing", "live", "failed"
]
ENDED: tuple[FileState, ...] = ("live", "failed")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one file, or one change of an article, has come.

    Attributes:
        name: The file's name, or the id of the article changed.
        done: Of the stage under way, out of ``total``; both 0 where nobody counts.
        document_ids: Its articles, once they are live.
        error: What is wrong with it, in words, if it failed.
    """

    name: str
    state: FileState
    done: int = 0
    total: int = 0
    document_ids: tuple[str, ...] = ()
    error: str | None = None


class Build:
    """A wish to have files or changes in the index, and how far it has come."""

    def __init__(self, names: Iterable[str], files: Sequence[str] = ()) -> None:
        self.build_id = uuid.uuid4().hex
        self.files = tuple(files)
        self._progress = {name: Progress(name, "waiting") for name in names}
        self._count = 0
        self._changed = threading.Condition()

    def progress(self) -> tuple[Progress, ...]:
        """Return how far each file is."""
        with self._changed:
            return tuple(self._progress.values())

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return all(each.state in ENDED for each in self.progress())

    def set(self, name: str, state: FileState, **details: object) -> None:
        """Note how far a file has come; one that ended stays as it is."""
        with self._changed:
            if self._progress[name].state not in ENDED:
                self._progress[name] = replace(
                    Progress(name, state),
                    **details,  # type: ignore[arg-type]
                )
                self._count += 1
                self._changed.notify_all()

    def set_all(self, state: FileState, **details: object) -> None:
        """Note the same of all files that have not ended."""
        for each in self.progress():
            self.set(each.name, state, **details)

    def follow(self, seconds: float) -> Iterator[tuple[Progress, ...]]:
        """Yield the progress now and after each change, till the end or for a while."""
        ends, seen = time.monotonic() + seconds, -1
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._count != seen,  # noqa: B023 -- called at once
                    max(0.0, ends - time.monotonic()),
                )
                is_news, seen = self._count != seen, self._count
                found = tuple(self._progress.values())
            if is_news:
                yield found
            if self.is_over or time.monotonic() >= ends:
                return
