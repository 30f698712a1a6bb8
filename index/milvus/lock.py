"""One builder at a time, wherever it runs: kept by the server."""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from pymilvus import MilvusClient

from index.errors import IndexBusyError, IndexUnavailableError
from index.milvus.connection import Connection
from index.milvus.records import Records
from index.milvus.schema import create_lock

_BEAT_SECONDS = 10.0
# A builder that has not been heard of for as long is gone. Clocks of builders must
# not be further apart.
_SILENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Builder:
    """Who builds: a process of a machine, last heard of at a time of its clock."""

    owner: str
    host: str
    pid: int
    heard: float

    def is_gone(self) -> bool:
        """Tell whether the process has ended, or was not heard of for long."""
        if self.host == _host() and not _is_running(self.pid):
            return True
        return time.time() - self.heard > _SILENCE_SECONDS


class BuilderLock:
    """Keeps other builders of an index out.

    Making a collection is what a server lets one of several do. It also stands in the
    records who made it, so that what a killed builder left can be told and removed.
    """

    def __init__(self, connection: Connection, name: str, records: Records) -> None:
        self._connection = connection
        self._name = f"{name}_builder"
        self._records = records
        self._owner = ""

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock.

        Raises:
            IndexBusyError: If another builder has it.
        """
        self._owner = uuid.uuid4().hex
        self._acquire()
        ended = threading.Event()
        beating = threading.Thread(target=self._beat, args=(ended,), daemon=True)
        beating.start()
        try:
            yield
        finally:
            ended.set()
            beating.join()
            if self._is_mine():
                self._drop()

    def check(self) -> None:
        """Check that the lock is still held, before a step that others will see.

        Raises:
            IndexBusyError: If another builder took this one for gone.
        """
        if not self._is_mine():
            raise IndexBusyError(
                "another builder has taken over, as this one was not heard of for long"
            )

    def _acquire(self) -> None:
        try:
            create_lock(self._connection, self._name, self._owner)
        except IndexUnavailableError:
            if not self._connection.call(MilvusClient.has_collection, self._name):
                raise
            other = self._records.builder()
            # Nothing is known of one that has just begun.
            if other is None or not Builder(**other).is_gone():
                raise IndexBusyError(
                    f"another build is at work in {self._connection.place}; "
                    "wait until it ends"
                ) from None
            self._drop()
            create_lock(self._connection, self._name, self._owner)
        self._tell()

    def _drop(self) -> None:
        self._records.forget_builder()
        self._connection.call(MilvusClient.drop_collection, self._name)

    def _is_mine(self) -> bool:
        with suppress(IndexUnavailableError):
            found = self._connection.call(MilvusClient.describe_collection, self._name)
            return any(
                field["name"] == f"owner_{self._owner}" for field in found["fields"]
            )
        return False

    def _beat(self, ended: threading.Event) -> None:
        while not ended.wait(_BEAT_SECONDS):
            with suppress(IndexUnavailableError):
                self._tell()

    def _tell(self) -> None:
        self._records.tell_builder(
            {
                "owner": self._owner,
                "host": _host(),
                "pid": os.getpid(),
                "heard": time.time(),
            }
        )


def _host() -> str:
    return f"{socket.gethostname()}-{uuid.getnode():x}"


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
