from __future__ import annotations

import pytest

from qa.answering.items import find_pieces, item_features, items_of, without_overlaps
from qa.reading.reader import Reading
from qa.reading.spans import Span


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sailing, tennis and diving", ["sailing", "tennis", "diving"]),
        ("Norway and Iceland", ["Norway", "Iceland"]),
        ("search and rescue", ["search and rescue"]),
        ("a plan", ["a plan"]),
        ("A, B, or C", ["A", "B", "C"]),
    ],
)
def test_the_items_of_an_enumeration_are_told(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in items_of(text, 0, len(text))] == expected


def test_what_is_enumerated_in_a_span_may_be_an_item_like_what_is_tagged() -> None:
    text = "They sell pears, figs and dates from Orm."
    listed = Span(10, 31, 9.0)
    reading = Reading((listed, Span(37, 40, 2.0)), 1.0)
    pieces = find_pieces(text, reading, [Span(10, 15, 0.8), Span(37, 40, 0.6)])
    found = {text[each.start : each.end]: each.score for each in pieces}
    assert found == {"pears": 0.8, "figs": 0.0, "dates": 0.0, "Orm": 0.6}
    features = [item_features(text, each, reading, 8.0) for each in pieces]
    assert [each["enumerated"] for each in features] == [0.0, 0.0, 0.0, 8.0]
    assert [each["exact"] for each in features] == [8.0, 8.0, 8.0, 7.0]


def test_an_item_has_no_half_of_a_pair_of_marks() -> None:
    text = "They sell “pears, figs (dried) and dates”."
    reading = Reading((Span(10, len(text) - 1, 9.0),), 1.0)
    pieces = find_pieces(text, reading, [])
    found = [text[each.start : each.end] for each in pieces]
    assert found == ["pears", "figs (dried)", "dates"]


def test_a_piece_of_what_is_read_as_one_is_told_from_one_that_is_read_by_itself() -> (
    None
):
    text = "Orm and Sons of Tull"
    best, first = Span(0, len(text), 9.0), Span(0, 3, 5.0)
    reading = Reading((best, first), 1.0)

    def piece(start: int, end: int) -> dict[str, float]:
        return item_features(text, Span(start, end, 0.9), reading, 8.0)

    whole, orm, sons = piece(0, len(text)), piece(0, 3), piece(8, len(text))
    assert [each["within"] for each in (whole, orm, sons)] == [0, 1, 1]
    assert [each["exact"] for each in (whole, orm, sons)] == [0, 4, 8]
    assert [each["is_alone"] for each in (whole, orm, sons)] == [1, 1, 1]
    assert [each["enumerated"] for each in (whole, orm, sons)] == [8, 8, 8]


def test_of_pieces_that_overlap_the_likeliest_is_kept() -> None:
    pieces = [Span(0, 9, 0.4), Span(0, 4, 0.7), Span(6, 9, 0.3), Span(20, 22, 0.1)]
    assert without_overlaps(pieces, 0.2) == [pieces[1], pieces[2]]
