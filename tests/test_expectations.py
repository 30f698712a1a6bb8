from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.build import build_index
from index.documents import Document
from index.passages import Splitting
from index.store.store import IndexStore
from qa.evaluation.expectations import (
    Expectation,
    ExpectationError,
    ask_expected,
    read_expectations,
)
from tests.fakes import FakeEmbedder, FakeReader, build_fake_index, fake_pipeline


def test_a_line_has_a_question_and_its_quote(tmp_path: Path) -> None:
    path = tmp_path / "expected.jsonl"
    lines = [
        {"question": "Where?", "quote": "Baghdad"},
        {"question": "Why?", "quote": None},
        {"question": "Who?", "context": "x", "answers": {"text": ["Ali", "Omar"]}},
        {"question": "When?", "context": "x", "answers": {"text": []}},
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert read_expectations(path) == [
        Expectation("Where?", ("Baghdad",)),
        Expectation("Why?", ()),
        Expectation("Who?", ("Ali", "Omar")),
    ]


@pytest.mark.parametrize(
    "line",
    ["", "no json", "[]", '{"question": "Where?"}', '{"question": 1}'],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "expected.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(ExpectationError, match=r"expected\.jsonl"):
        read_expectations(path)


def test_an_answer_is_right_with_the_quote_in_it(tmp_path: Path) -> None:
    build_fake_index(tmp_path, {"a": "The ministers met in Baghdad on Monday."})
    pipeline = fake_pipeline(tmp_path, FakeReader({"Baghdad": 9.0}))
    outcomes = ask_expected(
        pipeline,
        [
            Expectation("Where did the ministers meet?", ("baghdad",)),
            Expectation("Where did the ministers meet?", ("Mogadishu",)),
        ],
    )
    assert [outcome.is_right for outcome in outcomes] == [True, False]


def test_a_version_that_is_not_accepted_never_goes_live(tmp_path: Path) -> None:
    live = build_fake_index(tmp_path, {"a": "They met in Baghdad."}).manifest.version
    seen: list[str] = []

    def refuse(view: Path | str) -> None:
        store = IndexStore(Path(view))
        snapshot = store.open(store.current())
        seen.extend(document.text for document in snapshot.documents.values())
        raise ValueError("not published")

    with pytest.raises(ValueError, match="not published"):
        build_index(
            [Document("a", "They met in Mogadishu.", "A")],
            tmp_path,
            FakeEmbedder(),
            Splitting(30, 8),
            accept=refuse,
        )
    assert seen == ["They met in Mogadishu."]
    store = IndexStore(tmp_path)
    assert store.current() == live
    assert store.versions() == [live]
