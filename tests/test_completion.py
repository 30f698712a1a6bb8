from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qa.completion import complete_span

TEXT = (
    "Al-Shammari praised Somalia’s ongoing efforts to strengthen national security and "
    "left. Mayor Maria Anna Keller came on Saturday, 14 June 2025, and paid 3.5 "
    "million euros. The dam broke because the repair of the wall had been postponed, "
    "she said. They met in Baghdad. The talks ended. It was comprehensive assistance."
)


@pytest.mark.parametrize(
    ("question", "span", "whole"),
    [
        (
            "What did Al-Shammari praise?",
            "Somalia",
            "Somalia’s ongoing efforts to strengthen national security",
        ),
        ("Which country was praised?", "Somalia", "Somalia"),
        ("Who came?", "Anna", "Maria Anna Keller"),
        ("Who is the mayor?", "Maria Anna", "Maria Anna Keller"),
        ("When did she come?", "June", "Saturday, 14 June 2025"),
        ("How much did she pay?", "3.5", "3.5 million euros"),
        (
            "Why did the dam break?",
            "the repair",
            "because the repair of the wall had been postponed",
        ),
        ("What happened to the talks?", "ended", "The talks ended."),
        ("Where did they meet?", "Baghdad", "Baghdad"),
        ("What had broken?", "repair", "repair of the wall"),
        ("What was it?", "comprehensive", "comprehensive assistance"),
    ],
)
def test_a_span_is_widened_to_what_it_is_a_part_of(
    question: str, span: str, whole: str
) -> None:
    start = TEXT.index(span)
    first, last = complete_span(TEXT, start, start + len(span), question)
    assert TEXT[first:last] == whole


def test_nothing_far_is_taken() -> None:
    text = "It fell because " + "word " * 40 + "end."
    start = text.index("word")
    first, last = complete_span(text, start, start + 4, "Why did it fall?")
    assert text[first:last] == "because word"


_LONG = "between union leaders and four clubs, who all came by bus, in Port Ashby"


@pytest.mark.parametrize(
    ("question", "span", "wanted"),
    [
        ("Who is Keller?", "Maria", "Maria Keller"),
        ("Who is Maria?", "the mayor. She met union leaders", "the mayor"),
        ("Where did they meet?", _LONG, "Port Ashby"),
        ("Who came?", "dance clubs and schools", "Unions, dance clubs and schools"),
        ("What did she praise?", "schools and promised the clubs", "schools"),
        (
            "What did she praise?",
            "clubs and united schools",
            "clubs and united schools",
        ),
        ("When was it?", "2019", "2019"),
        ("What happened?", "meets\nMaria Keller", "Maria Keller is the mayor."),
        ("Did they meet?", "in Port", f"They spoke {_LONG}."),
    ],
)
def test_what_is_torn_or_runs_on_is_mended(
    question: str, span: str, wanted: str
) -> None:
    text = (
        "A town meets\nMaria Keller is the mayor. She met union leaders. "
        f"They spoke {_LONG}. Unions, dance clubs and schools came. "
        "In 2019, nobody did. She praised schools and promised the clubs her help. "
        "She praised clubs and united schools."
    )
    start = text.index(span)
    first, last = complete_span(text, start, start + len(span), question)
    assert text[first:last] == wanted


def test_no_end_of_a_line_is_quoted_with_what_stands_before_it() -> None:
    text = "They met. The dam broke because of rain, officials said.\r\nThey left."
    span = text.index("of rain")
    first, last = complete_span(text, span, span + 7, "What happened?")
    assert text[first:last] == "The dam broke because of rain, officials said."


@settings(max_examples=300, deadline=None)
@given(text=st.text(min_size=1, max_size=80), data=st.data())
@pytest.mark.parametrize("question", ["Why?", "What is it?", "What happened?", "Who?"])
def test_a_widened_span_is_a_piece_of_the_text_round_the_span(
    question: str, text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assume(text[start:end].strip())
    first, last = complete_span(text, start, end, question)
    assert 0 <= first < last <= len(text)
    assert text[first:last] == text[first:last].strip()
    assert first < end
    assert start < last
