"""Texts to unit vectors with sentence-transformers: what a build embeds with."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Sequence

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Transformer
from tokenizers import Tokenizer
from transformers.utils import logging

from index.models.compiled import CompiledEncoder
from index.models.embedder import float_precision, resolve_embedder
from index.models.precision import Precision
from index.models.sources import ModelNotFoundError, ModelSource, model_folder
from index.search.vectors import Vectors

_BATCH = 8


class SentenceEmbedder:
    """A sentence-transformers model (Reimers and Gurevych 2019) on the CPU.

    Its transformer is compiled for the processor; its tokenizer and pooling stay.

    Safe to call from several threads. The model computes one batch at a time; its
    tokenizer is always called with the same settings, as these are state that
    threads would share.
    """

    def __init__(self, source: ModelSource, precision: Precision = "auto") -> None:
        self.name = source.name
        self._asked_precision = precision
        folder = model_folder(source)
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._model = SentenceTransformer(
                str(folder), device="cpu", local_files_only=True
            )
            first = self._model[0]
            self.precision = "float32"
            if isinstance(first, Transformer):
                # Faster than torch: scripts/benchmark.py --build measures it.
                encoder = CompiledEncoder.load(
                    folder, float_precision(precision), torch.get_num_threads()
                )
                first.model = _Compiled(encoder, first.model.config)
                self.precision = encoder.precision
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
        return cls(resolve_embedder(name), precision)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by name: each worker loads its own, and has one core for it."""
        return _load_in_worker, (self.name, self._asked_precision)

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


def _load_in_worker(name: str, precision: Precision) -> SentenceEmbedder:
    torch.set_num_threads(1)
    return SentenceEmbedder.load(name, precision)


class _Compiled(torch.nn.Module):
    """An encoder in the place of a transformer in a sentence-transformers model."""

    def __init__(self, encoder: CompiledEncoder, config: object) -> None:
        super().__init__()
        self.config = config
        self._encoder = encoder

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, **_: object
    ) -> dict[str, torch.Tensor]:
        states = self._encoder.encode(input_ids.numpy(), attention_mask.numpy())
        return {"last_hidden_state": torch.from_numpy(states)}
