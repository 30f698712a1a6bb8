"""Building the index that is being served, as it was built before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from index.build import build_index
from index.documents import Document
from index.errors import IndexBusyError
from index.intake.progress import FileState
from index.intake.worker import BusyError
from index.models.embedder import Embedder
from index.store.store import IndexStore
from index.work.executor import Executor


class LiveBuilder:
    """Builds with the embedder and the splitting of the live version."""

    def __init__(
        self,
        root: Path,
        load_embedder: Callable[[str], Embedder],
        published: Callable[[str], None] = lambda version: None,
        executor: Executor | None = None,
    ) -> None:
        """Take the index folder.

        Args:
            root: The index folder.
            load_embedder: Called with the name of the live version's embedder, at
                each build: between them it would take memory for nothing.
            published: Called with the version after each build, which it may hold up
                until the version is answered from.
            executor: Where much text is split and embedded; ``None`` for this process.
        """
        self._store = IndexStore(root)
        self._load_embedder = load_embedder
        self._published = published
        self._executor = executor
        self._known: tuple[str, Mapping[str, Document]] = ("", {})

    def documents(self) -> Mapping[str, Document]:
        """Return what the live index holds, whoever built it.

        Raises:
            IndexNotFoundError: If nothing has been published.
            IndexFormatError: If the live version is damaged.
        """
        version = self._store.current()
        if self._known[0] != version:
            self._known = version, self._store.open(version).documents
        return self._known[1]

    def build(
        self,
        documents: Sequence[Document],
        report: Callable[[FileState, int, int], None],
    ) -> str:
        """Publish an index of documents; see ``Builder``."""
        manifest = self._store.manifest(self._store.current())
        try:
            result = build_index(
                documents,
                self._store.root,
                self._load_embedder(manifest.embedder),
                manifest.splitting,
                executor=self._executor,
                report=report,
            )
        except IndexBusyError as error:
            raise BusyError(str(error)) from error
        version = result.manifest.version
        self._known = version, {each.doc_id: each for each in documents}
        self._published(version)
        return version
