from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.documents import Document
from qa.evaluation.conversations import (
    ConversationFormatError,
    WantedTurn,
    evaluate_conversations,
    read_conversations,
)
from tests.fakes_web import FakeAnswerer


def test_turns_are_asked_after_the_answers_given_and_judged() -> None:
    answerer = FakeAnswerer(
        [Document("a", "Keller came.", "A")], {"Who came?": "Keller"}
    )
    turns = (
        WantedTurn("Who came?", ("Maria Keller",), ()),
        WantedTurn("How old is she?", (), ()),
        WantedTurn("What is it about?", (), ("overview",)),
    )
    results = evaluate_conversations(answerer, [turns])
    assert [result.is_right for result in results] == [True, True, False]
    last = answerer.asked[-1].history
    assert [turn.answer for turn in last] == ["Keller", None]
    assert last[0].citations[0].start == 0


def test_conversations_are_read_with_their_documents(tmp_path: Path) -> None:
    record = {
        "documents": [{"doc_id": "a", "title": "A", "text": "Keller came."}],
        "conversations": [
            {"turns": [{"question": "Hi", "answers": [], "kind": "small_talk|answer"}]}
        ],
    }
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    documents, (turns,) = read_conversations(path)
    assert documents == [Document("a", "Keller came.", "A")]
    assert turns[0].kinds == ("small_talk", "answer")
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ConversationFormatError, match="documents"):
        read_conversations(path)
