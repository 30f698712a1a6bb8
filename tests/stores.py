"""A small index as it is stored, and looking into it."""

from __future__ import annotations

from index.search.snapshot import IndexSnapshot
from index.store.store import IndexStore

TEXTS = {"a": "Ministers met in Baghdad. They ate cake.", "b": "Another text."}


def versions(store: IndexStore) -> set[str]:
    return {path.name for path in (store.root / "versions").iterdir()}


def open_current(store: IndexStore) -> IndexSnapshot:
    return store.open(store.current())
