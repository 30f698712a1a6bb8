from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from qa.evaluation.squad import GoldAnswer, SquadFormatError, read_squad

CONTEXT = "😀 Cafe\u0301 owner Zoe met Ali in Baghdad.\u2028They spoke."


def record(**changes: object) -> dict[str, Any]:
    start = CONTEXT.index("Baghdad")
    return {
        "id": "q1",
        "question": "Where?",
        "context": CONTEXT,
        "answers": {"text": ["Baghdad"], "answer_start": [start]},
        **changes,
    }


def write_lines(path: Path, *records: dict[str, Any]) -> Path:
    lines = "\n".join(json.dumps(r, ensure_ascii=False) for r in records)
    data = lines.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", ["set.jsonl", "set.jsonl.gz"])
def test_flat_records_are_read_with_offsets_in_code_points(
    tmp_path: Path, name: str
) -> None:
    (example,) = read_squad(write_lines(tmp_path / name, record()))
    (answer,) = example.answers
    assert example.source == "set"
    assert example.context[answer.start : answer.end] == "Baghdad"


def test_the_nested_form_reads_as_the_flat_one(tmp_path: Path) -> None:
    flat = record()
    qa = {
        "id": "q1",
        "question": "Where?",
        "answers": [{"text": "Baghdad", "answer_start": CONTEXT.index("Baghdad")}],
    }
    nested = {"data": [{"paragraphs": [{"context": CONTEXT, "qas": [qa]}]}]}
    path = tmp_path / "set.json"
    path.write_text(json.dumps(nested), encoding="utf-8")
    assert read_squad(path) == read_squad(write_lines(tmp_path / "set.jsonl", flat))


def test_no_answers_means_unanswerable(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "set.jsonl", record(answers={"text": [], "answer_start": []})
    )
    assert read_squad(path)[0].answers == ()


def test_an_answer_given_twice_is_one(tmp_path: Path) -> None:
    start = CONTEXT.index("Ali")
    answers = {"text": ["Ali", "Ali"], "answer_start": [start, start]}
    (example,) = read_squad(write_lines(tmp_path / "a.jsonl", record(answers=answers)))
    assert example.answers == (GoldAnswer("Ali", start),)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"answers": {"text": ["Rome"], "answer_start": [0]}}, "q1.*Rome.*offset 0"),
        ({"answers": {"text": ["Ali"], "answer_start": [-3]}}, "offset -3"),
        ({"answers": {"text": ["Ali"], "answer_start": []}}, "lacks a field"),
        ({"answers": None}, "lacks a field"),
    ],
)
def test_a_wrong_record_is_named(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    path = write_lines(tmp_path / "bad.jsonl", record(**changes))
    with pytest.raises(SquadFormatError, match=message):
        read_squad(path)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("missing.jsonl", None),
        ("cut.jsonl.gz", gzip.compress(b"{}", mtime=0)[:-9]),
        ("latin.jsonl", "{é}".encode("latin-1")),
        ("half.jsonl", b'{"id":'),
        ("list.json", b"[]"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, name: str, data: bytes | None
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(SquadFormatError, match=name):
        read_squad(tmp_path / name)
