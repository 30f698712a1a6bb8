"""Calls of a Milvus server: each with a deadline, and one connection for all."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import grpc
from pymilvus import MilvusClient, MilvusException

from index.errors import IndexUnavailableError

# It logs each failed call with a traceback, also those that are answered here.
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)

# Of a call while somebody waits for an answer: pymilvus tries again until then, ever
# more seldom.
READ_SECONDS = 4.0
# Of a call by a builder: loading a large collection takes minutes.
WRITE_SECONDS = 600.0

_OPTIONS = {
    # After a loss the connection is tried again at least as often.
    "grpc.initial_reconnect_backoff_ms": 200,
    "grpc.max_reconnect_backoff_ms": 1_000,
    # pymilvus' ten seconds are too often for servers of gRPC's own settings, which
    # then close the connection. A lost one is noticed by the calls' deadlines.
    "grpc.keepalive_time_ms": 300_000,
    "grpc.keepalive_permit_without_calls": 0,
}
_MAX_ROWS = 16_384
_BATCH_BYTES = 8_000_000
_NOT_LOADED = ("not loaded", "not been loaded", "released")
_NOT_THERE = ("not found", "not exist", "can't find")
_MAX_REASON = 200

T = TypeVar("T")
Row = dict[str, Any]


class NotThereError(IndexUnavailableError):
    """The server has no collection or alias of that name."""


class Connection:
    """One connection to a server, shared by all threads, made when it is needed."""

    def __init__(self, address: str) -> None:
        """Take ``milvus://[USER:PASSWORD@]HOST:PORT/NAME``.

        Raises:
            ValueError: If the address makes no sense.
        """
        parts = urlsplit(address)
        try:
            port = parts.port or 19530
        except ValueError:
            port = 0
        if not parts.hostname or not port:
            raise ValueError(
                f"the index's address names no host and port: {address!r}; it is "
                "milvus://HOST:PORT/NAME"
            )
        self.place = f"{parts.hostname}:{port}"
        user, password = parts.username, parts.password
        self._server = address.removesuffix("/").rpartition("/")[0]
        self._token = f"{unquote(user)}:{unquote(password or '')}" if user else ""
        self._client: MilvusClient | None = None
        self._connecting = threading.Lock()

    def address(self, name: str) -> str:
        """Return the address of an index on the same server."""
        return f"{self._server}/{name}"

    def call(
        self,
        do: Callable[..., T],
        *arguments: object,
        seconds: float = WRITE_SECONDS,
        **named: object,
    ) -> T:
        """Return what a method of ``MilvusClient`` returns.

        Raises:
            NotThereError: If what is named is not on the server.
            IndexUnavailableError: If there is no good answer in time.
        """
        try:
            return do(self._connected(), *arguments, timeout=seconds, **named)
        except (MilvusException, grpc.RpcError, grpc.FutureTimeoutError) as error:
            raise self._unavailable(error) from error

    def query(
        self,
        collection: str,
        condition: str,
        fields: Sequence[str],
        *,
        strong: bool = False,
        seconds: float = READ_SECONDS,
    ) -> list[Row]:
        """Return the rows that meet a condition, at most ``_MAX_ROWS``.

        Args:
            collection: Its name.
            condition: In Milvus' language.
            fields: What to return of each row.
            strong: Whether all that was written before must be seen: that takes a
                fifth of a second, and only what changes in place needs it.
            seconds: The deadline.
        """
        return self._reading(
            collection,
            MilvusClient.query,
            seconds,
            filter=condition,
            output_fields=list(fields),
            limit=_MAX_ROWS,
            consistency_level="Strong" if strong else "Eventually",
            # Vectors as arrays, made at once.
            strict_float32=True,
        )

    def search(
        self, collection: str, vector: object, limit: int, **named: object
    ) -> list[Row]:
        """Return the rows nearest to a vector, best first."""
        found = self._reading(
            collection,
            MilvusClient.search,
            READ_SECONDS,
            data=[vector],
            limit=min(limit, _MAX_ROWS),
            **{"consistency_level": "Eventually", **named},
        )
        return list(found[0])

    def count(self, collection: str) -> int:
        """Return the number of rows of a collection, with all that was written."""
        (row,) = self._reading(
            collection,
            MilvusClient.query,
            WRITE_SECONDS,
            output_fields=["count(*)"],
            consistency_level="Strong",
        )
        return int(row["count(*)"])

    def write(self, collection: str, rows: Iterable[Row], *, upsert: bool) -> None:
        """Write rows, in batches of a size that a server takes."""
        write = MilvusClient.upsert if upsert else MilvusClient.insert
        for batch in _batches(rows):
            self.call(write, collection, batch)

    def load(self, collection: str, seconds: float = WRITE_SECONDS) -> None:
        """Bring a collection into the server's memory, where it can be asked.

        What takes longer goes on at the server.
        """
        self.call(MilvusClient.load_collection, collection, seconds=seconds)

    def load_all(self, collections: Iterable[str]) -> dict[str, int]:
        """Load collections beside each other; return how many rows each has.

        With all that was written: what is read after this is not behind it.
        """

        def load(name: str) -> tuple[str, int]:
            self.load(name)
            return name, self.count(name)

        with ThreadPoolExecutor() as pool:
            return dict(pool.map(load, collections))

    def _reading(
        self,
        collection: str,
        do: Callable[..., T],
        seconds: float,
        **named: object,
    ) -> T:
        try:
            return self.call(do, collection, seconds=seconds, **named)
        except IndexUnavailableError as error:
            # After a restart of the server its collections are on its disk alone.
            if not any(each in str(error) for each in _NOT_LOADED):
                raise
        self.load(collection, seconds)
        return self.call(do, collection, seconds=seconds, **named)

    def _connected(self) -> MilvusClient:
        with self._connecting:
            if self._client is None:
                self._client = MilvusClient(
                    uri=f"http://{self.place}",
                    token=self._token,
                    timeout=READ_SECONDS,
                    grpc_options=_OPTIONS,
                )
            return self._client

    def _unavailable(self, error: Exception) -> IndexUnavailableError:
        reason = getattr(error, "message", None) or str(error) or repr(error)
        shown = " ".join(str(reason).split())[:_MAX_REASON]
        is_there = not any(each in shown for each in _NOT_THERE)
        kind = IndexUnavailableError if is_there else NotThereError
        return kind(f"Milvus at {self.place}: {shown}")


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += sum(_bytes(value) for value in row.values())
        if size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _bytes(value: object) -> int:
    if isinstance(value, str):
        return 4 * len(value)
    nbytes = getattr(value, "nbytes", None)
    return nbytes if isinstance(nbytes, int) else 8
