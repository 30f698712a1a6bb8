from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from qa.reading.reader import Check, ExtractiveReader, Window, go_on
from qa.reading.skimming import SkimmingReader

PASSAGES = ["alpha one", "bravo two", "charlie three", "delta four", "echo five"]


class FakeReader(ExtractiveReader):
    """Gives each passage's first word the margin that a table says."""

    def __init__(self, margins: Sequence[float], passages: Sequence[str]) -> None:
        self.margins = dict(zip(passages, margins, strict=True))
        self.seen: list[str] = []

    def score(
        self, pairs: Sequence[tuple[str, str]], check: Check = go_on
    ) -> list[list[Window]]:
        check()
        found = []
        for _, passage in pairs:
            self.seen.append(passage)
            space = passage.index(" ")
            logits = np.array([self.margins[passage] / 2, -9.0], dtype=np.float32)
            offsets = np.array([[0, space], [space + 1, len(passage)]])
            found.append([Window(offsets, logits, logits, 0.0)])
        return found


def reader(small: Sequence[float], large: Sequence[float]) -> SkimmingReader:
    return SkimmingReader(FakeReader(small, PASSAGES), FakeReader(large, PASSAGES))


def read_by_large(skimming: SkimmingReader) -> list[str]:
    large = skimming._large
    assert isinstance(large, FakeReader)
    return large.seen


def test_whoever_waits_is_asked_between_the_readings() -> None:
    asked: list[bool] = []
    # All passages promise more than is found: the third and fourth are read alone.
    reader([9, 8, 7, 6, 5], [0] * 5).read("Who?", PASSAGES, lambda: asked.append(True))
    assert len(asked) == 4


def test_the_large_reader_reads_the_likeliest_and_scores_are_means() -> None:
    skimming = reader([1, 8, 2, 9, 3], [0, 4, 0, 7, 0])
    readings = skimming.read("Who?", PASSAGES)
    assert read_by_large(skimming) == ["delta four", "bravo two"]
    # Nearer to what the large one says: 7 and 9, 4 and 8.
    assert readings[3].spans[0].score == pytest.approx(0.65 * 7 + 0.35 * 9)
    assert readings[1].spans[0].score == pytest.approx(0.65 * 4 + 0.35 * 8)


def test_what_the_large_reader_did_not_read_gives_no_span() -> None:
    readings = reader([1, 8, 2, 9, 3], [0, 4, 0, 7, 0]).read("Who?", PASSAGES)
    found = [len(reading.spans) > 0 for reading in readings]
    assert found == [False, True, False, True, False]


def test_it_reads_on_while_an_unread_passage_promises_more() -> None:
    skimming = reader([1, 8, 6, 9, 7], [0, -9, 7, -9, -9])
    readings = skimming.read("Who?", PASSAGES)
    large = ["delta four", "bravo two", "echo five", "charlie three"]
    assert read_by_large(skimming) == large
    assert readings[2].spans[0].score == pytest.approx(0.65 * 7 + 0.35 * 6)


def test_one_passage_is_read_by_both_and_none_by_neither() -> None:
    skimming = SkimmingReader(FakeReader([2], ["a b"]), FakeReader([4], ["a b"]))
    (reading,) = skimming.read("Who?", ["a b"])
    assert reading.spans[0].score == pytest.approx(0.65 * 4 + 0.35 * 2)
    assert skimming.read("Who?", []) == []
