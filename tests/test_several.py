from __future__ import annotations

import pytest

from index.documents import Document
from qa.answering.citations import cite
from qa.answering.several import join_answers, separate_questions
from qa.answers import Answer, Kind, Part, Timings

DOCUMENT = Document("a", "They met in Baghdad on Monday.", "A")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Who came? When did they come?", 2),
        ("Who came?", 1),
        ("They came. Who?", 1),
        ("Who? " * 4, 1),
    ],
)
def test_questions_are_told_apart_by_their_marks(text: str, count: int) -> None:
    assert len(separate_questions(text.strip())) == count


def answer(question: str, quote: str | None, kind: Kind, confidence: float) -> Answer:
    start = DOCUMENT.text.find(quote) if quote else 0
    cited = (cite(DOCUMENT, start, start + len(quote)),) if quote else ()
    return Answer(
        question=question,
        interpreted_question=None,
        kind=kind,
        text=quote,
        confidence=confidence,
        citations=cited,
        parts=(Part(quote, (0,), confidence),) if quote else (),
        nearest_passages=(),
        suggested_questions=(),
        index_version="v",
        timings_ms=Timings(1.0, 2.0, 3.0),
    )


def test_answers_are_told_together_and_the_least_sure_decides() -> None:
    where = answer("Where?", "Baghdad", "answer", 0.9)
    when = answer("When?", "Monday", "unsure", 0.4)
    joined = join_answers("Where? When?", [where, when])
    assert (joined.kind, joined.text) == ("unsure", "Baghdad; Monday")
    assert joined.confidence == 0.4
    assert [part.citations for part in joined.parts] == [(0,), (1,)]
    assert [each.quote for each in joined.citations] == ["Baghdad", "Monday"]


def test_questions_without_an_answer_are_named() -> None:
    where = answer("Where?", "Baghdad", "answer", 0.9)
    why = answer("Why?", None, "no_answer", 0.1)
    joined = join_answers("Where? Why?", [where, why])
    assert (joined.kind, joined.unanswered) == ("list", ("Why?",))
    assert join_answers("Why? Why?", [why, why]).kind == "no_answer"
