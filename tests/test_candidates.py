from __future__ import annotations

import pytest

from index.passages import Passage, ScoredPassage
from qa.answering.candidates import Piece, find_candidates, overlaps
from qa.reading.reader import Reading
from qa.reading.spans import Span


def scored(text: str, start: int = 0) -> ScoredPassage:
    return ScoredPassage(Passage("a", start, start + len(text), text), 0.5)


def found(text: str, start: int, end: int) -> list[str]:
    reading = Reading((Span(start, end, 5.0),), 1.0)
    return [each.text for each in find_candidates([scored(text)], [reading])]


def test_spans_of_all_passages_stand_by_their_margin_each_place_once() -> None:
    text = "They met in Baghdad."
    passages = [scored(text), scored(text[8:], start=8)]
    readings = [
        Reading((Span(12, 19, 5.0), Span(0, 4, 4.5)), 1.0),
        Reading((Span(4, 11, 5.0),), 0.0),
    ]
    best, other = find_candidates(passages, readings)
    assert (best.text, best.start, best.margin, best.rank) == ("Baghdad", 12, 5.0, 1)
    assert (other.text, other.margin) == ("They", 3.5)


@pytest.mark.parametrize(
    ("span", "whole"),
    [
        ('said "we will not go', "we will not go"),
        ("the plan” he said", "the plan"),
        ("a “b” c", "a “b” c"),
        ("“all we want is", "all we want is"),
    ],
)
def test_half_a_pair_of_quotation_marks_is_not_quoted(span: str, whole: str) -> None:
    assert found(span, 0, len(span)) == [whole]


def test_two_lines_that_are_sentences_of_their_own_are_no_answer() -> None:
    text = "Keller opens bridge\nThe bridge was opened by Keller."
    assert found(text, 0, len(text)) == []


@pytest.mark.parametrize(
    "text",
    ["- Lay out the bread.\n- Cut the cheese.", "Norland\t12\t4", "One.\n\nTwo."],
)
def test_what_reaches_over_cells_or_paragraphs_is_no_answer(text: str) -> None:
    assert found(text, 0, len(text)) == []


def test_a_line_that_was_wrapped_parts_no_answer() -> None:
    text = (
        "The council said on Monday evening that the new bridge cost 38.5\n"
        "million crowns, which is twice what its architect had told them in\n"
        "the spring of last year, and that it would not be painted."
    )
    start, end = text.index("38.5"), text.index(", which")
    assert found(text, start, end) == ["38.5\nmillion crowns"]


def test_pieces_overlap_within_one_document_alone() -> None:
    assert overlaps(Piece("a", 0, 5), Piece("a", 4, 9))
    assert not overlaps(Piece("a", 0, 5), Piece("a", 5, 9))
    assert not overlaps(Piece("a", 0, 5), Piece("b", 0, 5))
