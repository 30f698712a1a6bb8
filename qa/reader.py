"""The reader: finds answer spans in passages with a transformers model."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from transformers import (
    AutoModelForQuestionAnswering,
    AutoTokenizer,
)

from index.models import ModelNotFoundError, load_quietly, resolve_model
from index.precision import Precision, multiplies_int8, resolve_precision
from qa.int8 import quantise_linear_layers
from qa.spans import Logits, Span, best_token_spans, merge_spans, trim_span

# The project's own reader, which travels in the package.
DEFAULT_READER = str(Path(__file__).parent / "reader_model")

_MAX_LENGTH = 384
_STRIDE = 128
# The question leaves room for at least a window's stride and as much again.
_MAX_QUESTION_TOKENS = _MAX_LENGTH - 2 * _STRIDE
_MAX_ANSWER_TOKENS = 48
# More than are wanted, as several may become one when trimmed.
_CANDIDATES = 20
_SPANS = 5
# Tokens in a batch, padding included: enough to keep a core busy.
_BATCH_TOKENS = 1536


class QuestionError(ValueError):
    """A question that cannot be asked; the message says why and what can."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader found in one passage.

    Attributes:
        spans: Best first; none when the passage has no word.
        no_answer_score: Score of "not in this passage", on the scale of the spans'
            scores: the first token's logits (Devlin et al. 2019, section 4.3).
    """

    spans: tuple[Span, ...]
    no_answer_score: float


class Reader(Protocol):
    """Finds answer spans in passages."""

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """Return one reading for each passage, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class _Window:
    """One input of the model: a question and as much of a passage as fits."""

    passage: int
    ids: list[int]
    types: list[int] | None
    first: int  # token of the passage's first token in this window
    offsets: list[tuple[int, int]]  # characters of each of the passage's tokens


