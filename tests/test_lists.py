from __future__ import annotations

from collections.abc import Sequence

import pytest

from index.passages import Passage, ScoredPassage
from qa.answers import Candidate
from qa.lists import asks_for_list, introduced_as, says_same, select_items

TEXT = (
    "Al-Qaeda and ISIS came. Al-Shabaab came too. So did ISIS. Iraq did not. "
    "Then Maria Keller and Jonas Weil met. Mayor Weil left."
)


def candidate(span: str, margin: float, *, nth: int = 0) -> Candidate:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(span, start + 1)
    passage = ScoredPassage(Passage("d", 0, len(TEXT), TEXT), 0.5)
    return Candidate("d", start, start + len(span), span, margin, passage, 0)


def items_of(
    candidates: Sequence[Candidate], threshold: float = 0.5
) -> list[list[str]]:
    found = select_items(
        candidates,
        lambda ranked: 0.9 if ranked[0].margin > 2 else 0.3,
        lambda _: 1.0,
        lambda _: threshold,
    )
    return [[place.text for place in item.places] for item in found]


@pytest.mark.parametrize(
    "question",
    [
        "Which groups threaten Somalia?",
        "In which areas is help wanted?",
        "Which two extremist groups does Iraq know?",
        "Who were the two ministers?",
        "Who was there?",
        "Who was at the talks?",
        "Who met in Baghdad?",
        "Which groups are mentioned?",
        "which areas?",
        "List the names",
    ],
)
def test_several_answers_are_asked_for_in_the_plural(question: str) -> None:
    assert asks_for_list(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who is the mayor?",
        "What is the status?",
        "Which process is it?",
        "What was his?",
        "What makes history?",
        "What happens without the port?",
        "Which tribe owns the hotel?",
        "What group of people was killed?",
        "Who met with Ismail?",
    ],
)
def test_one_answer_is_asked_for_in_the_singular(question: str) -> None:
    assert not asks_for_list(question)


def test_distinct_spans_are_items_and_overlapping_ones_are_one() -> None:
    ranked = [
        candidate("Al-Qaeda and ISIS", 6.0),
        candidate("Al-Qaeda", 5.0),
        candidate("Al-Shabaab", 4.0),
    ]
    assert items_of(ranked) == [["Al-Qaeda and ISIS"], ["Al-Shabaab"]]


def test_a_span_is_taken_with_what_is_coordinated_with_it() -> None:
    ranked = [candidate("ISIS", 6.0), candidate("Al-Qaeda and ISIS", 5.5)]
    assert items_of(ranked) == [["Al-Qaeda and ISIS"]]


def test_the_narrower_one_elsewhere_is_no_rival_of_the_wider() -> None:
    ranked = [
        candidate("ISIS", 6.0, nth=1),
        candidate("ISIS", 5.5),
        candidate("Al-Qaeda and ISIS", 5.0),
    ]
    rivals: list[list[str]] = []

    def probability(ranked: Sequence[Candidate]) -> float:
        rivals.append([each.text for each in ranked[1:]])
        return 0.9

    found = select_items(ranked, probability, lambda _: 1.0, lambda _: 0.5)
    assert [[place.text for place in item.places] for item in found] == [
        ["Al-Qaeda and ISIS"]
    ]
    assert rivals == [[]]


def test_what_another_item_lists_too_is_no_item_of_its_own() -> None:
    ranked = [candidate("ISIS", 9.0, nth=1), candidate("Al-Qaeda and ISIS", 5.0)]
    assert items_of(ranked) == [["Al-Qaeda and ISIS"]]


def test_a_list_does_not_run_on_into_the_next_sentence() -> None:
    ranked = [
        candidate("Al-Shabaab", 6.0),
        candidate("Al-Qaeda and ISIS came. Al-Shabaab", 5.9),
    ]
    assert items_of(ranked) == [["Al-Shabaab"]]


def test_the_same_in_another_place_is_the_same_item() -> None:
    ranked = [candidate("ISIS", 6.0), candidate("ISIS", 5.0, nth=1)]
    assert items_of(ranked) == [["ISIS", "ISIS"]]


def test_what_is_not_likely_or_not_answered_is_no_item() -> None:
    ranked = [candidate("Al-Shabaab", 6.0), candidate("Iraq", 1.0)]
    assert items_of(ranked) == [["Al-Shabaab"]]
    ranked = [candidate("Al-Shabaab", 6.0), candidate("Iraq", -1.0)]
    assert items_of(ranked, threshold=0.0) == [["Al-Shabaab"]]


def test_a_span_that_speaks_of_something_else_is_no_item() -> None:
    ranked = [candidate("Al-Shabaab", 6.0), candidate("Iraq", 5.0)]
    found = select_items(
        ranked,
        lambda _: 0.9,
        lambda c: 0.2 if c.text == "Iraq" else 0.8,
        lambda _: 0.5,
    )
    assert [item.places[0].text for item in found] == ["Al-Shabaab"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ismail", "Abdullahi Sheikh Ismail", True),
        ("the Baghdad", "Baghdad.", True),
        ("Iraq", "Iraq’s support", False),
        ("security", "national security", False),
        ("Ismail", "Keller and Ismail", False),
    ],
)
def test_a_name_is_the_same_more_fully(one: str, other: str, same: bool) -> None:
    assert says_same(one, other) is same
    assert says_same(other, one) is same


def test_what_the_text_calls_so_is_an_item_however_unlikely() -> None:
    ranked = [candidate("Al-Shabaab", 6.0), candidate("Iraq", 1.0)]
    found = select_items(
        ranked,
        lambda ranked: 0.9 if ranked[0].margin > 2 else 0.1,
        lambda _: 0.0,
        lambda _: 0.5,
        lambda each: each.text == "Iraq",
    )
    texts = [(item.places[0].text, item.probability) for item in found]
    assert texts == [("Al-Shabaab", 0.9), ("Iraq", 0.9)]


def test_a_text_calls_things_what_it_introduces_them_as() -> None:
    assert introduced_as("threats from factions such as ") == "factions"
    assert introduced_as("in areas, including drugs and ") == "areas"
    assert introduced_as("groups such as these. It was ") is None
    assert introduced_as("the factions of ") is None


def test_who_is_named_with_others_is_no_item_of_their_own() -> None:
    ranked = [
        candidate("Maria Keller and Jonas Weil", 6.0),
        candidate("Mayor Weil", 5.0),
    ]
    assert items_of(ranked) == [["Maria Keller and Jonas Weil"]]
