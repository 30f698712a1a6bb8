"""Reading files that others may have put there: never for ever, never without end."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path


@contextmanager
def open_regular(path: Path) -> Iterator[FileIO]:
    """Open a file to read, unless it is one that never ends, such as a pipe.

    Raises:
        OSError: If it cannot be read, or is no regular file.
    """
    # A pipe that nobody writes into would keep a plain open waiting for ever.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with FileIO(descriptor, closefd=True) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{path} is no regular file")
        yield file


def read_small(path: Path, most: int) -> bytes:
    """Return what a file holds.

    Raises:
        OSError: If it cannot be read, is no regular file or holds over ``most`` bytes.
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > most:
            raise OSError(f"{path} holds {size} bytes, where {most} are too many")
        return file.read(most)