class ExtractiveReader:
    """Any model with a question-answering head, on the CPU; safe to share by threads.

    The question is never cut; a passage longer than the model reads is read in
    windows that overlap.
    """

    def __init__(self, name: str, precision: Precision = "auto") -> None:
        """Load a model by name: ``package:NAME``, a path, or ``owner/model``.

        Raises:
            ModelNotFoundError: If the name leads to no reader.
        """
        source = resolve_model(name)
        local = source.is_local
        load_quietly(source)
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(
                source.location, local_files_only=local
            )
            loaded: Any = AutoModelForQuestionAnswering.from_pretrained(
                source.location, local_files_only=local, output_loading_info=True
            )
        except (OSError, ValueError) as error:
            raise ModelNotFoundError(
                f"cannot load the reader {name}: {error}"
            ) from error
        self._model, report = loaded
        # Without a trained head one would be drawn at random, and answers with it.
        untrained = any("qa_outputs" in key for key in report["missing_keys"])
        if untrained or not hasattr(self._model, "qa_outputs"):
            raise ModelNotFoundError(
                f"{name} is no reader: it has no head for question answering"
            )
        if not self._tokenizer.is_fast:
            raise ModelNotFoundError(
                f"the reader {name} has no fast tokenizer, so no exact offsets"
            )
        positions = getattr(self._model.config, "max_position_embeddings", None)
        if positions is not None and positions < _MAX_LENGTH:
            raise ModelNotFoundError(
                f"the reader {name} takes {positions} tokens at once; a question and "
                f"a passage need {_MAX_LENGTH}"
            )
        self._model.eval()
        self._encoder = _prepare(self._model.base_model, precision)
        # The head stays float32: bfloat16 logits are too coarse to compare.
        self._head = self._model.qa_outputs.float()
        self._tokenizer_lock = threading.Lock()

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """Return one reading for each passage, in their order.

        Raises:
            QuestionError: If the question has so many word pieces that no room is
                left for a passage.
        """
        return self.read_pairs([(question, passage) for passage in passages])

    def read_pairs(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        """Return one reading for each pair of question and passage, in their order.

        Raises:
            QuestionError: As in ``read``.
        """
        if not pairs:
            return []
        windows = self._windows(pairs)
        spans: list[list[Span]] = [[] for _ in pairs]
        no_answer_scores = [np.inf] * len(pairs)
        for batch in _batches(windows):
            starts, ends = self._logits(batch)
            for row, window in enumerate(batch):
                # The first token stands for "no answer in this window".
                null = float(starts[row, 0] + ends[row, 0])
                place = window.passage
                no_answer_scores[place] = min(no_answer_scores[place], null)
                tokens = slice(window.first, window.first + len(window.offsets))
                spans[place].extend(
                    _decode(
                        pairs[place][1], window, starts[row, tokens], ends[row, tokens]
                    )
                )
        return [
            Reading(tuple(merge_spans(found)[:_SPANS]), float(score))
            for found, score in zip(spans, no_answer_scores, strict=True)
        ]

    def _windows(self, pairs: Sequence[tuple[str, str]]) -> list[_Window]:
        questions = [question for question, _ in pairs]
        with self._tokenizer_lock:
            for question in dict.fromkeys(questions):
                self._check_question(question)
            encoded = self._tokenizer(
                questions,
                [passage for _, passage in pairs],
                truncation="only_second",
                max_length=_MAX_LENGTH,
                stride=_STRIDE,
                padding=False,
                return_overflowing_tokens=True,
                return_offsets_mapping=True,
            )
        windows = []
        types = encoded.get("token_type_ids")
        for row, passage in enumerate(encoded["overflow_to_sample_mapping"]):
            sequence_ids = encoded.sequence_ids(row)
            context = [i for i, sequence in enumerate(sequence_ids) if sequence == 1]
            first = context[0] if context else 0
            windows.append(
                _Window(
                    passage,
                    encoded["input_ids"][row],
                    types[row] if types is not None else None,
                    first,
                    [encoded["offset_mapping"][row][i] for i in context],
                )
            )
        return windows

    def _check_question(self, question: str) -> None:
        count = len(self._tokenizer.tokenize(question))
        if count > _MAX_QUESTION_TOKENS:
            raise QuestionError(
                f"the question has {count} word pieces; ask in at most "
                f"{_MAX_QUESTION_TOKENS}"
            )

    def _logits(self, batch: Sequence[_Window]) -> tuple[Logits, Logits]:
        """Return the start and end logits, each of shape ``(windows, tokens)``."""
        length = max(len(window.ids) for window in batch)
        shape = (len(batch), length)
        ids = torch.full(shape, self._tokenizer.pad_token_id or 0)
        attended = torch.zeros(shape, dtype=torch.long)
        types = torch.zeros(shape, dtype=torch.long)
        for row, window in enumerate(batch):
            size = len(window.ids)
            ids[row, :size] = torch.tensor(window.ids)
            attended[row, :size] = 1
            if window.types is not None:
                types[row, :size] = torch.tensor(window.types)
        inputs = {"input_ids": ids, "attention_mask": attended}
        if batch[0].types is not None:
            inputs["token_type_ids"] = types
        with torch.inference_mode():
            hidden = self._encoder(**inputs)[0]
            logits = self._head(hidden.float()).numpy()  # (windows, tokens, 2)
        return logits[:, :, 0], logits[:, :, 1]


def _prepare(encoder: torch.nn.Module, precision: Precision) -> torch.nn.Module:
    """Return the encoder in the format that this processor runs fastest."""
    if precision == "int8" or (precision == "auto" and multiplies_int8()):
        # What is left in floats is faster in float32 than turned to and fro.
        encoder = encoder.to(torch.float32)
        quantise_linear_layers(encoder)
        return encoder
    return encoder.to(resolve_precision(precision))


def _batches(windows: Sequence[_Window]) -> Iterator[list[_Window]]:
    """Yield windows of like lengths together, so that little is padding."""
    batch: list[_Window] = []
    for window in sorted(windows, key=lambda window: len(window.ids)):
        if batch and len(window.ids) * (len(batch) + 1) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def _decode(
    passage: str, window: _Window, starts: Logits, ends: Logits
) -> Iterator[Span]:
    """Yield the window's best spans as characters of the passage."""
    for found in best_token_spans(
        starts, ends, max_tokens=_MAX_ANSWER_TOKENS, count=_CANDIDATES
    ):
        start = window.offsets[found.first_token][0]
        end = window.offsets[found.last_token][1]
        span = trim_span(passage, Span(start, end, found.score))
        if span is not None:
            yield span
