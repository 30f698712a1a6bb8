"""A model's own tokenizer, loaded once for all who cut texts with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from index.models.sources import ModelNotFoundError, read_config


class ModelTokenizer:
    """Cuts texts, or pairs of texts, into a model's word pieces; safe by threads.

    Nothing is padded: ``pad`` makes the rectangle.
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
        self._shared = _shared(folder)
        tokenizer = self._shared.tokenizer
        pad_id = self._shared.pad_id
        self._pad_id = _pad_id(folder) if pad_id is None else pad_id
        self.special_tokens = tokenizer.num_special_tokens_to_add(is_pair=False)
        self.special_tokens_of_pair = tokenizer.num_special_tokens_to_add(is_pair=True)
        self._cut: Mapping[str, Any] | None = None
        if max_length is not None:
            self._cut = {"max_length": max_length}
        if pair_tokens is not None:
            self._cut = {
                "max_length": pair_tokens + self.special_tokens_of_pair,
                "stride": stride,
                "strategy": "only_second",
            }

    def encode(self, text: str) -> Encoding:
        """Return the word pieces of a text, special ones among them."""
        with self._shared.cutting(self._cut) as tokenizer:
            return tokenizer.encode(text)

    def encode_bare(self, text: str) -> Encoding:
        """Return the word pieces of a text without special ones."""
        with self._shared.cutting(self._cut) as tokenizer:
            return tokenizer.encode(text, add_special_tokens=False)

    def encode_pair(self, first: str, second: str) -> list[Encoding]:
        """Return a pair in as many windows of the second text as it takes."""
        with self._shared.cutting(self._cut) as tokenizer:
            found = tokenizer.encode(first, second)
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


class _Shared:
    """The tokenizer of one file, which takes megabytes: those who cut otherwise share.

    How it cuts is its state, so one at a time uses it.
    """

    def __init__(self, path: Path) -> None:
        try:
            self.tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
        except Exception as error:
            raise ModelNotFoundError(f"cannot read {path}: {error}") from error
        padding = self.tokenizer.padding
        self.pad_id = int(padding["pad_id"]) if padding else None
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self._lock = threading.Lock()
        self._cut: Mapping[str, Any] | None = None

    @contextmanager
    def cutting(self, cut: Mapping[str, Any] | None) -> Iterator[Tokenizer]:
        """Hold the tokenizer, which cuts as it is told to."""
        with self._lock:
            if cut != self._cut:
                if cut is None:
                    self.tokenizer.no_truncation()
                else:
                    self.tokenizer.enable_truncation(**cut)
                self._cut = cut
            yield self.tokenizer


_known: WeakValueDictionary[Path, _Shared] = WeakValueDictionary()
_loading = threading.Lock()


def _shared(folder: Path) -> _Shared:
    path = (folder / "tokenizer.json").resolve()
    with _loading:
        found = _known.get(path)
        if found is None:
            found = _known[path] = _Shared(path)
        return found


def _pad_id(folder: Path) -> int:
    """Return the id of padding that the model's configuration names; else 0."""
    return int(read_config(folder).get("pad_token_id") or 0)
