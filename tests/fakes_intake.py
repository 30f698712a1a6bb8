"""A builder that needs no model: what it builds is live in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from index.documents import Document
from index.intake.progress import Build, FileState


class FakeBuilder:
    """Holds documents in memory; waits before it builds if told to."""

    def __init__(self, *documents: Document) -> None:
        self.live = {each.doc_id: each for each in documents}
        self.may_build = threading.Event()
        self.may_build.set()
        self.builds = 0
        self.errors: list[Exception] = []

    def documents(self) -> Mapping[str, Document]:
        return self.live

    def build(
        self,
        documents: Sequence[Document],
        report: Callable[[FileState, int, int], None],
    ) -> str:
        report("splitting", 1, len(documents))
        self.may_build.wait(30)
        if self.errors:
            raise self.errors.pop()
        self.builds += 1
        self.live = {each.doc_id: each for each in documents}
        return f"v{self.builds}"


def wait(build: Build) -> dict[str, tuple[FileState, str | None]]:
    *_, last = build.follow(10)
    return {each.name: (each.state, each.error) for each in last}
