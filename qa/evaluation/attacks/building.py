"""Attacks on a build: it is killed at any moment."""

from __future__ import annotations

import random
import time
from pathlib import Path

from index.store.store import IndexStore
from qa.evaluation.attacks.service import build, builder, write_corpus


def kills(folder: Path, count: int, seed: int) -> dict[str, object]:
    """Kill builds at any moment of one; the live version stays whole, of one text."""
    rng = random.Random(seed)
    write_corpus(folder, _numbered(0))
    started = time.monotonic()
    build(folder)
    longest = time.monotonic() - started
    store = IndexStore(folder / "index")
    lost = 0
    for number in range(1, count + 1):
        write_corpus(folder, _numbered(number))
        process = builder(folder)
        time.sleep(rng.uniform(0, longest))
        process.kill()
        process.communicate()
        try:
            snapshot = store.open(store.current())
            texts = {each.text.split()[1] for each in snapshot.documents.values()}
            lost += len(texts) != 1
        except (LookupError, ValueError, OSError):
            lost += 1
    build(folder)
    return {"lost": lost, "sound": lost == 0}


def _numbered(number: int) -> dict[str, str]:
    text = f"Build {number} met in Baghdad. " + "The talks went on for days. " * 200
    return dict.fromkeys("abcd", text)
