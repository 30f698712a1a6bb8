from __future__ import annotations

import numpy as np
import pytest

from qa.retrieval.fusion import fuse


def order(similarities: list[float], lexical: list[float], weight: float) -> list[int]:
    fused = fuse(np.array(similarities), np.array(lexical), weight)
    return [int(place) for place in np.argsort(-fused, kind="stable")]


def test_either_half_alone_keeps_its_order() -> None:
    assert order([0.1, 0.9, 0.5], [9.0, 1.0, 2.0], 1.0) == [1, 2, 0]
    assert order([0.1, 0.9, 0.5], [9.0, 1.0, 2.0], 0.0) == [0, 2, 1]


def test_good_in_both_beats_best_in_one() -> None:
    assert order([0.9, 0.8, 0.0], [0.0, 8.0, 9.0], 0.5)[0] == 1


def test_the_scale_of_a_half_makes_no_difference() -> None:
    similarities, lexical = np.array([0.2, 0.5, 0.4]), np.array([3.0, 9.0, 0.0])
    assert fuse(similarities, lexical) == pytest.approx(
        fuse(similarities, 50 * lexical)
    )


def test_with_no_words_found_similarity_decides() -> None:
    assert order([0.1, 0.9, 0.5], [0.0] * 3, 0.3) == [1, 2, 0]


def test_nothing_to_fuse_gives_nothing() -> None:
    assert len(fuse(np.array([]), np.array([]))) == 0
    assert fuse(np.array([0.3]), np.array([2.0])) == [0.0]
