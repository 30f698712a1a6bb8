"""What was fetched lately, so that it need not be fetched again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from itertools import count
from typing import Generic, TypeVar

import numpy as np

from index.errors import IndexUnavailableError
from index.search.kinds import QUANTISED_LIMIT
from index.search.vectors import FaissVectors, Vectors

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# What asks less often, as a command does, would wait for a copy in vain.
_ASKED = 10
# Vectors that are fetched at a time.
_PAGE = 2_000


class Cache(Generic[K, V]):
    """Keeps the values used last, up to a total size. For many threads."""

    def __init__(self, most: int, size: Callable[[V], int] = lambda value: 1) -> None:
        self._most = most
        self._size = size
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._total = 0
        self._lock = threading.Lock()

    def get(
        self, keys: Iterable[K], fetch: Callable[[list[K]], Mapping[K, V]]
    ) -> dict[K, V]:
        """Return the values of keys; those that are not kept are fetched together.

        What ``fetch`` does not return is left out.
        """
        found: dict[K, V] = {}
        missing = []
        with self._lock:
            for key in dict.fromkeys(keys):
                if key in self._kept:
                    self._kept.move_to_end(key)
                    found[key] = self._kept[key]
                else:
                    missing.append(key)
        if missing:
            fetched = fetch(missing)
            found |= fetched
            self.keep(fetched)
        return found

    def keep(self, values: Mapping[K, V]) -> None:
        """Keep values; those that were used longest ago make room for them."""
        with self._lock:
            for key, value in values.items():
                if key in self._kept:
                    self._total -= self._size(self._kept.pop(key))
                self._kept[key] = value
                self._total += self._size(value)
            while self._total > self._most:
                _, dropped = self._kept.popitem(last=False)
                self._total -= self._size(dropped)

    def forget(self, key: K) -> None:
        """Keep the value of a key no longer."""
        with self._lock:
            if key in self._kept:
                self._total -= self._size(self._kept.pop(key))


class VectorCopy:
    """The vectors of a version, which never change, searched without the server.

    They are fetched beside the first questions, which the server answers itself: from
    then on a question does not wait for its search. Those of a version with more than
    a process compares within milliseconds stay where they are.
    """

    def __init__(
        self,
        fetch: Callable[[range], Vectors],
        shape: tuple[int, int],
        *,
        may_be_made: bool,
    ) -> None:
        self._fetch = fetch
        self._shape = shape
        self._may_be_made = may_be_made and shape[0] <= QUANTISED_LIMIT
        self._asked = count(1)
        self._found: FaissVectors | None = None

    def get(self) -> FaissVectors | None:
        """Return them; ``None`` until all are here, or where the server keeps them."""
        if not self._may_be_made or self._found is not None:
            return self._found
        if next(self._asked) == _ASKED:
            threading.Thread(target=self._make, daemon=True).start()
        return None

    def _make(self) -> None:
        vectors = np.empty(self._shape, dtype=np.float32)
        try:
            for begin in range(0, len(vectors), _PAGE):
                page = range(begin, min(begin + _PAGE, len(vectors)))
                vectors[page.start : page.stop] = self._fetch(page)
        except IndexUnavailableError:
            # Those who ask next see whether it is back.
            self._asked = count(1)
        else:
            self._found = FaissVectors.from_vectors(vectors)
