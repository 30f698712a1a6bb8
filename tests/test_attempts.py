from __future__ import annotations

from collections.abc import Collection

from index.documents import Document
from index.passages import Passage, ScoredPassage
from qa.attempts import (
    already_given,
    documents_in_talk,
    read_passages,
    retrieve_in_talk,
    same_place,
)
from qa.confidence import UNFITTED
from qa.conversation import CitedPlace, Turn
from tests.fakes import FakeReader

TEXT = "Keller came. Maria Keller won. Brandt lost."
DOCUMENTS = {name: Document(name, TEXT, name) for name in ("a", "b")}


class FakeRetriever:
    """Finds one passage of each document, those of ``a`` first."""

    def retrieve(
        self, query: str, k: int, doc_ids: Collection[str] | None = None
    ) -> list[ScoredPassage]:
        wanted = [name for name in ("a", "b") if doc_ids is None or name in doc_ids]
        return [ScoredPassage(Passage(n, 0, len(TEXT), TEXT), 0.5) for n in wanted][:k]


def found(k: int, in_talk: Collection[str]) -> list[str]:
    passages = retrieve_in_talk(FakeRetriever(), "Who?", k, None, in_talk)
    return [scored.passage.doc_id for scored in passages]


def test_the_documents_in_talk_come_first_and_no_passage_twice() -> None:
    assert found(8, ()) == ["a", "b"]
    assert found(8, ["b"]) == ["b", "a"]
    assert found(1, ["b"]) == ["b"]


def test_what_was_given_before_is_no_candidate() -> None:
    reader = FakeReader({"Keller": 5.0, "Brandt": 3.0})
    passages = FakeRetriever().retrieve("Who?", 1)
    first = read_passages("Who?", passages, DOCUMENTS, reader, UNFITTED)
    assert first.candidates[0].text == "Keller"
    again = read_passages(
        "Who?", passages, DOCUMENTS, reader, UNFITTED, [CitedPlace("b", 13, 25)]
    )
    assert [candidate.text for candidate in again.candidates] == ["Brandt"]
    assert not same_place(first, again)
    assert same_place(first, first)


def test_only_the_article_that_has_the_name_answers_about_it() -> None:
    reader = FakeReader({"Keller": 5.0, "Brandt": 3.0})
    passages = FakeRetriever().retrieve("Who?", 2)
    known = {**DOCUMENTS, "a": Document("a", "Nobody came to Velden.", "a")}

    def places(question: str) -> set[str]:
        attempt = read_passages(question, passages, known, reader, UNFITTED)
        return {candidate.doc_id for candidate in attempt.candidates}

    assert places("Who is the mayor of Velden?") == {"a"}
    assert places("Who is the mayor of Veldn?") == {"a", "b"}


def test_nobody_is_their_own_counterpart_or_someone_else() -> None:
    reader = FakeReader({"Maria Keller": 5.0, "Brandt": 3.0})
    passages = FakeRetriever().retrieve("Who?", 1)

    def texts(question: str) -> list[str]:
        attempt = read_passages(question, passages, DOCUMENTS, reader, UNFITTED)
        return [candidate.text for candidate in attempt.candidates]

    assert texts("Who is Keller’s counterpart?") == ["Brandt"]
    assert texts("Who is the counterpart of Maria Keller?") == ["Brandt"]
    assert texts("Who is Brandt?") == ["Brandt", "Maria Keller"]
    assert texts("Who is the mayor?") == ["Maria Keller", "Brandt"]


def test_the_rank_and_the_sentence_count_beside_the_margin() -> None:
    reader = FakeReader({"Brandt": 5.6, "Keller": 5.0})
    passages = [
        ScoredPassage(Passage("a", start, end, TEXT[start:end]), 0.5)
        for start, end in ((0, 31), (31, len(TEXT)))
    ]

    def best(question: str) -> str:
        found = read_passages(question, passages, DOCUMENTS, reader, UNFITTED)
        return found.candidates[0].text

    assert best("Who was there?") == "Keller"
    passages.reverse()
    assert best("Who was there?") == "Brandt"
    reader = FakeReader({"Brandt": 5.0, "Keller": 5.6})
    passages[0] = passages[1] = ScoredPassage(Passage("a", 0, len(TEXT), TEXT), 0.5)
    assert best("Who lost?") == "Brandt"
    assert best("Who was there?") == "Keller"


def test_nothing_found_is_no_answer() -> None:
    passages = FakeRetriever().retrieve("Who?", 1)
    found = read_passages("Who?", passages, DOCUMENTS, FakeReader({}), UNFITTED)
    assert (found.verdict, found.probability) == ("no_answer", 0.0)


def test_the_last_turn_that_cited_says_what_is_talked_of() -> None:
    turns = [
        Turn("Who?", "Keller", (CitedPlace("a", 0, 6),)),
        Turn("Who?", "Keller", (CitedPlace("gone", 0, 6), CitedPlace("b", 0, 6))),
        Turn("thanks", "You are welcome."),
    ]
    assert documents_in_talk(turns, DOCUMENTS) == ("b",)
    assert documents_in_talk([], DOCUMENTS) == ()


def test_only_a_question_for_more_leaves_out_what_was_given() -> None:
    place = CitedPlace("a", 0, 6)
    history = [Turn("Who?", "Keller", (place,))]
    assert already_given("Who else?", history) == (place,)
    assert already_given("Who won?", history) == ()
    assert already_given("Who else?", []) == ()
