"""A build that was killed goes on where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from index.build import build_index
from index.documents import Document
from index.passages import Splitting
from index.search.vectors import Vectors
from index.store.store import IndexStore
from index.work.embedding import EmbeddedDocument
from index.work.kept import KeptEmbeddings
from index.work.processes import LocalProcesses
from tests.fakes import FakeEmbedder

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    Document(f"{n:03}", f"Article {n} met in Baghdad. " * 100, f"Number {n}")
    for n in range(300)
]
BUILD = """
import sys
from pathlib import Path
from index.build import build_index
from index.passages import Splitting
from index.work.processes import LocalProcesses
from tests.fakes import FakeEmbedder
from tests.test_build_resume import DOCUMENTS

build_index(
    DOCUMENTS, Path(sys.argv[1]), FakeEmbedder(delay=1e-3), Splitting(30, 8),
    executor=LocalProcesses(2),
)
"""


class CountingEmbedder(FakeEmbedder):
    """Counts the passages that it was given."""

    seen = 0

    def embed_passages(
        self, texts: Sequence[str], report: Callable[[int], None] = lambda count: None
    ) -> Vectors:
        self.seen += len(texts)
        return super().embed_passages(texts, report)


def test_what_was_embedded_of_other_texts_gives_up_its_room(tmp_path: Path) -> None:
    keys = [f"{n:064x}" for n in range(5)]
    with KeptEmbeddings(tmp_path, "kind") as kept:
        for n, key in enumerate(keys):
            kept.add(
                key,
                EmbeddedDocument(((n, n + 1),), np.ones((n + 1, 4), dtype=np.float16)),
            )
        full = sum(path.stat().st_size for path in tmp_path.iterdir())
        kept.keep_only([keys[1], keys[4]])
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) < full
        kept.add(
            keys[0], EmbeddedDocument(((7, 8),), np.ones((1, 4), dtype=np.float16))
        )
    with KeptEmbeddings(tmp_path, "kind") as kept:
        assert kept.known(keys) == {keys[0], keys[1], keys[4]}
        assert [kept.get(keys[n]).spans for n in (0, 1, 4)] == [
            ((7, 8),),
            ((1, 2),),
            ((4, 5),),
        ]


def test_a_killed_build_embeds_next_to_nothing_again(tmp_path: Path) -> None:
    root = tmp_path / "index"
    with subprocess.Popen([sys.executable, "-c", BUILD, str(root)], cwd=ROOT) as build:
        deadline = time.monotonic() + 240
        kept: list[Path] = []
        while time.monotonic() < deadline:
            kept = list(root.glob("unfinished/*"))
            if kept and kept[0].stat().st_size > 200_000:
                break
            time.sleep(0.01)
        os.kill(build.pid, signal.SIGKILL)
    assert kept, "nothing was embedded"
    size = kept[0].stat().st_size
    embedder = CountingEmbedder()
    result = build_index(DOCUMENTS, root, embedder, Splitting(30, 8))
    passages = result.manifest.passages
    assert result.embedded == embedder.seen < passages
    # What is not in the file was in the making: at most the batches given out.
    full = passages * (FakeEmbedder().dim * 2 + 16)
    assert passages - result.embedded > 0.9 * passages * size / (1.5 * full)
    assert not (root / "unfinished").exists()
    store = IndexStore(root)
    assert len(store.open(store.current())) == passages


def test_what_workers_embed_is_what_is_embedded_here(tmp_path: Path) -> None:
    splitting = Splitting(30, 8)
    chosen = DOCUMENTS[:80]
    here = build_index(chosen, tmp_path / "a", FakeEmbedder(), splitting)
    there = build_index(
        chosen, tmp_path / "b", FakeEmbedder(), splitting, executor=LocalProcesses(2)
    )
    one, other = (
        IndexStore(tmp_path / name).open(result.manifest.version)
        for name, result in (("a", here), ("b", there))
    )
    rows = range(len(one))
    assert [one.passage(r) for r in rows] == [other.passage(r) for r in rows]
    assert np.array_equal(one.vectors(rows), other.vectors(rows))


def test_a_record_half_written_is_cut_off(tmp_path: Path) -> None:
    key, other = "ab" * 32, "cd" * 32
    embedded = EmbeddedDocument(((0, 4), (2, 9)), np.ones((2, 3), dtype=np.float16))
    with KeptEmbeddings(tmp_path, "kind") as kept:
        kept.add(key, embedded)
        kept.add(other, embedded)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-5])
    with KeptEmbeddings(tmp_path, "kind") as kept:
        assert kept.known([key, other]) == {key}
        assert kept.get(key).spans == embedded.spans
        kept.add(other, embedded)
    with KeptEmbeddings(tmp_path, "kind") as kept:
        assert kept.known([key, other]) == {key, other}
        assert np.array_equal(kept.get(other).vectors, embedded.vectors)
    with KeptEmbeddings(tmp_path, "another kind") as kept:
        assert kept.known([key]) == set()
