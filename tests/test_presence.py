from __future__ import annotations

import pytest

from qa.presence import asks_who_was_there, who_was_at


@pytest.mark.parametrize(
    ("question", "said", "expected"),
    [
        ("Who was there?", ["They met."], "Who was at the meeting?"),
        ("who attended", ["A press conference."], "Who was at the press conference?"),
        ("Who else was present?", ["The Summit"], "Who else was at the summit?"),
        ("and who took part in it?", ["", "the talks"], "Who was at the talks?"),
        ("Who was there?", ["The trial.", "The meeting."], "Who was at the trial?"),
        ("Who was there?", ["It rained."], None),
        ("Who was there?", [], None),
        ("Who attended the wedding?", ["They met."], None),
        ("Who was in Baghdad?", ["They met."], None),
    ],
)
def test_who_was_there_is_asked_of_the_nearest_event(
    question: str, said: list[str], expected: str | None
) -> None:
    assert who_was_at(question, said) == expected


def test_a_question_that_names_the_place_does_not_ask_who_was_there() -> None:
    assert asks_who_was_there("So who was there?")
    assert not asks_who_was_there("Who attended the wedding?")
