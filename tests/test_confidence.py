from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from qa.confidence import (
    UNFITTED,
    Confidence,
    ConfidenceError,
    Evidence,
    content_words,
    is_closed_question,
    support,
)

EVIDENCE = Evidence(
    margin=4.0,
    gap=2.0,
    similarity=0.6,
    rank=0,
    agreement=0.5,
    support=0.8,
    sentence_support=0.4,
    is_closed=False,
)
FITTED = Confidence(
    -1.0, {"margin": 0.5, "gap": 0.25}, answer_threshold=0.7, unsure_threshold=0.3
)


def test_the_probability_is_logistic() -> None:
    assert FITTED.probability(EVIDENCE) == pytest.approx(1 / (1 + math.exp(-1.5)))


def test_every_weight_is_taken() -> None:
    for name in EVIDENCE.features():
        confidence = replace(FITTED, weights={name: 1.0}, intercept=0.0)
        other = replace(
            EVIDENCE,
            **{name: True if name == "is_closed" else getattr(EVIDENCE, name) + 1},
        )
        assert confidence.probability(EVIDENCE) != confidence.probability(other)


def test_wild_evidence_is_bounded() -> None:
    wild = replace(EVIDENCE, margin=1e9, gap=1e9)
    assert UNFITTED.probability(wild) < 1.0
    assert UNFITTED.probability(replace(wild, margin=-1e9, gap=-1e9)) > 0.0


@pytest.mark.parametrize(
    ("probability", "verdict"),
    [
        (1.0, "answer"),
        (0.7, "answer"),
        (0.69, "unsure"),
        (0.3, "unsure"),
        (0.29, "no_answer"),
        (0.0, "no_answer"),
    ],
)
def test_the_thresholds_part_three_states(probability: float, verdict: str) -> None:
    assert FITTED.verdict(probability) == verdict


def test_without_a_fit_a_span_stands_against_no_answer() -> None:
    def verdict(margin: float) -> str:
        return UNFITTED.verdict(UNFITTED.probability(replace(EVIDENCE, margin=margin)))

    assert [verdict(3.0), verdict(0.0), verdict(-3.0)] == [
        "answer",
        "unsure",
        "no_answer",
    ]


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    FITTED.save(tmp_path)
    assert Confidence.load(tmp_path) == FITTED


def test_without_a_file_there_is_none(tmp_path: Path) -> None:
    assert Confidence.load(tmp_path) is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "3",
        "{}",
        json.dumps({"intercept": "x", "weights": {}}),
        json.dumps(
            {
                "intercept": 0,
                "weights": [],
                "answer_threshold": 0.5,
                "unsure_threshold": 0.2,
            }
        ),
        json.dumps(
            {
                "intercept": 0,
                "weights": {"moon": 1.0},
                "answer_threshold": 0.5,
                "unsure_threshold": 0.2,
            }
        ),
    ],
)
def test_a_damaged_file_is_refused_with_a_remedy(tmp_path: Path, content: str) -> None:
    (tmp_path / "confidence.json").write_text(content, encoding="utf-8")
    with pytest.raises(ConfidenceError, match="fit it again"):
        Confidence.load(tmp_path)


@pytest.mark.parametrize(
    "question",
    ["Is Iraq safe?", "did they meet?", "  Will he come?", "Has it been signed?"],
)
def test_yes_or_no_questions_are_closed(question: str) -> None:
    assert is_closed_question(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who met?",
        "Is it Iraq or Somalia?",
        "Island of what?",
        "When did they meet?",
        "",
    ],
)
def test_other_questions_are_open(question: str) -> None:
    assert not is_closed_question(question)


def test_content_words_meet_across_their_endings() -> None:
    assert content_words("What did the minister visit?") == content_words(
        "Ministers visited"
    )


def test_one_word_has_one_stem() -> None:
    assert content_words("They discuss it") == content_words("discussed, discussions")
    assert content_words("cooperate") == content_words("cooperation")
    assert content_words("protect") == content_words("protection")


def test_support_is_the_share_of_content_words_found() -> None:
    text = "Al-Shammari praised Somalia’s efforts."
    assert support("What did Al-Shammari praise?", text) == 1.0
    assert support("What did Al-Shammari eat?", text) == 0.5
    assert support("Who is it?", text) == 0.0
