from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import IndexFormatError
from index.store.manifest import Manifest, named, write_manifest
from index.store.store import IndexStore
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


def forge(store: IndexStore, change: Callable[[Manifest], Manifest]) -> None:
    """Make a version live whose manifest was changed by one who knows its format."""
    old = store.current()
    forged = named(replace(change(store.manifest(old)), version=""))
    store.version_path(old).rename(store.version_path(forged.version))
    write_manifest(store.version_path(forged.version) / "manifest.json", forged)
    (store.root / "CURRENT").write_text(forged.version)


def test_a_forged_manifest_that_fits_the_files_is_one(store: IndexStore) -> None:
    """So the next tests fail for what they change."""
    forge(store, lambda manifest: replace(manifest, embedder="other"))
    open_current(store)


def test_a_manifest_without_checksums_is_refused(store: IndexStore) -> None:
    forge(store, lambda manifest: replace(manifest, files={}))
    with pytest.raises(IndexFormatError, match="does not name"):
        open_current(store)


@pytest.mark.parametrize(
    "name", ["../../CURRENT", "/etc/passwd", "lexical/../../x", "..", "", "C:x", "a\\b"]
)
def test_a_manifest_names_no_file_outside_its_folder(
    store: IndexStore, name: str
) -> None:
    path = store.version_path(store.current()) / "manifest.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["files"][name] = {"size": 1, "sha256": ""}
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(IndexFormatError, match="names no file of a version"):
        open_current(store)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "much", None])
def test_a_probe_that_is_no_vector_is_refused(store: IndexStore, value: object) -> None:
    path = store.version_path(store.current()) / "manifest.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["probe"][0] = value
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(IndexFormatError, match="probe"):
        open_current(store)


@pytest.mark.parametrize("text", ["[" * 100_000, "{" * 2_000_000, "9" * 5_000])
def test_hostile_json_is_refused_with_a_remedy(store: IndexStore, text: str) -> None:
    (store.version_path(store.current()) / "manifest.json").write_text(text)
    with pytest.raises(IndexFormatError, match="build the index again"):
        open_current(store)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
@pytest.mark.parametrize(
    "name", ["manifest.json", "vectors.faiss", "lexical/meta.json", "lexical/other"]
)
def test_a_pipe_in_a_version_is_refused_and_not_waited_for(
    store: IndexStore, name: str
) -> None:
    path = store.version_path(store.current()) / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    with pytest.raises(IndexFormatError, match=r"regular file|does not name"):
        open_current(store)


def test_a_huge_current_is_not_read(store: IndexStore) -> None:
    with (store.root / "CURRENT").open("wb") as file:
        file.truncate(10_000_000_000)
    with pytest.raises(IndexFormatError, match="too many"):
        store.current()


_TRUNCATE = """
import sys
from pathlib import Path
from index.build import build_index
from index.documents import Document
from index.errors import IndexUnavailableError
from index.passages import Splitting
from index.store.store import IndexStore
from tests.fakes import FakeEmbedder

root = Path(sys.argv[1])
documents = [Document(f"d{n}", f"Ministers met in {n}. " * 9, "") for n in range(80)]
build_index(documents, root, FakeEmbedder(), Splitting(30, 8), factory="SQ8")
store = IndexStore(root)
snapshot = store.open(store.current())
for path in store.version_path(store.current()).rglob("*"):
    if path.is_file():
        with path.open("r+b") as file:
            file.truncate(0)
print(len(snapshot.matching("ministers", 50)))
try:
    print(len(snapshot.nearest(FakeEmbedder().embed_query("ministers"), 50)))
except IndexUnavailableError as error:
    print(error)
"""


def test_a_live_version_that_is_truncated_does_not_end_the_process(
    tmp_path: Path,
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _TRUNCATE, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    found, error = ended.stdout.splitlines()
    assert found == "50"
    assert "build the index again" in error
