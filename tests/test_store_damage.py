from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from index.snapshot import IndexFormatError
from index.store import (
    IndexStore,
)
from tests.fakes import build_fake_index
from tests.stores import TEXTS, open_current


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    """A store with one published version."""
    build_fake_index(tmp_path, TEXTS)
    return IndexStore(tmp_path)


def flip_each_tenth(data: bytes) -> list[bytes]:
    """Return copies of the data, each with one byte changed."""
    places = range(0, len(data), max(1, len(data) // 10))
    return [
        data[:place] + bytes([data[place] ^ 0x01]) + data[place + 1 :]
        for place in places
    ]


DAMAGES: dict[str, Callable[[bytes], list[bytes]]] = {
    "a flipped bit": flip_each_tenth,
    "a lost end": lambda data: [data[:-1], data[: len(data) // 2], b""],
    "an added byte": lambda data: [data + b" x", b"\n" + data],
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(
    "name", ["manifest.json", "documents.jsonl", "passages.jsonl", "vectors.faiss"]
)
def test_a_damaged_file_is_refused_with_a_remedy(
    store: IndexStore, name: str, damage: str
) -> None:
    path = store.version_path(store.current()) / name
    whole = path.read_bytes()
    for damaged in DAMAGES[damage](whole):
        if name == "manifest.json" and damaged == b"\n" + whole:
            continue  # white space changes no manifest
        path.write_bytes(damaged)
        with pytest.raises(IndexFormatError, match=r"build (it|the index) again"):
            open_current(store)
    path.write_bytes(whole)
    open_current(store)


@pytest.mark.parametrize(
    "name", ["manifest.json", "documents.jsonl", "passages.jsonl", "vectors.faiss"]
)
def test_a_missing_file_is_refused_with_a_remedy(store: IndexStore, name: str) -> None:
    (store.version_path(store.current()) / name).unlink()
    with pytest.raises(IndexFormatError, match=r"build (it|the index) again"):
        open_current(store)


@pytest.mark.parametrize("record", [[], {}, "text", {"format_version": 1}, None])
def test_a_manifest_of_another_form_is_refused(
    store: IndexStore, record: object
) -> None:
    path = store.version_path(store.current()) / "manifest.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(IndexFormatError, match="build the index again"):
        open_current(store)


def test_a_version_of_another_format_is_refused(store: IndexStore) -> None:
    path = store.version_path(store.current()) / "manifest.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["format_version"] = 99
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(IndexFormatError, match="has format 99"):
        open_current(store)


def test_a_version_under_another_name_is_refused(store: IndexStore) -> None:
    other = "20200101T000000Z-00000000"
    shutil.copytree(store.version_path(store.current()), store.version_path(other))
    with pytest.raises(IndexFormatError, match="changed or damaged"):
        store.open(other)
