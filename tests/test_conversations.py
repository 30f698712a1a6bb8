"""Conversations over six articles, with the real models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.build import build_index
from index.documents import PACKAGED_CORPUS, read_documents
from index.models.sentence_embedder import SentenceEmbedder
from index.passages import Splitting
from qa.evaluation.conversations import (
    TurnResult,
    evaluate_conversations,
    read_conversations,
)
from qa.loading import load_pipeline
from qa.pipeline import Pipeline
from scripts.evaluate_conversation import main as measure

CONVERSATIONS = Path(__file__).with_name("conversations.json")


@pytest.fixture(scope="module")
def talkative(
    tmp_path_factory: pytest.TempPathFactory, embedder: SentenceEmbedder
) -> Pipeline:
    root = tmp_path_factory.mktemp("conversations") / "index"
    documents, _ = read_conversations(CONVERSATIONS)
    build_index(
        [*read_documents(PACKAGED_CORPUS), *documents], root, embedder, Splitting()
    )
    # The small reader, and every fourth conversation: all take minutes.
    return load_pipeline(root, reader="fast")


@pytest.fixture(scope="module")
def results(talkative: Pipeline) -> list[TurnResult]:
    _, conversations = read_conversations(CONVERSATIONS)
    return evaluate_conversations(talkative, conversations[::4])


def test_most_turns_are_answered_right(results: list[TurnResult]) -> None:
    wrong = [
        (r.turn.question, r.answer.interpreted_question, r.answer.kind, r.answer.text)
        for r in results
        if not r.is_right
    ]
    # A smoke test: they were written beside the service, so tell little of it.
    assert len(wrong) <= 0.45 * len(results), wrong


def test_every_quote_stands_where_it_says(
    results: list[TurnResult], talkative: Pipeline
) -> None:
    documents = talkative.documents()
    for result in results:
        answer = result.answer
        for citation in (*answer.citations, *answer.nearest_passages):
            text = documents[citation.doc_id].text
            assert text[citation.start : citation.end] == citation.quote
        for part in answer.parts:
            quotes = {answer.citations[place].quote for place in part.citations}
            assert part.text in quotes


def test_wrong_turns_are_shown_also_those_without_a_confidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = {
        "documents": [{"doc_id": "a", "title": "Pears", "text": "Pears ripened."}],
        "conversations": [
            {"turns": [{"question": "Hello!", "answers": ["a greeting"]}]}
        ],
    }
    path = tmp_path / "talk.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    assert measure(["--conversations", str(path), "--reader", "fast"]) == 0
    shown = capsys.readouterr().out
    assert "0 of 1 turns right" in shown
    assert "Hello! -> small_talk: " in shown
