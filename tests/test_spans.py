from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qa.reading.spans import (
    Logits,
    Span,
    TokenSpan,
    best_token_spans,
    merge_spans,
    overlaps,
    trim_span,
)


def logits(*values: float) -> Logits:
    return np.array(values, dtype=np.float32)


def test_the_best_span_has_the_highest_sum() -> None:
    found = best_token_spans(logits(0, 5, 1), logits(1, 0, 4), max_tokens=3, count=2)
    assert found == [TokenSpan(1, 2, 9.0), TokenSpan(1, 1, 5.0)]


def test_a_span_never_ends_before_it_starts() -> None:
    found = best_token_spans(logits(0, 0, 9), logits(9, 0, 0), max_tokens=3, count=9)
    assert len(found) == 6
    assert all(span.first_token <= span.last_token for span in found)


def test_a_span_is_at_most_as_long_as_allowed() -> None:
    found = best_token_spans(
        logits(9, 0, 0, 0), logits(0, 0, 1, 9), max_tokens=3, count=1
    )
    assert found == [TokenSpan(0, 2, 10.0)]


def test_negative_logits_are_no_worse_than_masked_ones() -> None:
    found = best_token_spans(logits(-90, -50), logits(-90, -60), max_tokens=1, count=5)
    assert found == [TokenSpan(1, 1, -110.0), TokenSpan(0, 0, -180.0)]


def test_no_tokens_give_no_spans() -> None:
    assert best_token_spans(logits(), logits(), max_tokens=3, count=3) == []


SCORES = st.integers(-50, 50)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(SCORES, SCORES), min_size=1, max_size=9),
    st.integers(1, 10),
    st.integers(1, 60),
)
def test_the_best_spans_are_those_of_a_brute_force(
    pairs: list[tuple[int, int]], max_tokens: int, count: int
) -> None:
    starts, ends = zip(*pairs, strict=True)
    brute = sorted(
        (
            float(starts[first] + ends[last])
            for first in range(len(pairs))
            for last in range(first, min(len(pairs), first + max_tokens))
        ),
        reverse=True,
    )
    found = best_token_spans(
        logits(*starts), logits(*ends), max_tokens=max_tokens, count=count
    )
    assert [span.score for span in found] == brute[:count]
    assert len({(span.first_token, span.last_token) for span in found}) == len(found)
    for span in found:
        assert span.score == starts[span.first_token] + ends[span.last_token]
        assert 0 <= span.last_token - span.first_token < max_tokens


@pytest.mark.parametrize(
    ("text", "span", "trimmed"),
    [
        ("Minister Al-Shammari said", "Shammari", "Al-Shammari"),
        ("Minister Al-Shammari said", "Al", "Al-Shammari"),
        ("met in Baghdad.", "aghda", "Baghdad"),
        ("met in Baghdad.", "in Baghdad.", "in Baghdad"),
        ("met in Baghdad, where", " Baghdad,", "Baghdad"),
        ("Iraq’s readiness", "Iraq", "Iraq"),
        ("Iraq's readiness", "Iraq", "Iraq"),
        ("Iraq’s readiness", "Ira", "Iraq"),
        ("Iraq’s readiness", "Iraq’s", "Iraq’s"),
        ("he doesn’t know", "doesn", "doesn’t"),
        ("left the U.S. on Friday", "the U.S.", "the U.S."),
        ("left the U.S. on Friday", "U", "U.S."),
        ("left the U.S. on Friday", "U.S", "U.S."),
        ("the United States (U.S.) said", "(U.S.)", "(U.S.)"),
        ("paid $5 million, he said", "$5 million,", "$5 million"),
        ("rose by 50% in May", "50%", "50%"),
        ("rose by 50%, he said", "50%,", "50%"),
        ("about 3,000 people", "3", "3,000"),
        ("about 3,000 people", "000", "3,000"),
        ("it was 3.5 degrees", "5", "3.5"),
        ("at -5 °C today", "-5 °C", "-5 °C"),
        ("he said “we agree” twice", "“we agree”", "“we agree”"),
        ("he said “we agree” twice", "“we agree", "we agree"),
        ("he said “we agree” twice", "we agree”", "we agree"),
        ('he said "we agree" twice', '"we agree"', '"we agree"'),
        ('he said "we agree" twice', '"we agree', "we agree"),
        ('he said "we agree" twice', 'we agree"', "we agree"),
        ("the group (ISIS) grew", "(ISIS", "ISIS"),
        ("the group (ISIS) grew", "ISIS)", "ISIS"),
        ("the group (ISIS) grew", "the group (ISIS)", "the group (ISIS)"),
        ("John Smith Jr. said", "John Smith Jr.", "John Smith Jr."),
        ("he left. Then", "left.", "left"),
        ("he left.Then", "left", "left"),
        ("Cafe\u0301 owner", "Cafe", "Cafe\u0301"),
        ("Cafe\u0301 owner", "Cafe\u0301", "Cafe\u0301"),
        ("他在北京工作。", "北京", "北京"),
        ("في بغداد.", "بغداد.", "بغداد"),
        ("party 🎉 time", "🎉 time", "time"),
    ],
)
def test_a_span_is_trimmed_to_whole_words(text: str, span: str, trimmed: str) -> None:
    start = text.index(span)
    found = trim_span(text, Span(start, start + len(span), 1.5))
    assert found is not None
    assert text[found.start : found.end] == trimmed
    assert found.score == 1.5


@pytest.mark.parametrize("text", [".", " ", "...", "“”", "—", "🎉", "$", "_"])
def test_a_span_without_a_word_is_none(text: str) -> None:
    assert trim_span(text, Span(0, len(text), 0.0)) is None


WORDS = st.lists(
    st.one_of(
        st.text(max_size=4),
        st.sampled_from(
            [
                "Iraq’s",
                "U.S.",
                "(",
                ")",
                "“",
                "”",
                '"',
                "3,000",
                "$5",
                "50%",
                " ",
                ". ",
                "Al-Shammari",
                "e\u0301",
                "😀",
                "。",
                "北京",
                "\u200f",
                "-",
                "’",
            ]
        ),
    ),
    min_size=1,
    max_size=8,
).map("".join)


@settings(max_examples=100, deadline=None)
@given(WORDS, st.data())
def test_a_trimmed_span_lies_in_the_text_and_splits_no_word(
    text: str, data: st.DataObject
) -> None:
    assume(text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = trim_span(text, Span(start, end, 0.0))
    if found is None:
        return
    assert 0 <= found.start < found.end <= len(text)
    piece = text[found.start : found.end]
    assert piece == piece.strip()
    assert any(character.isalnum() for character in piece)
    for place in (found.start, found.end):
        around = text[max(0, place - 1) : place + 1]
        inside = len(around) == 2 and 0 < place < len(text)
        assert not (inside and around.isascii() and around.isalnum())


def test_equal_spans_are_merged_with_their_best_score() -> None:
    spans = [Span(0, 4, 1.0), Span(5, 9, 3.0), Span(0, 4, 2.0), Span(5, 9, 1.0)]
    assert merge_spans(spans) == [Span(5, 9, 3.0), Span(0, 4, 2.0)]


@pytest.mark.parametrize(
    ("start", "end", "is_shared"),
    [(0, 5, False), (0, 6, True), (6, 8, True), (9, 10, True), (10, 12, False)],
)
def test_spans_overlap_when_they_share_a_character(
    start: int, end: int, is_shared: bool
) -> None:
    assert overlaps(Span(start, end, 0.0), [Span(5, 10, 0.0)]) is is_shared
