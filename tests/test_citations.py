from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.documents import Document
from qa.answering.citations import (
    Citation,
    TextSpan,
    cite,
    sentence_around,
    verify,
)
from tests.fakes import HOSTILE_TEXTS

TEXT = "They met in Baghdad. Iraq helped. He left Baghdad on Monday."
DOCUMENT = Document("d", TEXT, "D", "https://example.com/d")


def test_a_citation_is_cut_from_the_document() -> None:
    assert cite(DOCUMENT, 12, 19) == Citation(
        doc_id="d",
        title="D",
        url="https://example.com/d",
        document_sha256=DOCUMENT.sha256,
        start=12,
        end=19,
        quote="Baghdad",
        before="They met in ",
        after=".",
        sentence=TextSpan(0, 20, "They met in Baghdad."),
    )


@pytest.mark.parametrize(
    ("start", "end"), [(-1, 3), (3, 3), (4, 3), (0, 61), (60, 61), (99, 100)]
)
def test_what_is_no_piece_of_the_text_cannot_be_cited(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=rf"no text at \[{start}, {end}\)"):
        cite(DOCUMENT, start, end)


def test_a_true_citation_is_verified() -> None:
    assert verify(cite(DOCUMENT, 12, 19), DOCUMENT)


BROKEN: dict[str, dict[str, object]] = {
    "document": {"doc_id": "other"},
    "checksum": {"document_sha256": "0" * 64},
    "start": {"start": 11},
    "end": {"end": 20},
    "negative start": {"start": -48},
    "no length": {"start": 19},
    "quote": {"quote": "baghdad"},
    "before": {"before": "They met at "},
    "after": {"after": "!"},
    "pieces cut elsewhere": {"before": "They met in B", "after": "aghdad."},
    "sentence text": {"sentence": TextSpan(0, 20, "They met in Bagdhad.")},
    "sentence start": {"sentence": TextSpan(1, 20, "They met in Baghdad.")},
    "sentence past the quote": {"sentence": TextSpan(13, 20, "aghdad.")},
    "sentence before the end": {"sentence": TextSpan(0, 18, "They met in Baghda")},
    "sentence past the text": {"sentence": TextSpan(0, 99, TEXT)},
    "sentence before the text": {"sentence": TextSpan(-60, 20, TEXT[:20])},
}


@pytest.mark.parametrize("changes", BROKEN.values(), ids=BROKEN.keys())
def test_a_citation_broken_anywhere_is_caught(changes: dict[str, object]) -> None:
    broken = replace(cite(DOCUMENT, 12, 19), **changes)  # type: ignore[arg-type]
    assert not verify(broken, DOCUMENT)


def test_pieces_of_the_right_sum_at_the_wrong_place_are_caught() -> None:
    document = Document("d", "aa aa aa.", "D")
    citation = cite(document, 3, 5)
    assert verify(citation, document)
    shifted = replace(citation, before="", after=" aa aa.")
    assert shifted.before + shifted.quote + shifted.after == citation.sentence.text
    assert not verify(shifted, document)


def test_a_citation_of_another_text_is_caught() -> None:
    changed = replace(DOCUMENT, text=TEXT.replace("Monday", "Sunday"))
    assert not verify(cite(DOCUMENT, 12, 19), changed)


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        ("Baghdad", "They met in Baghdad."),
        ("Iraq", "Iraq helped."),
        ("Monday", "He left Baghdad on Monday."),
        ("Baghdad. Iraq", "They met in Baghdad. Iraq helped."),
        (".", "They met in Baghdad."),
        (" ", "They met in Baghdad."),
    ],
)
def test_the_sentence_is_that_of_the_quote(quote: str, sentence: str) -> None:
    start = TEXT.index(quote)
    assert sentence_around(DOCUMENT, start, start + len(quote)).text == sentence


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_sentence_ends_with_its_line(end: str) -> None:
    document = Document("d", f"A heading{end}The text{end}goes on", "D")
    start = document.text.index("text")
    assert sentence_around(document, start, start + 4).text == "The text"


def test_a_sentence_without_end_is_shown_in_part() -> None:
    document = Document("d", "word " * 100_000, "D")
    found = sentence_around(document, 250_000, 250_004)
    assert 600 < len(found.text) < 1300


def check_law(text: str, start: int, end: int) -> None:
    document = Document("d", text, "D")
    citation = cite(document, start, end)
    sentence = citation.sentence
    assert verify(citation, document)
    assert citation.quote == text[start:end]
    assert citation.before == text[sentence.start : start]
    assert citation.after == text[end : sentence.end]
    assert not set(citation.before + citation.after) & {"\n", "\r"}


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_citations_of_hostile_texts_keep_the_law(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 40)))
    check_law(text, start, end)


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(
        st.text(min_size=1),
        st.lists(
            st.sampled_from(
                ["U.S. ", "end. The ", "\r\n", "\n", "😀", "e\u0301", "。"]
            ),
            min_size=1,
        ).map("".join),
    ),
    st.data(),
)
def test_citations_of_any_text_keep_the_law(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    check_law(text, start, data.draw(st.integers(start + 1, len(text))))
