from __future__ import annotations

import numpy as np
import pytest

from qa.answering.evidence import DEFAULT_EVIDENCE, TrainedEvidenceModel, decode_answers

TEXT = "Norland, Vestria and Lyngen signed. Calder did not."
OFFSETS = [(0, 7), (7, 8), (9, 16), (17, 20), (21, 27), (28, 34), (34, 35)]


def tags(*members: tuple[int, float, float]) -> np.ndarray:
    """Probabilities of tokens: outside of all, but for those given."""
    found = np.tile(np.array([[0.98, 0.01, 0.01]], dtype=np.float32), (7, 1))
    for token, first, inside in members:
        found[token] = [1 - first - inside, first, inside]
    return found


def test_each_run_of_tokens_is_an_answer() -> None:
    found = decode_answers(
        TEXT, OFFSETS, tags((0, 0.9, 0.0), (2, 0.8, 0.0), (4, 0.7, 0.1))
    )
    assert [TEXT[s.start : s.end] for s in found] == ["Norland", "Vestria", "Lyngen"]
    assert [span.score for span in found] == pytest.approx([0.9, 0.8, 0.8], abs=1e-6)


def test_a_token_that_goes_on_joins_the_run_and_a_first_one_begins_another() -> None:
    joined = decode_answers(TEXT, OFFSETS, tags((2, 0.9, 0.0), (3, 0.1, 0.8)))
    assert [TEXT[s.start : s.end] for s in joined] == ["Vestria and"]
    parted = decode_answers(
        TEXT, OFFSETS, tags((0, 0.9, 0.0), (1, 0.1, 0.8), (2, 0.8, 0.1))
    )
    assert [TEXT[s.start : s.end] for s in parted] == ["Norland", "Vestria"]


def test_words_with_nothing_but_a_space_between_are_one_answer() -> None:
    found = decode_answers(TEXT, OFFSETS, tags((3, 0.9, 0.0), (4, 0.9, 0.0)))
    assert [TEXT[s.start : s.end] for s in found] == ["and Lyngen"]


def test_the_trained_model_tells_what_bears_on_a_question() -> None:
    model = TrainedEvidenceModel(DEFAULT_EVIDENCE)
    passage = "The gym opens at six. Dogs are not allowed inside. It has a sauna."
    near, far = model.assess("Are dogs allowed?", [passage, "A cake needs flour."])
    best = max(near.sentences, key=lambda span: span.score)
    assert passage[best.start : best.end] == "Dogs are not allowed inside."
    assert all(span.score < best.score for span in far.sentences)
    assert sum(near.judgements) == pytest.approx(1.0, abs=1e-5)
    assert model.assess("Are dogs allowed?", []) == []


def test_the_trained_model_tags_the_items_of_a_list() -> None:
    model = TrainedEvidenceModel(DEFAULT_EVIDENCE)
    passage = "Norland, Vestria and Lyngen signed the pact. Calder did not."
    (found,) = model.assess("Which states signed the pact?", [passage])
    likely = [passage[s.start : s.end] for s in found.answers if s.score > 0.5]
    assert likely == ["Norland", "Vestria", "Lyngen"]
