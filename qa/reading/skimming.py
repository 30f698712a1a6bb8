"""Skim and read: a small reader says what is worth a large one's time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index.models.precision import Precision
from qa.reading.catalogue import PACKAGED_READERS, reader_name
from qa.reading.reader import (
    Check,
    ExtractiveReader,
    Reader,
    Reading,
    Window,
    decode,
    go_on,
)

# Passages that the large reader reads at once, and at most, then one by one. Three at
# once take 1.3 times as long in all, for 0.3 F1 over retrieved passages.
_FIRST, _MOST = 2, 4
# What the large reader counts for beside the small one: of 0.5, 0.65, 0.8 and 1 the
# best on SQuAD 2.0 and AdversarialQA; on NewsQA 0.5 is better.
_LARGE_SHARE = 0.65


class SkimmingReader:
    """Two readers as one: the small one reads all, the large one the likeliest.

    What both read scores the weighted mean of their logits, an ensemble that costs
    nothing as the small one has read it anyway. The large one goes on reading while an
    unread passage promises more than the best read; what is left unread gives no spans.
    """

    def __init__(self, small: ExtractiveReader, large: ExtractiveReader) -> None:
        self._small = small
        self._large = large

    def read(
        self, question: str, passages: Sequence[str], check: Check = go_on
    ) -> list[Reading]:
        """Return one reading for each passage, in their order.

        Raises:
            QuestionError: If the question has too many word pieces.
        """
        pairs = [(question, passage) for passage in passages]
        skimmed = self._small.score(pairs, check)
        readings = [
            decode(passage, windows)
            for passage, windows in zip(passages, skimmed, strict=True)
        ]
        order = sorted(range(len(passages)), key=lambda row: -readings[row].margin)
        best = float("-inf")
        done = 0
        while done < min(_MOST, len(order)) and best < readings[order[done]].margin:
            rows = order[done : done + (1 if done else _FIRST)]
            scored = self._large.score([pairs[row] for row in rows], check)
            for row, windows in zip(rows, scored, strict=True):
                readings[row] = decode(
                    passages[row], mean_of(windows, skimmed[row], _LARGE_SHARE)
                )
                best = max(best, readings[row].margin)
            done += len(rows)
        for row in order[done:]:
            readings[row] = Reading((), readings[row].no_answer_score)
        return readings


def load_reader(name: str, precision: Precision = "auto", threads: int = 1) -> Reader:
    """Return a reader by its name: accurate, fast, or as models are named.

    Raises:
        ModelNotFoundError: If the name leads to no reader.
    """
    reader = ExtractiveReader(reader_name(name), precision, threads)
    if name != "accurate":
        return reader
    small = ExtractiveReader(str(PACKAGED_READERS["fast"]), precision, threads)
    return SkimmingReader(small, reader)


def mean_of(
    windows: Sequence[Window], others: Sequence[Window], share: float
) -> Sequence[Window]:
    """Return windows with the weighted mean of two readers' logits.

    The first reader's count for ``share``, and alone where the readers cut the passage
    into different tokens.
    """
    if len(windows) != len(others):
        return windows
    means = []
    for one, other in zip(windows, others, strict=True):
        if not np.array_equal(one.offsets, other.offsets):
            return windows
        first, second = np.float32(share), np.float32(1 - share)
        means.append(
            replace(
                one,
                starts=one.starts * first + other.starts * second,
                ends=one.ends * first + other.ends * second,
                no_answer_score=one.no_answer_score * share
                + other.no_answer_score * (1 - share),
            )
        )
    return means
