"""A builder killed at any moment leaves an index that opens and answers."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from index.store.store import IndexStore
from tests.fakes import FakeEmbedder, build_fake_index

ROOT = Path(__file__).parents[1]
KILLS = 12

# Imports once, as that takes seconds, and forks a builder for each line it reads.
NURSERY = """
import os, sys
from pathlib import Path
from tests.fakes import FakeEmbedder, build_fake_index

def build_for_ever():
    number = 0
    while True:
        number += 1
        text = f"Build {os.getpid()}.{number} met in Baghdad. " * 40
        build_fake_index(
            Path(sys.argv[1]), {"a": text, "b": text}, embedder=FakeEmbedder(delay=5e-4)
        )

for _ in sys.stdin:
    pid = os.fork()
    if pid == 0:
        build_for_ever()
    print(pid, flush=True)
    os.waitpid(pid, 0)
    print("dead", flush=True)
"""


def check_live(store: IndexStore) -> None:
    snapshot = store.open(store.current())
    found = snapshot.nearest(FakeEmbedder().embed_query("met in Baghdad"), 3)
    assert "met in Baghdad" in snapshot.passage(found[0][0]).text
    assert len({document.text for document in snapshot.documents.values()}) == 1


def test_a_kill_at_any_moment_leaves_the_live_version(tmp_path: Path) -> None:
    started = time.monotonic()
    build_fake_index(tmp_path, {"a": "They met in Baghdad. " * 40})
    took = time.monotonic() - started
    store = IndexStore(tmp_path)
    rng = random.Random(1)
    seen = {store.current()}
    with subprocess.Popen(
        [sys.executable, "-c", NURSERY, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for _ in range(KILLS):
            nursery.stdin.write("build\n")
            pid = int(nursery.stdout.readline())
            time.sleep(0.05 + rng.random() * max(0.2, 3 * took))
            os.kill(pid, signal.SIGKILL)
            assert nursery.stdout.readline() == "dead\n"
            check_live(store)
            seen.add(store.current())
    # Else no kill came after a build, and the test would show nothing.
    assert len(seen) > 2
    # Nor does a kill leave a lock, or rubbish for good.
    build_fake_index(tmp_path, {"a": "They met in Baghdad again."})
    check_live(store)
    assert not list((tmp_path / "versions").glob(".staging-*"))
