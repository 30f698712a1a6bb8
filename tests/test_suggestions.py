from __future__ import annotations

import os
from pathlib import Path

import pytest

from qa.suggestions.suggestions import (
    Suggestion,
    has_suggestions,
    load_suggestions,
    save_suggestions,
)

VERSION = "20261124T000000Z-0123abcd"
FOUND = [Suggestion("Who is Iraq’s minister?", "a"), Suggestion("Why?", "b")]


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    assert not has_suggestions(tmp_path, VERSION)
    assert load_suggestions(tmp_path, VERSION) == []
    save_suggestions(tmp_path, VERSION, FOUND)
    assert has_suggestions(tmp_path, VERSION)
    assert load_suggestions(tmp_path, VERSION) == FOUND


def test_those_of_versions_that_are_gone_are_removed(tmp_path: Path) -> None:
    save_suggestions(tmp_path, "gone", FOUND)
    save_suggestions(tmp_path, "kept", FOUND)
    (tmp_path / "versions" / "kept").mkdir(parents=True)
    save_suggestions(tmp_path, VERSION, FOUND)
    assert not has_suggestions(tmp_path, "gone")
    assert has_suggestions(tmp_path, "kept")


@pytest.mark.parametrize(
    "content", ["", "{", "[1]", '[{"question": 1}]', "7", "[" * 100_000, " " * 2**20]
)
def test_a_damaged_file_is_no_suggestions(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    save_suggestions(tmp_path, VERSION, FOUND)
    (path,) = (tmp_path / "suggestions").iterdir()
    path.write_text(content, encoding="utf-8")
    assert load_suggestions(tmp_path, VERSION) == []
    assert "build the index again" in caplog.text


def test_a_pipe_in_place_of_the_file_keeps_nobody_waiting(tmp_path: Path) -> None:
    (tmp_path / "suggestions").mkdir()
    os.mkfifo(tmp_path / "suggestions" / f"{VERSION}.json")
    assert load_suggestions(tmp_path, VERSION) == []
