from __future__ import annotations

import pytest

from index.documents import Document
from index.passages import Passage, ScoredPassage
from qa.attempts import read_passages
from qa.confidence import UNFITTED
from tests.fakes import FakeReader

TEXT = (
    "The ministers discussed a treaty in Baghdad. Keller visited the Interior "
    "Ministry. She offered training."
)
DOCUMENTS = {"a": Document("a", TEXT, "a")}


def found(question: str, scores: dict[str, float]) -> list[str]:
    passages = [ScoredPassage(Passage("a", 0, len(TEXT), TEXT), 0.5)]
    attempt = read_passages(question, passages, DOCUMENTS, FakeReader(scores), UNFITTED)
    return [each.text for each in attempt.candidates]


def test_where_something_was_is_not_a_ministry() -> None:
    scores = {"Interior Ministry": 6.0, "Baghdad": 2.0}
    assert found("Where did they meet?", scores) == ["Baghdad"]
    assert found("What did Keller visit?", scores) == ["Interior Ministry", "Baghdad"]


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("Did they discuss a treaty?", ["Baghdad. Keller", "treaty"]),
        ("Did they talk about a treaty yet?", ["Baghdad. Keller", "treaty"]),
        ("Did they sign a treaty?", []),
        ("Did Keller visit the ministry?", ["visited"]),
        ("Did Keller provide training?", ["training"]),
        ("Did Keller visit Baghdad?", []),
        ("Did Brandt visit the ministry?", []),
    ],
)
def test_yes_or_no_is_told_by_a_sentence_that_says_all_of_it(
    question: str, answers: list[str]
) -> None:
    scores = {"Baghdad. Keller": 4.0, "treaty": 3.0, "visited": 2.0, "training": 1.0}
    assert found(question, scores) == answers
