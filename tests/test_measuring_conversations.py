from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from index.documents import Document
from qa.conversation import Turn
from qa.measuring.conversations import (
    ConversationFormatError,
    Rewriting,
    WantedTurn,
    evaluate_canard,
    evaluate_conversations,
    evaluate_stand_alone,
    read_canard,
    read_conversations,
)
from qa.squad import Example
from tests.fakes_web import FakeAnswerer

RECORDS = [
    {
        "QuAC_dialog_id": dialogue,
        "History": ["Maria Keller", "Life", "Who?", "I don't know."],
        "Question": "Where was she born?",
        "Rewrite": "Where was Maria Keller born?",
    }
    for dialogue in ("a", "b", "c")
]


def write_canard(path: Path, records: object) -> Path:
    lines = "\n".join(map(json.dumps, records if isinstance(records, list) else []))
    path.write_bytes(gzip.compress(lines.encode()))
    return path


def test_canard_is_read_by_halves_of_its_dialogues(tmp_path: Path) -> None:
    path = write_canard(tmp_path / "canard.gz", RECORDS)
    assert len(read_canard(path, "tune")) == 2
    (one,) = read_canard(path, "report")
    assert one.history == (Turn("Maria Keller", "Life"), Turn("Who?", None))


def test_a_file_that_is_not_canard_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConversationFormatError, match="missing"):
        read_canard(tmp_path / "missing", "tune")
    path = write_canard(tmp_path / "canard.gz", [{"Question": "Who?"}])
    with pytest.raises(ConversationFormatError, match="QuAC_dialog_id"):
        read_canard(path, "tune")


def test_rewriting_is_measured_against_people() -> None:
    history = (Turn("Maria Keller", "Life"),)
    leaning = Rewriting("Where was she born?", history, "Where was Maria Keller born?")
    alone = Rewriting("Who won?", history, "who won?")
    figures = evaluate_canard([leaning, alone])
    assert figures.rewritten_f1 == 1.0 > figures.raw_f1
    assert (figures.rewritten, figures.stand_alone) == (1, 1)
    assert figures.stand_alone_rewritten == 0


def test_questions_that_stand_alone_are_counted() -> None:
    examples = [
        Example(str(n), question, "Maria Keller came.", (), "s")
        for n, question in enumerate(["Who came?", "Who is Maria Keler?", "Who won?"])
    ]
    figures = evaluate_stand_alone(examples, lambda word: 2)
    assert (figures.questions, figures.touched, figures.respelt) == (3, 0, 1)
    assert figures.without_pronoun == 3


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
