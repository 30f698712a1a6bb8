"""Which versions of an index Milvus has, which is live, and which can go."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime

from pymilvus import MilvusClient

from index.errors import IndexFormatError, IndexNotFoundError
from index.milvus.connection import READ_SECONDS, Connection, NotThereError
from index.milvus.records import Record, Records, State
from index.milvus.schema import Collections
from index.store.manifest import Manifest, as_json
from index.store.store import KEPT_VERSIONS

# A server may still answer from a version for so long after it was replaced.
_IN_USE_SECONDS = 10.0


class Versions:
    """The versions under one name: an alias says which is live."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        self.records = Records(connection, name)
        self.place = f"{connection.place}/{name}"

    def live(self) -> Record:
        """Return the live version.

        Raises:
            IndexNotFoundError: If nothing has been published.
            IndexFormatError: If it has no manifest.
        """
        try:
            found = self._connection.call(
                MilvusClient.describe_alias, self._name, seconds=READ_SECONDS
            )
        except NotThereError as error:
            raise IndexNotFoundError(
                f"no index in {self.place}; make one with scripts/build_index.py"
            ) from error
        base = str(found["collection_name"]).removesuffix("_passages")
        for record in self.records.all():
            if record.base == base:
                return record
        raise IndexFormatError(f"{base} has no manifest; build the index again")

    def record(self, version: str) -> Record:
        """Return a version.

        Raises:
            IndexFormatError: If there is none of that name.
        """
        for record in self.records.all():
            if record.version == version:
                return record
        raise IndexFormatError(
            f"{self.place} has no version {version}; build the index again"
        )

    def newest_first(self) -> list[Record]:
        """Return all versions."""

        def created(record: Record) -> str:
            manifest = _readable(record)
            return manifest.created if manifest else ""

        return sorted(self.records.all(), key=created, reverse=True)

    def put(self, names: Collections, manifest: Manifest, state: State) -> None:
        """Keep what is known of a version, in place of what was known before."""
        base = names.passages.removesuffix("_passages")
        self.records.put(Record(base, manifest.version, as_json(manifest), state))

    def name_live(self, names: Collections) -> None:
        """Make a version the live one, in one step."""
        try:
            self._connection.call(MilvusClient.alter_alias, names.passages, self._name)
        except NotThereError:
            self._connection.call(MilvusClient.create_alias, names.passages, self._name)

    def prune(self, keep_loaded: Collection[str]) -> None:
        """Remove the versions before the last few, and free the memory of others."""
        found = self.newest_first()
        # What was live until now is the first to go back to, however old.
        found.sort(key=lambda record: f"{record.base}_passages" not in keep_loaded)
        for place, record in enumerate(found):
            names = Collections.of(record.base)
            if names.passages in keep_loaded:
                continue
            if place >= KEPT_VERSIONS and self._is_unused(record):
                self.records.remove(record.base)
                self.drop(names.all())
            else:
                for name in names.all():
                    self._connection.call(MilvusClient.release_collection, name)

    def _is_unused(self, record: Record) -> bool:
        manifests = (_readable(other) for other in self.records.all())
        replaced = [
            datetime.fromisoformat(each.created).timestamp()
            for each in manifests
            if each is not None and each.replaced == record.version
        ]
        return time.time() - max(replaced, default=0.0) > _IN_USE_SECONDS

    def remove_unknown(self) -> None:
        """Remove the collections of builds that ended before they were published."""
        known = {record.base for record in self.records.all()}
        pattern = re.compile(
            rf"({self._name}_[0-9a-f]{{8}})_(?:passages|documents|words)"
        )
        # A version that was looked at before it was to be published.
        with suppress(NotThereError):
            self._connection.call(MilvusClient.drop_alias, f"{self._name}_trial")
        left = [
            name
            for name in self._connection.call(MilvusClient.list_collections)
            if (match := pattern.fullmatch(name)) and match[1] not in known
        ]
        self.drop(left)

    def drop(self, names: Iterable[str]) -> None:
        """Remove collections."""
        for name in names:
            self._connection.call(MilvusClient.drop_collection, name)


def _readable(record: Record) -> Manifest | None:
    """Return a version's manifest, unless it is damaged or of another format."""
    with suppress(IndexFormatError):
        return record.manifest()
    return None
