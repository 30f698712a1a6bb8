"""The versions of an index in Milvus: written, verified, made live by one alias.

Consistency: a version's collections are written, flushed and loaded before the alias
names them, and then never change; so the fast reads that may be behind by seconds see
all of it. A publish returns when every server has asked for the alias again: the next
answer of each is of the new version. For changes in place see ``change_in_place``.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from pymilvus import MilvusClient

from index.documents import Document
from index.errors import IndexFormatError, IndexNotFoundError
from index.milvus.changing import change
from index.milvus.connection import Connection
from index.milvus.lock import BuilderLock
from index.milvus.records import State
from index.milvus.schema import Collections
from index.milvus.snapshot import MilvusSnapshot
from index.milvus.upload import check_collections
from index.milvus.versions import Versions
from index.milvus.writing import write_version
from index.passages import Splitting
from index.search.snapshot import PassagePlace
from index.search.vectors import Vectors
from index.store.manifest import Manifest, named

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}")
# Servers that are asked look for a new version twice a second, the others when they
# are asked; then they load it.
_TAKEN_UP_SECONDS = 2.0


class MilvusHome:
    """The versions of one index on a Milvus server; see ``IndexHome``."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        self._versions = Versions(connection, name)
        self._lock = BuilderLock(connection, name, self._versions.records)

    @classmethod
    def at(cls, address: str) -> MilvusHome:
        """Return the home at ``milvus://[USER:PASSWORD@]HOST:PORT/NAME``.

        Raises:
            ValueError: If the address makes no sense.
        """
        name = urlsplit(address).path.strip("/")
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"the index's address ends in no name: {address!r}; it is "
                "milvus://HOST:PORT/NAME, the name of letters, digits and _"
            )
        return cls(Connection(address), name)

    @property
    def folder(self) -> Path:
        """See ``IndexHome``."""
        place = self._connection.place.replace(":", "-")
        return Path("var", "milvus", f"{place}-{self._name}")

    def current(self) -> str:
        """See ``IndexHome``."""
        return self._versions.live().version

    def manifest(self, version: str) -> Manifest:
        """See ``IndexHome``."""
        return self._versions.record(version).manifest()

    def open(self, version: str) -> MilvusSnapshot:
        """See ``IndexHome``; checked is how many rows the server has."""
        record = self._versions.record(version)
        manifest = record.manifest()
        rows = self._connection.load_all(manifest.files)
        for name, expected in manifest.files.items():
            if rows[name] != expected.size and not manifest.in_place:
                raise IndexFormatError(
                    f"{name} holds {rows[name]} rows, its manifest says "
                    f"{expected.size}; build the index again"
                )
        names = Collections.of(record.base)
        return MilvusSnapshot(
            self._connection, names, manifest, record.state, may_copy=True
        )

    def versions(self) -> list[str]:
        """See ``IndexHome``."""
        return [record.version for record in self._versions.newest_first()]

    def rollback(self, version: str | None = None) -> Manifest:
        """See ``IndexHome``."""
        # Also where there is nothing to go back to.
        live = self._versions.live()
        with self.building():
            if version is None:
                version = live.manifest().replaced
            known = self.versions()
            if version not in known:
                raise IndexNotFoundError(
                    f"no {version or 'older'} version in {self._versions.place} to go "
                    f"back to; there are: {', '.join(known) or 'none'}"
                )
            snapshot = self.open(version)
            self._switch(snapshot.names)
            time.sleep(_TAKEN_UP_SECONDS)
            return snapshot.manifest

    @contextmanager
    def building(self) -> Iterator[Path]:
        """See ``IndexHome``; entering removes what a killed builder left."""
        self._versions.records.create()
        with self._lock.held(), tempfile.TemporaryDirectory() as folder:
            self._versions.remove_unknown()
            yield Path(folder)

    def assemble(
        self,
        documents: Sequence[Document],
        places: Sequence[PassagePlace],
        vectors: Vectors,
        factory: str | None = None,
        queries: Vectors | None = None,
        within: Path | None = None,
        report: Callable[[int], None] = lambda count: None,
    ) -> MilvusSnapshot:
        """Write a new version, which nobody is told of yet; see ``IndexHome``.

        Raises:
            ValueError: If a kind of vector index is wanted: here Milvus has its own.
        """
        if factory is not None:
            raise ValueError(f"Milvus has no {factory!r}: leave --faiss-factory out")
        return write_version(
            self._connection, self._name, (documents, places, vectors), queries, report
        )

    def publish(
        self,
        snapshot: MilvusSnapshot,
        *,
        embedder: str,
        precision: str,
        probe: tuple[float, ...],
        splitting: Splitting,
        accept: Callable[[Path | str], None] | None = None,
    ) -> Manifest:
        """Verify a new version and make it the live one; see ``IndexHome``."""
        names = snapshot.names
        check_collections(self._connection, names, snapshot.manifest.files)
        live = None
        with suppress(IndexNotFoundError, IndexFormatError):
            live = self._versions.live()
        manifest = named(
            replace(
                snapshot.manifest,
                created=_now(),
                embedder=embedder,
                precision=precision,
                probe=probe,
                splitting=splitting,
                replaced=live.version if live else None,
            )
        )
        if accept is not None:
            with self._viewing(names, manifest, snapshot.state) as address:
                accept(address)
        self._versions.put(names, manifest, snapshot.state)
        self._switch(names)
        switched = time.monotonic()
        # Servers are about to change from the one to the other.
        in_use = {names.passages} | ({f"{live.base}_passages"} if live else set())
        self._versions.prune(keep_loaded=in_use)
        time.sleep(max(0.0, switched + _TAKEN_UP_SECONDS - time.monotonic()))
        return manifest

    @contextmanager
    def _viewing(
        self, names: Collections, manifest: Manifest, state: State
    ) -> Iterator[str]:
        """Yield an address that opens as an index whose live version is this one."""
        trial = Versions(self._connection, f"{self._name}_trial")
        trial.records.create()
        trial.put(names, manifest, state)
        trial.name_live(names)
        try:
            yield self._connection.address(f"{self._name}_trial")
        finally:
            self._connection.call(MilvusClient.drop_alias, f"{self._name}_trial")
            self._versions.drop([f"{self._name}_trial_versions"])

    def change_in_place(
        self,
        documents: Sequence[Document],
        places: Sequence[PassagePlace],
        vectors: Vectors,
        removed: Collection[str],
        report: Callable[[int], None] = lambda count: None,
    ) -> Manifest:
        """See ``UpdatesInPlace``.

        Nothing is copied, and there is nothing to go back to: a failure or a kill
        leaves some documents as they were and others new, each of them whole, and the
        next build ends it. Servers that ask for the version are told first, and check
        from then on that a hit is of its document's text as it is.
        """
        record = self._versions.live()
        names = Collections.of(record.base)
        manifest = record.manifest()
        begun = named(
            replace(
                manifest, version="", created=_now(), in_place=manifest.in_place + 1
            )
        )
        state = replace(record.state, places=record.state.places + len(documents))
        self._lock.check()
        self._versions.put(names, begun, state)
        before = MilvusSnapshot(self._connection, names, begun, state)
        documents_now, passages_now, files = change(
            self._connection,
            before,
            (documents, places, vectors),
            removed,
            first_place=record.state.places,
            report=report,
        )
        ended = named(
            replace(
                begun,
                version="",
                created=_now(),
                documents=documents_now,
                passages=passages_now,
                files=files,
            )
        )
        self._lock.check()
        self._versions.put(names, ended, state)
        return ended

    def _switch(self, names: Collections) -> None:
        self._lock.check()
        self._versions.name_live(names)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
