"""The reader: finds answer spans in passages with an encoder and a span head."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding

from index.models.compiled import CompiledEncoder
from index.models.precision import Precision
from index.models.sources import (
    ModelNotFoundError,
    model_folder,
    read_config,
    resolve_model,
)
from index.models.tokens import ModelTokenizer
from index.models.weights import read_weights
from qa.answerer import QuestionError
from qa.reading.spans import Logits, Span, best_token_spans, merge_spans, trim_span

# Word pieces of a question and a window of its passage, special ones not counted, so
# that readers of all families cut a passage at the same places.
_PAIR_TOKENS = 380
_STRIDE = 128
# The question leaves room for at least a window's stride and as much again.
_MAX_QUESTION_TOKENS = 128
_MAX_ANSWER_TOKENS = 48
# More than are wanted, as several may become one when trimmed.
_CANDIDATES = 20
_SPANS = 5
# Tokens in a batch, padding included: enough to keep a core busy.
_BATCH_TOKENS = 1536


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader found in one passage.

    Attributes:
        spans: Best first; none when the passage has no word.
        no_answer_score: Score of "not in this passage", on the scale of the spans'
            scores: the first token's logits (Devlin et al. 2019, section 4.3), less
            what all spans together score above the best one.
    """

    spans: tuple[Span, ...]
    no_answer_score: float

    @property
    def margin(self) -> float:
        """Return how far the best span scores above no answer; -inf without one."""
        best = self.spans[0].score if self.spans else float("-inf")
        return best - self.no_answer_score


# Called before each batch of passages; what it raises ends the reading.
Check: TypeAlias = Callable[[], None]


def go_on() -> None:
    """Read on, whoever waits for it."""


