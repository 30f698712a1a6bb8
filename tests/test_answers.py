from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.documents import Document
from index.passages import Passage, ScoredPassage
from qa.answers import (
    Candidate,
    Citation,
    TextSpan,
    cite,
    rank_candidates,
    select_answers,
    sentence_around,
    verify,
    weigh,
)
from qa.reader import Reading
from qa.spans import Span
from tests.fakes import HOSTILE_TEXTS

TEXT = "They met in Baghdad. Iraq helped. He left Baghdad on Monday."
DOCUMENT = Document("d", TEXT, "D", "https://example.com/d")


def passage_at(start: int, end: int, score: float = 0.5) -> ScoredPassage:
    return ScoredPassage(Passage("d", start, end, TEXT[start:end]), score)


FIRST = passage_at(0, 33)  # "They met in Baghdad. Iraq helped."
SECOND = passage_at(21, 60, 0.4)  # "Iraq helped. He left Baghdad on Monday."


def texts(candidates: list[Candidate]) -> list[tuple[str, float]]:
    return [(candidate.text, candidate.margin) for candidate in candidates]


def test_candidates_of_all_passages_are_ranked_by_margin() -> None:
    ranked = rank_candidates(
        [FIRST, SECOND],
        [
            Reading((Span(12, 19, 9.0), Span(21, 25, 1.0)), 4.0),
            Reading((Span(21, 28, 7.0),), 1.0),
        ],
    )
    assert texts(ranked) == [("Baghdad", 6.0), ("Baghdad", 5.0), ("Iraq", -3.0)]
    assert [candidate.start for candidate in ranked] == [42, 12, 21]
    assert [candidate.rank for candidate in ranked] == [1, 0, 0]
    for candidate in ranked:
        assert TEXT[candidate.start : candidate.end] == candidate.text


@pytest.mark.parametrize(("first", "second"), [(1.0, 3.0), (3.0, 1.0)])
def test_a_place_read_twice_counts_by_its_better_reading(
    first: float, second: float
) -> None:
    (candidate,) = rank_candidates(
        [FIRST, SECOND],
        [Reading((Span(21, 25, first),), 0.0), Reading((Span(0, 4, second),), 0.0)],
    )
    assert (candidate.text, candidate.margin) == ("Iraq", 3.0)


def test_passages_and_readings_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="shorter"):
        rank_candidates([FIRST, SECOND], [Reading((), 0.0)])


def ranked(*spans: tuple[ScoredPassage, int, int, float]) -> list[Candidate]:
    """Return candidates at places of the document, by margin."""
    passages = list(dict.fromkeys(passage for passage, *_ in spans))
    readings = [
        Reading(
            tuple(
                Span(start - own.passage.start, end - own.passage.start, margin)
                for own, start, end, margin in spans
                if own is passage
            ),
            0.0,
        )
        for passage in passages
    ]
    return rank_candidates(passages, readings)


def test_other_places_that_say_the_same_are_selected() -> None:
    candidates = ranked(
        (FIRST, 12, 19, 5.0), (FIRST, 21, 25, 4.0), (SECOND, 42, 49, 3.0)
    )
    assert texts(select_answers(candidates, 5)) == [("Baghdad", 5.0), ("Baghdad", 3.0)]
    assert texts(select_answers(candidates, 1)) == [("Baghdad", 5.0)]


def test_a_place_that_the_reader_would_not_answer_from_is_no_second() -> None:
    candidates = ranked((FIRST, 12, 19, 5.0), (SECOND, 42, 49, -0.5))
    assert texts(select_answers(candidates, 5)) == [("Baghdad", 5.0)]


def test_the_first_is_selected_whatever_its_margin() -> None:
    assert texts(select_answers(ranked((FIRST, 12, 19, -5.0)), 5)) == [
        ("Baghdad", -5.0)
    ]


def test_nothing_is_selected_of_nothing() -> None:
    assert select_answers([], 5) == []


def test_evidence_is_weighed_for_the_first_candidate() -> None:
    candidates = ranked(
        (FIRST, 12, 19, 5.0), (FIRST, 21, 25, 2.0), (SECOND, 42, 49, 3.0)
    )
    evidence = weigh("Where did they meet?", candidates, {"d": DOCUMENT})
    assert (evidence.margin, evidence.gap) == (5.0, 3.0)
    assert (evidence.similarity, evidence.rank) == (0.5, 0)
    assert evidence.agreement == 1.0
    assert not evidence.is_closed


def test_a_span_round_the_answer_is_no_rival() -> None:
    candidates = ranked(
        (FIRST, 12, 19, 5.0), (FIRST, 9, 19, 4.9), (SECOND, 21, 25, 1.0)
    )
    evidence = weigh("Where?", candidates, {"d": DOCUMENT})
    assert (evidence.gap, evidence.agreement) == (4.0, 0.0)


def test_a_lone_candidate_leads_by_much() -> None:
    evidence = weigh("Where?", ranked((FIRST, 12, 19, 1.0)), {"d": DOCUMENT})
    assert evidence.gap == 8.0


def test_nothing_cannot_be_weighed() -> None:
    with pytest.raises(ValueError, match="no candidate"):
        weigh("Where?", [], {"d": DOCUMENT})


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
