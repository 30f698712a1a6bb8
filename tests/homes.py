"""The homes of an index that the tests know, each with a way to look behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from index.home import IndexHome, Snapshot, open_index
from tests.milvus_servers import MilvusServer

_numbers = count()


@dataclass(frozen=True)
class Home:
    """An empty home of its own for a test."""

    address: str
    home: IndexHome[Snapshot] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "home", open_index(self.address))

    def current(self) -> Snapshot:
        return self.home.open(self.home.current())


def in_folder(folder: Path) -> Home:
    return Home(str(folder / f"home{next(_numbers)}"))


def on_server(server: MilvusServer) -> Home:
    return Home(server.address(f"home{next(_numbers)}"))


@contextmanager
def serving(server: MilvusServer) -> Iterator[MilvusServer]:
    server.start()
    try:
        server.wait()
        yield server
    finally:
        server.kill()
