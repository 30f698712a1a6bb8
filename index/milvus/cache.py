"""What was fetched lately, so that it need not be fetched again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


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
