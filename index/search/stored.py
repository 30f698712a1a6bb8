"""Vectors in a file, of which only the rows that are wanted are read."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexUnavailableError


class StoredVectors:
    """16-bit vectors in a file of ``numpy.save``.

    Not mapped: where a mapped file is cut short the system ends the process.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, which stays open.

        Raises:
            ValueError: If it holds no 16-bit vectors.
            OSError: If it cannot be opened.
        """
        self._path = path
        self._file = path.open("rb", buffering=0)
        # Closed with the last that uses it: an old version may still be answering.
        weakref.finalize(self, self._file.close)
        self._reading = threading.Lock()
        version = np.lib.format.read_magic(self._file)
        read = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, is_by_columns, dtype = read(self._file)
        if len(shape) != 2 or is_by_columns or dtype != np.float16:
            raise ValueError(f"{path} holds no 16-bit vectors")
        self._begin = self._file.tell()
        self._dim = int(shape[1])

    def __getitem__(
        self, rows: Sequence[int] | NDArray[np.int64]
    ) -> NDArray[np.float16]:
        """Return the vectors of rows, shape ``(n, dim)``.

        Raises:
            IndexUnavailableError: If the file was cut short since.
        """
        found = np.empty((len(rows), self._dim), dtype=np.float16)
        size = self._dim * found.itemsize
        with self._reading:
            for place, row in enumerate(rows):
                self._file.seek(self._begin + int(row) * size)
                if self._file.readinto(memoryview(found[place])) != size:
                    raise IndexUnavailableError(
                        f"{self._path} was cut short; build the index again"
                    )
        return found
