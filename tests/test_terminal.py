"""Nothing that a file holds reaches a terminal or a log as a control character."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.terminal import say, say_error, say_json
from tests.commands import run

EVIL = "a\r\nfake: all is well\x1b[2J\x9b1m\u2028b\u202ec\udcff"
SHOWN = r"a\r\nfake: all is well\x1b[2J\x9b1m\u2028b\u202ec\udcff"


def is_tame(text: str) -> bool:
    return all(each.isprintable() or each == "\n" for each in text)


def test_a_line_stays_one_and_is_shown_as_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    say(f"“Ünïcode” {EVIL}")
    say(EVIL, sys.stderr)
    say_error("x.py", ValueError(EVIL))
    found = capsys.readouterr()
    assert found.out == f"“Ünïcode” {SHOWN}\n"
    assert found.err == f"{SHOWN}\nx.py: {SHOWN}\n"


@pytest.mark.parametrize("indent", [None, 1])
def test_json_says_the_same_in_its_own_escapes(
    capsys: pytest.CaptureFixture[str], indent: int | None
) -> None:
    value = {"é": [EVIL, "\\", "\x7f"]}
    say_json(value, indent=indent)
    out = capsys.readouterr().out
    assert json.loads(out) == value
    assert is_tame(out)
    assert "é" in out


@pytest.mark.skipif(os.name != "posix", reason="such names are refused")
def test_a_build_shows_hostile_names_and_messages_on_lines_of_their_own(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    name = "a\nbuild_index.py: all is well\x1b[2J"
    (folder / f"{name}.txt").write_text("Ministers met.", encoding="utf-8")
    (folder / f"{name}.pdf").write_bytes(b"%PDF-1.7 and no more")
    (folder / os.fsdecode(b"\xff\x1b.txt")).write_text("They ate.", encoding="utf-8")
    record = {"id": "x\x1b]0;", "title": 7, "text": "t"}
    (folder / f"{name}.jsonl").write_text(json.dumps(record), encoding="utf-8")
    to = ("--index", "index", "--no-suggestions")
    for more in (["--dry-run"], ["--json"], ["--strict"]):
        found = run(tmp_path, "build_index.py", "articles", *to, *more)
        assert found.returncode == (2 if more == ["--strict"] else 0), found.stderr
        for line in (found.stdout + found.stderr).split("\n"):
            assert is_tame(line.replace("\r", "")), line
            assert not line.startswith("build_index.py: all is well")


def test_a_script_whose_reader_goes_ends_its_work_in_silence() -> None:
    """As ``head`` goes, once it has what it wants."""
    script = (
        "import sys; from index.terminal import say, say_json\n"
        "for number in range(20_000): say(f'line {number}')\n"
        "say_json({'more': 1}); say('done', sys.stderr)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "line 0\n"
        process.stdout.close()
        assert process.stderr.read() == "done\n"
    assert process.returncode == 0
