from __future__ import annotations

import re
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.quotes import _SPACES, QuoteSelector, find_quote
from tests.fakes import HOSTILE_TEXTS

TEXT = (
    "Two ministers met in Oslo on Monday. They talked for hours.\r\n"
    "The fish is to be shared, the host said: “Nobody loses.”\n"
    "A week later they met in Oslo on a boat."
)


def found(text: str, exact: str, prefix: str = "", suffix: str = "") -> str | None:
    place = find_quote(text, QuoteSelector(exact, prefix, suffix))
    return place and text[place[0] : place[1]]


def place_of(text: str, exact: str, **context: str) -> int:
    place = find_quote(text, QuoteSelector(exact, **context))
    assert place is not None
    return place[0]


def test_all_that_parts_words_is_known() -> None:
    spaces = {chr(n) for n in range(0x110000) if chr(n).isspace()}
    assert spaces == {*_SPACES, " "}


def test_a_quote_is_found_whatever_parts_its_words_and_the_texts() -> None:
    text = "\u3000 One\ttwo  \r\n three\u2003four five\xa0six two three"
    for exact in ("One two", "two three four", "five six", "wo three fo", "x two t"):
        wanted = r"\s+".join(exact.split())
        assert found(text, exact) == re.search(wanted, text)[0]  # type: ignore[index]


def test_a_long_text_is_searched_in_little_memory() -> None:
    text = "The minister met the delegation on that day. " * 100_000
    tracemalloc.start()
    try:
        assert found(text, "that day. The mayor") is None
        assert found(text, "that day. The minister met", prefix="on") is not None
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 6 * len(text)


def test_the_words_round_a_quote_tell_which_of_its_places_is_meant() -> None:
    first, last = TEXT.index("Oslo"), TEXT.rindex("Oslo")
    assert (
        place_of(TEXT, "Oslo", prefix="ministers met in", suffix="on Monday") == first
    )
    assert place_of(TEXT, "Oslo", prefix="they met in", suffix="on a boat") == last


def test_a_quote_is_found_where_an_edit_has_moved_it() -> None:
    changed = "Corrected on Friday.\n" + TEXT.replace("Two", "Three foreign")
    assert place_of(
        changed, "Oslo", prefix="Two ministers met in", suffix="on Monday."
    ) == changed.index("Oslo")


def test_a_name_that_is_left_elsewhere_is_not_the_quote() -> None:
    changed = TEXT.replace("met in Oslo on Monday", "met in Bergen")
    assert (
        found(changed, "Oslo", "Two ministers met in", "on Monday. They talked") is None
    )


def test_words_that_are_gone_are_not_found() -> None:
    assert found(TEXT, "The fish is to be sold") is None
    assert found("", "fish") is None
    assert found(TEXT, " \n") is None


def test_typesetting_is_no_change_of_words() -> None:
    assert found(TEXT, 'the host said: "Nobody loses."') == (
        "the host said: “Nobody loses.”"
    )
    assert found(TEXT, "talked for hours. The fish") == "talked for hours.\r\nThe fish"


def test_a_long_quote_needs_no_words_round_it() -> None:
    exact = "The fish is to be shared, the host said"
    assert found(f"New. {exact}. New.", exact, "talked for hours", "Nobody") == exact


def test_between_equals_the_nearest_counts() -> None:
    text = "Yes. " * 9
    assert find_quote(text, QuoteSelector("Yes."), near=21) == (20, 24)


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_every_piece_of_a_text_is_found_in_it(name: str) -> None:
    text = HOSTILE_TEXTS[name]
    for start in range(0, min(len(text), 300), 7):
        for size in (1, 5, 60):
            exact = text[start : start + size]
            if exact.strip():
                place = find_quote(
                    text,
                    QuoteSelector(
                        exact,
                        text[max(0, start - 30) : start],
                        text[start + size : start + size + 30],
                    ),
                    near=start,
                )
                assert place is not None or " " not in text
                assert place is None or (
                    text[place[0] : place[1]].split() == exact.split()
                )


@given(st.text(), st.text(), st.text(), st.text())
def test_whatever_is_looked_for_only_its_words_are_found(
    text: str, exact: str, prefix: str, suffix: str
) -> None:
    place = find_quote(text, QuoteSelector(exact, prefix, suffix))
    if place is not None:
        start, end = place
        assert 0 <= start < end <= len(text)


def test_a_letter_in_a_long_text_takes_no_time() -> None:
    started = time.monotonic()
    find_quote("a b " * 500_000, QuoteSelector("a", "b " * 20, " b" * 20))
    assert time.monotonic() - started < 5