class Reader(Protocol):
    """Finds answer spans in passages."""

    def read(
        self, question: str, passages: Sequence[str], check: Check = go_on
    ) -> list[Reading]:
        """Return one reading for each passage, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Window:
    """One input of the model, scored: a question and as much of a passage as fits.

    Attributes:
        offsets: Characters of each of the passage's tokens, shape ``(tokens, 2)``.
        starts: Logit of each token to begin the answer, shape ``(tokens,)``.
        ends: Logit of each to end it; likewise.
        no_answer_score: The first token's start logit plus its end logit.
    """

    offsets: NDArray[np.int64]
    starts: Logits
    ends: Logits
    no_answer_score: float


class ExtractiveReader:
    """An encoder with a question-answering head, on the CPU; safe to share by threads.

    Weights in transformers' format run as they are; long passages are read in
    overlapping windows, and the question is never cut.
    """

    def __init__(
        self, name: str, precision: Precision = "auto", threads: int = 1
    ) -> None:
        """Load a reader.

        Args:
            name: Of the model, as ``resolve_model`` takes it.
            precision: ``auto`` is int8, which reads as float32 does and is fastest.
            threads: Threads that one reading uses.

        Raises:
            ModelNotFoundError: If the name leads to no reader.
        """
        folder = model_folder(resolve_model(name))
        weights = read_weights(folder)
        try:
            head = weights.pop("qa_outputs.weight"), weights.pop("qa_outputs.bias")
        except KeyError as error:
            raise ModelNotFoundError(
                f"{name} is no reader: it has no head for question answering"
            ) from error
        # The head stays float32: int8 logits are too coarse to compare.
        self._head = head[0].astype(np.float32).T, head[1].astype(np.float32)
        is_auto = precision == "auto"
        self._encoder = CompiledEncoder.from_weights(
            folder, weights, "int8" if is_auto else precision, threads
        )
        self._tokenizer = ModelTokenizer(
            folder, pair_tokens=_PAIR_TOKENS, stride=_STRIDE
        )
        self._counter = ModelTokenizer(folder)
        self._check_room(name, folder)

    def read(
        self, question: str, passages: Sequence[str], check: Check = go_on
    ) -> list[Reading]:
        """Return one reading for each passage, in their order.

        Raises:
            QuestionError: If the question has so many word pieces that no room is
                left for a passage.
        """
        scored = self.score([(question, passage) for passage in passages], check)
        return [
            decode(passage, windows)
            for passage, windows in zip(passages, scored, strict=True)
        ]

    def score(
        self, pairs: Sequence[tuple[str, str]], check: Check = go_on
    ) -> list[list[Window]]:
        """Return the scored windows of each pair of question and passage.

        Raises:
            QuestionError: As in ``read``.
        """
        for question in dict.fromkeys(question for question, _ in pairs):
            self._check_question(question)
        inputs = [
            (row, encoding)
            for row, pair in enumerate(pairs)
            for encoding in self._tokenizer.encode_pair(*pair)
        ]
        scored: list[list[Window]] = [[] for _ in pairs]
        for batch in _batches(inputs):
            check()
            windows = self._windows([encoding for _, encoding in batch])
            for (row, _), window in zip(batch, windows, strict=True):
                scored[row].append(window)
        return scored

    def _windows(self, batch: Sequence[Encoding]) -> Iterator[Window]:
        ids, mask = self._tokenizer.pad([encoding.ids for encoding in batch])
        types = np.zeros_like(ids)
        for row, encoding in enumerate(batch):
            types[row, : len(encoding.ids)] = encoding.type_ids
        states = self._encoder.encode(ids, mask, types)
        logits = states @ self._head[0] + self._head[1]  # (windows, tokens, 2)
        for row, encoding in enumerate(batch):
            context = [i for i, part in enumerate(encoding.sequence_ids) if part == 1]
            offsets = np.array([encoding.offsets[i] for i in context], dtype=np.int64)
            tokens = slice(context[0], context[-1] + 1) if context else slice(0)
            # The first token stands for "no answer in this window".
            yield Window(
                offsets.reshape(-1, 2),
                logits[row, tokens, 0],
                logits[row, tokens, 1],
                float(logits[row, 0].sum()),
            )

    def _check_question(self, question: str) -> None:
        count = len(self._counter.encode_bare(question).ids)
        if count > _MAX_QUESTION_TOKENS:
            raise QuestionError(
                f"the question has {count} word pieces; ask in at most "
                f"{_MAX_QUESTION_TOKENS}"
            )

    def _check_room(self, name: str, folder: Path) -> None:
        positions = read_config(folder).get("max_position_embeddings")
        needed = _PAIR_TOKENS + self._counter.special_tokens_of_pair
        if isinstance(positions, int) and positions < needed:
            raise ModelNotFoundError(
                f"the reader {name} takes {positions} tokens at once; a question and "
                f"a passage need {needed}"
            )


def decode(passage: str, windows: Sequence[Window]) -> Reading:
    """Return the best spans of a passage, over all of its windows.

    "Not in this passage" scores as in the window where it scores least: the answer
    stands in one window alone.
    """
    spans = [span for window in windows for span in _decode(passage, window)]
    return Reading(
        tuple(merge_spans(spans)[:_SPANS]),
        min(window.no_answer_score - _spread(window) for window in windows),
    )


def _spread(window: Window) -> float:
    """Return what all starts and all ends together score above the best ones."""
    logits = (window.starts, window.ends)
    return sum(float(np.logaddexp.reduce(x) - x.max()) for x in logits if len(x))


def _batches(
    inputs: Sequence[tuple[int, Encoding]],
) -> Iterator[list[tuple[int, Encoding]]]:
    """Yield inputs of like lengths together, so that little is padding.

    The sort is stable: a passage's windows keep their order but for its last.
    """
    batch: list[tuple[int, Encoding]] = []
    for each in sorted(inputs, key=lambda each: len(each[1].ids)):
        if batch and len(each[1].ids) * (len(batch) + 1) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch


def _decode(passage: str, window: Window) -> Iterator[Span]:
    """Yield the window's best spans as characters of the passage."""
    for found in best_token_spans(
        window.starts, window.ends, max_tokens=_MAX_ANSWER_TOKENS, count=_CANDIDATES
    ):
        start = int(window.offsets[found.first_token][0])
        end = int(window.offsets[found.last_token][1])
        span = trim_span(passage, Span(start, end, found.score))
        if span is not None:
            yield span
