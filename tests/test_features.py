from __future__ import annotations

import pytest

from index.documents import Document
from index.passages import Passage, ScoredPassage
from qa.answering.answer_types import AnswerTypes
from qa.answering.candidates import Candidate
from qa.answering.features import candidate_features


def features_of(
    question: str, *answers: tuple[str, str, str], of_one: bool = False
) -> list[dict[str, float]]:
    """Return the features of answers: document, its text, and the answer."""
    documents: dict[str, Document] = {}
    candidates = []
    for rank, (doc_id, text, answer) in enumerate(answers):
        documents[doc_id] = Document(doc_id, text, "")
        start = text.index(answer)
        end = start + len(answer)
        passage = ScoredPassage(Passage(doc_id, 0, len(text), text), 0.5)
        candidates.append(Candidate(doc_id, start, end, answer, 2.0, passage, rank))
    types = AnswerTypes({})
    return candidate_features(question, candidates, {}, documents, types, of_one=of_one)


@pytest.mark.parametrize(
    ("question", "affirms", "denies"),
    [
        ("Which lake has never frozen?", [1, 0], [0, 0]),
        ("Which lake froze?", [0, 0], [0, 1]),
    ],
)
def test_a_question_that_denies_is_told_from_a_sentence_that_does(
    question: str, affirms: list[int], denies: list[int]
) -> None:
    found = features_of(
        question,
        ("a", "Lake Orm froze in March.", "Lake Orm"),
        ("b", "Lake Tull hasn't frozen.", "Lake Tull"),
    )
    assert [each["affirms"] for each in found] == affirms
    assert [each["denies"] for each in found] == denies


def test_a_question_of_few_words_says_little_but_to_one_article() -> None:
    answer = ("a", "Lake Orm froze in March.", "March")
    little, much = "When did it freeze?", "When did Lake Orm freeze over last winter?"
    (few,) = features_of(little, answer)
    (enough,) = features_of(much, answer)
    assert 0 < enough["few_words"] < few["few_words"]
    (alone,) = features_of(little, answer, of_one=True)
    assert (few["one_article"], alone["one_article"]) == (0, 1)
    assert alone["few_words"] == 0
