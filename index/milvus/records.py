"""What Milvus keeps of each version besides its collections: one row, one manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pymilvus import MilvusClient

from index.errors import IndexFormatError
from index.milvus.connection import Connection, NotThereError
from index.milvus.schema import MAX_TEXT, PAD, create_manifests
from index.store.manifest import Manifest, parse_manifest

_FIELDS = ("base", "version", "manifest", "state")


@dataclass(frozen=True, slots=True)
class State:
    """What a home must know of a version to change it in place.

    Attributes:
        places: The places of its documents are below this number.
        average: Number of terms in a passage, which lengths are compared with.
    """

    places: int
    average: float


@dataclass(frozen=True, slots=True)
class Record:
    """A published version.

    Attributes:
        base: What the names of its collections begin with.
        version: Its name.
        text: Its manifest, as JSON.
        state: What is needed to change it in place.
    """

    base: str
    version: str
    text: str
    state: State

    def manifest(self) -> Manifest:
        """Return its manifest.

        Raises:
            IndexFormatError: If it is damaged or of another format.
        """
        return parse_manifest(
            self.text.encode("utf-8"), self.version, f"the manifest of {self.base}"
        )


class Records:
    """The rows of the versions, each replaced in one step; and one of the builder."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._collection = f"{name}_versions"
        self._builder = f"{name}_builder"

    def create(self) -> None:
        """Make the collection, if it is not there."""
        if not self._connection.call(MilvusClient.has_collection, self._collection):
            create_manifests(self._connection, self._collection)

    def all(self) -> list[Record]:
        """Return the records of the versions, in any order; none without an index."""
        return [
            Record(
                row["base"],
                row["version"],
                row["manifest"],
                _state(row["state"], row["base"]),
            )
            for row in self._rows('version != ""')
        ]

    def put(self, record: Record) -> None:
        """Write a record, in place of an older one of the same base.

        Raises:
            ValueError: If its manifest is longer than a value of Milvus may be.
        """
        if len(record.text.encode("utf-8")) > MAX_TEXT:
            raise ValueError(
                f"the manifest of {record.version} is too long for Milvus: take an "
                "embedder with fewer dimensions"
            )
        self._put(
            record.base, record.version, record.text, json.dumps(asdict(record.state))
        )

    def remove(self, base: str) -> None:
        """Remove the record of a version."""
        self._connection.call(
            MilvusClient.delete, self._collection, filter=f'base == "{base}"'
        )

    def builder(self) -> Mapping[str, Any] | None:
        """Return what the builder at work told of itself."""
        for row in self._rows(f'base == "{self._builder}"'):
            found: dict[str, Any] = json.loads(row["state"])
            return found
        return None

    def tell_builder(self, told: Mapping[str, Any]) -> None:
        """Keep what a builder tells of itself."""
        self._put(self._builder, "", "", json.dumps(told))

    def forget_builder(self) -> None:
        """Keep it no longer."""
        self.remove(self._builder)

    def _rows(self, condition: str) -> list[dict[str, Any]]:
        try:
            return self._connection.query(
                self._collection, condition, _FIELDS, strong=True
            )
        except NotThereError:
            return []

    def _put(self, base: str, version: str, manifest: str, state: str) -> None:
        row = {"base": base, "version": version, "manifest": manifest, "state": state}
        self._connection.write(self._collection, [{**row, "pad": PAD}], upsert=True)


def _state(text: str, base: str) -> State:
    try:
        return State(**json.loads(text))
    except (TypeError, ValueError) as error:
        raise IndexFormatError(
            f"the state of {base} was changed or damaged; build the index again"
        ) from error
