"""Building with the script, as a user does: what it tells, and what it leaves live."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.store.store import IndexStore
from tests.commands import DEADLINE, command, environment, last_line, run


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder of two articles."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text("Ministers met in Baghdad.", encoding="utf-8")
    (folder / "b.txt").write_text("They ate cake.", encoding="utf-8")
    return folder


def build(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(
        tmp_path, "build_index.py", *arguments, "--index", "index", "--no-suggestions"
    )


def test_a_dry_run_tells_what_would_change_and_changes_nothing(
    tmp_path: Path, articles: Path
) -> None:
    assert build(tmp_path, "articles").returncode == 0
    live = IndexStore(tmp_path / "index").current()
    (articles / "a.txt").unlink()
    (articles / "b.txt").write_text("They ate pie.", encoding="utf-8")
    (articles / "c.txt").write_text("They left.", encoding="utf-8")
    found = build(tmp_path, "articles", "--dry-run")
    assert found.returncode == 0, found.stderr
    assert found.stdout.splitlines() == [
        *("added: 1", "  c"),
        *("changed: 1", "  b"),
        *("removed: 1", "  a"),
        "unchanged: 0",
        "2 of 2 passages would be embedded",
    ]
    assert IndexStore(tmp_path / "index").current() == live


def test_versions_are_listed_and_an_older_one_is_live_again(
    tmp_path: Path, articles: Path
) -> None:
    store = IndexStore(tmp_path / "index")
    assert build(tmp_path, "articles").returncode == 0
    first = store.current()
    (articles / "b.txt").unlink()
    assert build(tmp_path, "articles").returncode == 0
    second = store.current()
    listed = build(tmp_path, "--list")
    assert [line.split()[:4] for line in listed.stdout.splitlines()] == [
        [second, "live", "1", "documents,"],
        [first, "2", "documents,", "2"],
    ]
    found = build(tmp_path, "--rollback")
    assert found.returncode == 0, found.stderr
    assert first in found.stdout
    assert store.current() == first
    found = build(tmp_path, "--rollback", second)
    assert store.current() == second
    found = build(tmp_path, "--rollback", "20200101T000000Z-00000000")
    assert found.returncode == 2
    assert "to go back to" in last_line(found.stderr)
    assert store.current() == second


def test_strict_builds_nothing_when_a_file_cannot_be_read(
    tmp_path: Path, articles: Path
) -> None:
    (articles / "bad.pdf").write_bytes(b"%PDF-1.7 and no more")
    found = build(tmp_path, "articles", "--strict")
    assert found.returncode == 2
    assert "bad.pdf" in last_line(found.stderr)
    assert not (tmp_path / "index").exists()
    found = build(tmp_path, "articles")
    assert found.returncode == 0
    assert "left out" in last_line(found.stderr)
    assert "bad.pdf" in last_line(found.stderr)
    assert "2 documents" in last_line(found.stdout)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Tests that a shell runs in the background ignore Ctrl-C, and so do their own."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_while_embedding_leaves_the_live_version(
    tmp_path: Path, articles: Path
) -> None:
    assert build(tmp_path, "articles").returncode == 0
    store = IndexStore(tmp_path / "index")
    live = store.current()
    for number in range(2_000):
        text = f"Minister {number} met the others in Baghdad. " * 8
        (articles / f"{number}.txt").write_text(text, encoding="utf-8")
    with subprocess.Popen(
        command("build_index.py", "articles", "--index", "index"),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        shown = b""
        while b"embedding" not in shown:
            more = os.read(process.stderr.fileno(), 1000)
            assert more, shown.decode()
            shown += more
        process.send_signal(signal.SIGINT)
        shown += process.communicate(timeout=DEADLINE)[1]
    assert process.returncode == 130
    assert b"Traceback" not in shown
    assert "only a whole index is ever live" in last_line(shown.decode())
    assert store.current() == live
    assert len(store.open(live).documents) == 2
    assert [path.name for path in (store.root / "versions").iterdir()] == [live]
