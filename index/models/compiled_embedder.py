"""Texts to unit vectors without sentence-transformers: what a server embeds with.

Importing torch and sentence-transformers costs seconds and hundreds of megabytes, which
a server has no use for, also where it builds what was brought to it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from index.models.compiled import CompiledEncoder
from index.models.embedder import Embedder, float_precision, resolve_embedder
from index.models.precision import Precision
from index.models.sources import (
    ModelNotFoundError,
    ModelSource,
    model_folder,
    read_config,
    read_json,
)
from index.models.tokens import ModelTokenizer
from index.search.vectors import Vectors

logger = logging.getLogger(__name__)

_BATCH = 8
# Where a model says nothing of it; no BERT takes more.
_MAX_LENGTH = 512


class CompiledEmbedder:
    """A sentence-transformers model of BERT's family, run by OpenVINO alone.

    It gives the vectors that ``SentenceEmbedder`` gives, up to rounding; safe to call
    from several threads.
    """

    def __init__(
        self, source: ModelSource, precision: Precision = "auto", threads: int = 1
    ) -> None:
        """Load it.

        Raises:
            ModelNotFoundError: If it is not a transformer, pooled by its mean or its
                first token: then ``SentenceEmbedder`` runs it.
        """
        folder = model_folder(source)
        self.name = source.name
        self._asked = precision, threads
        self._pools_mean = _pools_mean(folder)
        self._encoder = CompiledEncoder.load(
            folder, float_precision(precision), threads
        )
        self.precision = self._encoder.precision
        self._max_length = _max_length(folder)
        self._tokenizer = ModelTokenizer(folder, max_length=self._max_length)
        self._counter = ModelTokenizer(folder)
        self._dim = int(self._encode(["dimension"]).shape[1])

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by name: each worker loads its own."""
        return load_embedder, (self.name, *self._asked)

    @property
    def dim(self) -> int:
        """Return the length of the vectors."""
        return self._dim

    @property
    def max_tokens(self) -> int:
        """Return the most word pieces of a text that are embedded, special ones out."""
        return self._max_length - self._counter.special_tokens

    def count_tokens(self, text: str) -> int:
        """Return the number of word pieces of a text, without special ones."""
        return len(self._counter.encode_bare(text).ids)

    def embed_passages(
        self, texts: Sequence[str], report: Callable[[int], None] = lambda count: None
    ) -> Vectors:
        """Return the unit vectors of texts, shape ``(n, dim)``; long ones are cut."""
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        for first in range(0, len(order), _BATCH):
            rows = order[first : first + _BATCH]
            vectors[rows] = self._encode([texts[row] for row in rows])
            report(len(rows))
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a query, shape ``(dim,)``; a long one is cut."""
        vector: Vectors = self._encode([text])[0]
        return vector

    def token_states(self, text: str) -> tuple[list[tuple[int, int]], Vectors]:
        """Return where each token of a text stands, and their states.

        The places are in code points; special tokens are left out. The states have
        the shape ``(tokens, dim)``; a long text is cut.
        """
        encoding = self._tokenizer.encode(text)
        ids, mask = self._tokenizer.pad([encoding.ids])
        kept = [
            row
            for row, is_special in enumerate(encoding.special_tokens_mask)
            if not is_special
        ]
        states: Vectors = self._encoder.encode(ids, mask)[0][kept]
        return [encoding.offsets[row] for row in kept], states

    def _encode(self, texts: Sequence[str]) -> Vectors:
        ids, mask = self._tokenizer.pad([self._tokenizer.encode(t).ids for t in texts])
        states = self._encoder.encode(ids, mask)  # (texts, tokens, dim)
        if self._pools_mean:
            weights = mask[:, :, np.newaxis].astype(np.float32)
            pooled = (states * weights).sum(axis=1) / weights.sum(axis=1)
        else:
            pooled = states[:, 0]
        norms = np.linalg.norm(pooled, axis=1, keepdims=True)
        unit: Vectors = pooled / np.maximum(norms, np.float32(1e-12))
        return unit


def load_embedder(name: str, precision: Precision, threads: int) -> Embedder:
    """Return what embeds questions, or a few articles: compiled alone where it can be.

    Raises:
        ModelNotFoundError: If the name leads to no model.
    """
    source = resolve_embedder(name)
    try:
        return CompiledEmbedder(source, precision, threads)
    except ModelNotFoundError as error:
        logger.info("%s; sentence-transformers runs it", error)
    # Here: it takes seconds and hundreds of megabytes, and few models need it.
    from index.models.sentence_embedder import SentenceEmbedder

    return SentenceEmbedder(source, precision)


def _max_length(folder: Path) -> int:
    """Return the most word pieces of a text that a model embeds."""
    found = read_json(folder / "sentence_bert_config.json")
    length = found.get("max_seq_length") if isinstance(found, dict) else None
    return length if isinstance(length, int) else _MAX_LENGTH


def _pools_mean(folder: Path) -> bool:
    """Tell whether a model takes the mean of its tokens, or else the first one.

    Raises:
        ModelNotFoundError: If it does neither, or more.
    """
    modules = read_json(folder / "modules.json")
    kinds = [
        str(module.get("type", "")).rsplit(".", 1)[-1]
        for module in (modules if isinstance(modules, list) else [])
        if isinstance(module, dict)
    ]
    if kinds[:2] != ["Transformer", "Pooling"] or set(kinds[2:]) - {"Normalize"}:
        raise ModelNotFoundError(f"{folder} is no transformer with one pooling")
    pooling = read_config(folder / "1_Pooling")
    modes = {name for name, value in pooling.items() if value is True}
    modes -= {"include_prompt"}
    if modes == {"pooling_mode_mean_tokens"} or pooling.get("pooling_mode") == "mean":
        return True
    if modes == {"pooling_mode_cls_token"} or pooling.get("pooling_mode") == "cls":
        return False
    raise ModelNotFoundError(f"{folder} names no pooling that is known here")
