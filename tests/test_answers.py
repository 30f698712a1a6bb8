from __future__ import annotations

import pytest

from index.documents import Document
from index.passages import Passage, ScoredPassage
from qa.answers import (
    Candidate,
    rank_candidates,
    weigh,
)
from qa.reader import Reading
from qa.spans import Span

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
