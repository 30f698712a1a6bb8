from __future__ import annotations

from pathlib import Path

import pytest

from index.documents import Document
from qa.suggestions import (
    Suggestion,
    check_proposals,
    has_suggestions,
    load_suggestions,
    propose_questions,
    save_suggestions,
)

VERSION = "20261124T000000Z-0123abcd"
FOUND = [Suggestion("Who is Iraq’s minister?", "a"), Suggestion("Why?", "b")]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (
            "Iraqi Interior Minister Ali Hassan came.",
            "Who is the Iraqi Interior Minister?",
        ),
        ("Somalia’s Prime Minister Ali came.", "Who is Somalia’s Prime Minister?"),
        ("The two officials discussed a plan.", "What did the two officials discuss?"),
        ("Keller opened the bridge in May.", "Who opened the bridge?"),
        (
            "Keller opened the bridge on Monday.",
            "When did Keller open the bridge?",
        ),
        ("Iraq aims to help.", "What does Iraq aim to do?"),
        ("Somalia is seeking support.", "What is Somalia seeking?"),
        (
            "The mining minister, Ali Hassan, came.",
            "Who is the mining minister?",
        ),
        ("Priya Raman, an engineer, came.", "Who is Priya Raman?"),
    ],
)
def test_a_sentence_proposes_what_it_answers(text: str, question: str) -> None:
    proposals = propose_questions(Document("a", text, "A"))
    assert question in [proposal.question for proposal in proposals]
    assert all(text[p.start : p.end] == text for p in proposals)


@pytest.mark.parametrize(
    "text",
    ["He said much.", "The museum in Lyon said so.", "Keller opened it.", "", "Mayor."],
)
def test_a_sentence_that_needs_another_proposes_nothing(text: str) -> None:
    assert propose_questions(Document("a", text, "A")) == []


def test_only_what_is_answered_is_suggested_and_no_more_than_wanted() -> None:
    text = "Iraq aims to help. Keller opened the bridge. Somalia is seeking support."
    counts: list[int] = []
    found = check_proposals(
        [Document("a", text, "A")],
        lambda document, proposal: "Keller" not in proposal.question,
        2,
        counts.append,
    )
    assert [each.question for each in found] == [
        "What does Iraq aim to do?",
        "What is Somalia seeking?",
    ]
    assert counts == [1]


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


@pytest.mark.parametrize("content", ["", "{", "[1]", '[{"question": 1}]', "7"])
def test_a_damaged_file_is_no_suggestions(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    save_suggestions(tmp_path, VERSION, FOUND)
    (path,) = (tmp_path / "suggestions").iterdir()
    path.write_text(content, encoding="utf-8")
    assert load_suggestions(tmp_path, VERSION) == []
    assert "build the index again" in caplog.text
