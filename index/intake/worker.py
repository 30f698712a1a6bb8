"""Builds while serving: one worker takes what was brought, and tells of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from index.documents import Document
from index.folders import DocumentError
from index.intake.added import AddedFiles, is_added
from index.intake.progress import Build, FileState

logger = logging.getLogger(__name__)

# Files that may wait at once; a finished build is told of while so many came after it.
MAX_WAITING = 100
_BUILDS_KEPT = 500


class IntakeFullError(RuntimeError):
    """So much is waiting that nothing more is taken; the message says what to do."""


class BusyError(RuntimeError):
    """Another process is building this index."""


class Builder(Protocol):
    """Builds the index that is served and makes it live."""

    def documents(self) -> Mapping[str, Document]:
        """Return what the live index holds."""
        ...

    def build(
        self,
        documents: Sequence[Document],
        report: Callable[[FileState, int, int], None],
    ) -> str:
        """Publish an index of documents; return its version.

        Raises:
            DocumentError: If there is nothing to index.
            BusyError: If another process is building.
            OSError: If the disk does not take it.
        """
        ...


class Intake:
    """Takes files and changes, and builds them in a thread of its own.

    Whatever it took is on the disk before it says so: after a kill, the next start
    builds what was left.
    """

    def __init__(
        self, added: AddedFiles, builder: Builder, *, retry_seconds: float = 2.0
    ) -> None:
        self.added = added
        self._builder = builder
        self._retry_seconds = retry_seconds
        self._builds: dict[str, Build] = {}
        self._waiting: list[Build] = []
        self._wake = threading.Condition()
        threading.Thread(target=self._work, name="intake", daemon=True).start()

    def resume(self) -> None:
        """Build what a run before this one took and could not finish."""
        self.added.purge()
        live = dict(self._builder.documents())
        wanted = {each.doc_id: each for each in self.added.collect(self._others())}
        if wanted and wanted != live:
            names = self.added.names()
            self._queue(Build(names or ["changes"], names))

    def add(self, files: Sequence[tuple[str, bytes]]) -> Build:
        """Keep files, and have them built.

        Raises:
            DocumentError: If a file's name is of no format that can be read.
            IntakeFullError: If too many wait; then none was kept.
        """
        self._check_room(len(files))
        names = list(dict.fromkeys(self.added.keep(*each) for each in files))
        return self._queue(Build(names, names))

    def rename(self, doc_id: str, title: str) -> Build:
        """Give an article another title, and have that built."""
        self._check_room(1)
        self.added.rename(doc_id, title)
        return self._queue(Build([doc_id]))

    def remove(self, document: Document) -> Build:
        """Leave an article out, and have that built.

        Raises:
            DocumentError: If no other would be left.
        """
        self._check_room(1)
        if len(list(self.added.collect(self._others()))) < 2:
            raise DocumentError("this is the only article; bring another one first")
        self.added.remove(document)
        return self._queue(Build([document.doc_id]))

    def restore(self, doc_id: str) -> Build | None:
        """Take a removed article back, and have that built; ``None`` if none was."""
        self._check_room(1)
        return self._queue(Build([doc_id])) if self.added.restore(doc_id) else None

    def find(self, build_id: str) -> Build | None:
        """Return a build by its id, if it is still known."""
        return self._builds.get(build_id)

    def _check_room(self, more: int) -> None:
        with self._wake:
            waiting = sum(len(each.progress()) for each in self._waiting)
        if waiting + more > MAX_WAITING:
            raise IntakeFullError(
                f"{waiting} files are waiting to be read; bring more when they are done"
            )

    def _queue(self, build: Build) -> Build:
        with self._wake:
            self._builds[build.build_id] = build
            while len(self._builds) > _BUILDS_KEPT:
                self._builds.pop(next(iter(self._builds)))
            self._waiting.append(build)
            self._wake.notify()
        return build

    def _work(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: bool(self._waiting))
                builds, self._waiting = self._waiting, []
            try:
                self._make(builds)
            except (DocumentError, OSError, ValueError) as error:
                self._fail(builds, str(error))
            except Exception:
                logger.exception("a build failed")
                self._fail(builds, "the index could not be built; the log says why")

    def _make(self, builds: Sequence[Build]) -> None:
        """Build all that waits at once: it is the number of builds that costs."""
        articles: dict[str, tuple[str, ...]] = {}
        for build in builds:
            for name in build.files:
                build.set(name, "reading")
            for name, found in self.added.read(build.files):
                if isinstance(found, DocumentError):
                    build.set(name, "failed", error=str(found))
                    self.added.discard(name)
                else:
                    articles[name] = tuple(each.doc_id for each in found)
        if all(build.is_over for build in builds):
            return
        documents = list(self.added.collect(self._others()))

        def report(stage: FileState, done: int, total: int) -> None:
            for each in builds:
                each.set_all(stage, done=done, total=total)

        while True:
            try:
                version = self._builder.build(documents, report)
                break
            except BusyError as error:
                # Another process is at it: it will end, and this is not lost.
                logger.info("waiting to build: %s", error)
                time.sleep(self._retry_seconds)
                documents = list(self.added.collect(self._others()))
        self.added.settle()
        logger.info("%d changes are live in %s", len(builds), version)
        for build in builds:
            for each in build.progress():
                ids = articles.get(each.name, (each.name,))
                build.set(each.name, "live", document_ids=ids)

    def _others(self) -> Iterator[Document]:
        """Yield what the index has of other sources: the files are read anew."""
        for document in self._builder.documents().values():
            if not is_added(document.doc_id):
                yield document

    @staticmethod
    def _fail(builds: Sequence[Build], error: str) -> None:
        for each in builds:
            each.set_all("failed", error=error)
