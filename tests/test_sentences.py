from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.sentences import sentence_spans
from tests.fakes import HOSTILE_TEXTS


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Minister Al-Shammari met Mr. Ismail in Baghdad.",
        "He visited the U.S. Senate on Friday.",
        "The order came from Gen. Smith himself.",
        "It was signed by Lt. Col. Ahmed Ali.",
        "Abu Omar, a.k.a. The Fox, was arrested.",
        "Talks ended at 5 p.m. local time.",
        "He lives in room No. 12 of the hotel.",
        "The price rose by 3.5 percent to $4.20 a litre.",
        "The site example.com was closed.",
        "He waited ... and left.",
        "J. R. Tolkien wrote it.",
        "“Will they come?” he asked.",
        '"We agree." — said nobody, and "Stop!" cried others',
        "See Fig. 3 and pp. 12 for details.",
    ],
)
def test_one_sentence_stays_whole(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("They met in Baghdad.", "The talks were long."),
        ("He left the U.S.", "He went home."),
        ("They met at 5 p.m.", "The talks were long."),
        ("Did they agree?", "They did."),
        ("They agreed!", "“Good,” he said."),
        ("“We will come.”", "He smiled."),
        ("He said (in Baghdad.)", "Then he left."),
        ("Was it signed?", "No."),
        ("The answer is no.", "It was 12 then."),
        ("He waited...", "Then he left."),
        ("Prices rose in 2020.", "45 people came."),
        ("Er kam.", "Überall war Ruhe."),
    ],
)
def test_two_sentences_are_parted(first: str, second: str) -> None:
    assert sentences(f"{first} {second}") == [first, second]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\n\n", " \r\n\t\r\n "])
def test_a_line_end_ends_a_sentence(end: str) -> None:
    assert sentences(f"A heading{end}goes on here{end}") == [
        "A heading",
        "goes on here",
    ]


def test_right_to_left_text_is_parted() -> None:
    assert sentences("التقى الوزيران. هل وافقا؟ نعم وافقا.") == [
        "التقى الوزيران.",
        "هل وافقا؟",
        "نعم وافقا.",
    ]


def test_text_without_spaces_is_parted_at_its_own_stops() -> None:
    assert sentences("北京是首都。上海很大！对吗？") == [
        "北京是首都。",
        "上海很大！",
        "对吗？",
    ]


@pytest.mark.parametrize("text", ["", " ", "\r\n \t\n", "\u3000\u2028"])
def test_blank_text_has_no_sentences(text: str) -> None:
    assert sentence_spans(text) == []


def check_law(text: str) -> None:
    """Check that spans are in order, apart, trimmed, and cover what is not white."""
    previous = 0
    for start, end in sentence_spans(text):
        assert previous <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert not text[previous:start].strip()
        previous = end
    assert not text[previous:].strip()


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_spans_cover_hostile_texts(text: str) -> None:
    check_law(text)


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_spans_cover_any_text(text: str) -> None:
    check_law(text)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "U.S.",
                "Gen.",
                "No.",
                "12",
                "Al-Shammari",
                "end.",
                "The",
                "“Why?”",
                "。",
                "a.k.a.",
                "\r\n",
                "\n",
                " ",
                "  ",
                "...",
                "p.m.",
                ")",
                "é",
                "😀",
            ]
        )
    )
)
def test_spans_cover_texts_of_awkward_pieces(pieces: list[str]) -> None:
    check_law("".join(pieces))
    check_law(" ".join(pieces))


def test_abbreviations_in_capitals_end_no_sentence() -> None:
    text = "DR. LUND: Thank you. MS. OTTO: Who built it? He said NO. We left."
    assert [text[start:end] for start, end in sentence_spans(text)] == [
        "DR. LUND: Thank you.",
        "MS. OTTO: Who built it?",
        "He said NO.",
        "We left.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "It cost Rs. 500 and kr. 90, as fig. 4 and ch. 2 show.",
        "Daly et al. 2001 measured 5 ft. 3 in. of rain.",
        "He played his Op. 28 at the mill, Est. 1887, on Tues. 4 May.",
        "Drs. Holm and Cllr. Roe met Srta. Zoë of Lund Pte. Ltd. $1.25 was paid.",
    ],
)
def test_abbreviations_before_numbers_and_names_end_no_sentence(text: str) -> None:
    assert sentence_spans(text) == [(0, len(text))]
