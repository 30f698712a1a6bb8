from __future__ import annotations

import textwrap
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.documents import Document
from index.paragraphs import paragraph_spans
from index.sentences import sentence_spans, sentences_at

PROSE = (
    "The council of Westerdal voted on Monday to rename the old square after Anna "
    "Lisbeth Moen, who taught at the school for forty years. The cost of 12 million "
    "crowns is paid by Dr. Hove and others. Nobody spoke against it, and the mayor "
    "said that she was glad."
)


def paragraphs(text: str) -> list[str]:
    return [text[start:end] for start, end in paragraph_spans(text)]


def folded_sentences(text: str) -> list[str]:
    return [" ".join(text[a:b].split()) for a, b in sentence_spans(text)]


@pytest.mark.parametrize("width", [58, 66, 72, 78, 100])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_wrapped_text_has_the_sentences_of_the_same_text_unwrapped(
    article: Document, width: int, end: str
) -> None:
    prose = [line for line in article.text.splitlines()[1:] if line.endswith(".")]
    wrapped = f"{end}{end}".join(
        textwrap.fill(paragraph, width, break_on_hyphens=False).replace("\n", end)
        for paragraph in prose
    )
    assert folded_sentences(wrapped) == [
        sentence for paragraph in prose for sentence in folded_sentences(paragraph)
    ]


def test_ragged_lines_of_prose_are_joined() -> None:
    lines = [
        "The council of Westerdal voted on Monday to rename the old",
        "square after Anna",
        "Lisbeth Moen, who taught at the school for forty years. The cost of 12",
        "million crowns is paid by Dr.",
        "Hove and others.",
    ]
    assert folded_sentences("\n".join(lines)) == [
        "The council of Westerdal voted on Monday to rename the old square after Anna "
        "Lisbeth Moen, who taught at the school for forty years.",
        "The cost of 12 million crowns is paid by Dr. Hove and others.",
    ]


def test_a_heading_above_wrapped_lines_stays_apart() -> None:
    text = f"A square is renamed\n{textwrap.fill(PROSE, 70)}"
    assert paragraphs(text)[0] == "A square is renamed"
    assert len(paragraphs(text)) == 2


@pytest.mark.parametrize(
    "lines",
    [
        # Verse.
        [
            "The tide went out, the lamps were lit,",
            "And no one on the harbour wall",
            "Could say who first had seen the ship",
            "Or whether it was there at all",
        ],
        # Verse without capitals.
        ["the tide went out", "and took the boats", "with all the lamps", "still lit"],
        # Lists, with marks and without.
        [
            "- apples from the orchard of the abbey, sold by the basket on Saturdays",
            "- pears that are kept until spring in the cellar under the old brewery",
        ],
        ["1. Close the valve", "2. Wait for the light", "3. Open the door"],
        ["Present:", "Anna Moen", "Lars Hove", "Ida Berg"],
        # A transcript.
        [
            "MOEN: We have been over this, and I would rather talk about the school",
            "HOVE: then let us talk about the school and about nothing else tonight",
        ],
        # Columns.
        ["Station   Engines   Chief", "Birk      5         Hans Ude"],
        ["Station\tEngines", "birk\tfive"],
        # Paragraphs, one a line.
        [f"{PROSE} and so on", f"and {PROSE}"],
    ],
)
def test_lines_that_belong_apart_stay_apart(lines: list[str]) -> None:
    assert paragraphs("\n".join(lines)) == lines


def test_an_item_that_is_wrapped_goes_on_in_its_next_line() -> None:
    text = (
        "- apples from the orchard of the abbey, which are sold by the\n"
        "  basket on Saturdays\n"
        "- pears that are kept until spring in the cellar under the\n"
        "  old brewery"
    )
    first, second = paragraphs(text)
    assert first.endswith("basket on Saturdays")
    assert second.endswith("old brewery")


def test_the_sentence_round_a_span_reaches_across_a_line_end() -> None:
    text = f"Before it.\n\n{textwrap.fill(PROSE, 60)}\n\nAfter it."
    start = text.index("Moen")
    first, last = sentences_at(text, start, start + 4)
    assert text[first:last].startswith("The council")
    assert text[first:last].endswith("forty years.")
    assert "\n" in text[first:last]


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="aB1. -:\t\n\r\f\x0b\u2028é。", max_size=300))
def test_paragraphs_cover_any_text(text: str) -> None:
    previous = 0
    for start, end in paragraph_spans(text):
        assert previous <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert not text[previous:start].strip()
        previous = end
    assert not text[previous:].strip()


@pytest.mark.parametrize(
    "piece",
    [
        "Aa ",
        "a",
        "a   b",
        " ",
        "\n",
        "a\n",
        "\n ",
        "- \n",
        "A: a\n",
        ".",
        "A. ",
        "Mr. ",
    ],
)
def test_the_time_grows_with_the_length_and_no_more(piece: str) -> None:
    def seconds(characters: int) -> float:
        text = piece * (characters // len(piece))
        started = time.process_time()
        sentence_spans(text)
        return time.process_time() - started

    seconds(1_000)
    small = min(seconds(20_000) for _ in range(3))
    assert seconds(200_000) < 30 * small + 0.5


def test_what_a_mail_quotes_is_prose_and_stays_apart_from_what_quotes_it() -> None:
    text = (
        "> The inspectors found cracks in nine of the twelve girders, and they\n"
        "> advise that lorries above 12 tonnes be kept off the bridge from 1\n"
        "> March. I would like to have your answer by\n"
        "> Friday.\n"
        ">\n"
        ">> Who pays for the inspection of the bridge at Tolk, the county or the\n"
        ">> town?\n"
        "The county pays."
    )
    assert folded_sentences(text) == [
        "> The inspectors found cracks in nine of the twelve girders, and they > "
        "advise that lorries above 12 tonnes be kept off the bridge from 1 > March.",
        "I would like to have your answer by > Friday.",
        ">",
        ">> Who pays for the inspection of the bridge at Tolk, the county or the >> "
        "town?",
        "The county pays.",
    ]


def test_the_lines_of_a_narrow_column_are_joined() -> None:
    assert folded_sentences(textwrap.fill(PROSE, 45)) == folded_sentences(PROSE)
