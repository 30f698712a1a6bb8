"""A model's own tokenizer, always called with one setting."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from index.models.sources import ModelNotFoundError, read_config


class ModelTokenizer:
    """Cuts texts, or pairs of texts, into a model's word pieces; safe by threads.

    Truncation is state of the tokenizer that threads would share, so it is set once,
    here. Nothing is padded: ``pad`` makes the rectangle.
    """

    def __init__(
        self,
        folder: Path,
        *,
        max_length: int | None = None,
        pair_tokens: int | None = None,
        stride: int = 0,
    ) -> None:
        """Load ``tokenizer.json``.

        Args:
            folder: Of the model.
            max_length: Most word pieces of a text, special ones among them; a longer
                one is cut.
            pair_tokens: Most word pieces of a pair, special ones not counted; of a
                longer one the second text is read in several windows.
            stride: Word pieces by which such windows overlap.

        Raises:
            ModelNotFoundError: If the file is missing or damaged.
        """
        path = folder / "tokenizer.json"
        try:
            self._tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
        except Exception as error:
            raise ModelNotFoundError(f"cannot read {path}: {error}") from error
        padding = self._tokenizer.padding
        self._pad_id = int(padding["pad_id"]) if padding else _pad_id(folder)
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.special_tokens = self._tokenizer.num_special_tokens_to_add(is_pair=False)
        self.special_tokens_of_pair = self._tokenizer.num_special_tokens_to_add(
            is_pair=True
        )
        if max_length is not None:
            self._tokenizer.enable_truncation(max_length)
        if pair_tokens is not None:
            self._tokenizer.enable_truncation(
                pair_tokens + self.special_tokens_of_pair,
                stride=stride,
                strategy="only_second",
            )
        self._lock = threading.Lock()

    def encode(self, text: str) -> Encoding:
        """Return the word pieces of a text, special ones among them."""
        with self._lock:
            return self._tokenizer.encode(text)

    def encode_bare(self, text: str) -> Encoding:
        """Return the word pieces of a text without special ones."""
        with self._lock:
            return self._tokenizer.encode(text, add_special_tokens=False)

    def encode_pair(self, first: str, second: str) -> list[Encoding]:
        """Return a pair in as many windows of the second text as it takes."""
        with self._lock:
            found = self._tokenizer.encode(first, second)
        return [found, *found.overflowing]

    def pad(
        self, rows: Sequence[Sequence[int]]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return rows of ids as one array, and its mask; shape ``(rows, longest)``."""
        longest = max(len(row) for row in rows)
        ids = np.full((len(rows), longest), self._pad_id, dtype=np.int64)
        mask = np.zeros_like(ids)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = row
            mask[place, : len(row)] = 1
        return ids, mask


def _pad_id(folder: Path) -> int:
    """Return the id of padding that the model's configuration names; else 0."""
    return int(read_config(folder).get("pad_token_id") or 0)
