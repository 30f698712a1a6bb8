"""The resolver's model, run on this processor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.models.compiled import CompiledEncoder
from index.models.sources import ModelNotFoundError
from qa.conversation.layers import Layers, ResolverError


class CompiledTagger:
    """An encoder with a token classifier; may be called by many threads."""

    def __init__(self, folder: Path) -> None:
        """Load the model in a folder.

        Raises:
            ResolverError: If there is none.
        """
        try:
            layers = Layers.read(folder)
            weights = layers.weights(folder)
            self._weight = weights.pop("classifier.weight").astype(np.float32).T
            self._bias = weights.pop("classifier.bias").astype(np.float32)
            shape = layers.architecture()
            self.tokenizer_folder = layers.model
            self._encoder = CompiledEncoder(weights, shape, "int8", threads=1)
        except (KeyError, ValueError, RuntimeError, ModelNotFoundError) as error:
            raise ResolverError(f"no resolver in {folder}: {error}") from error

    def logits(self, token_ids: Sequence[int]) -> NDArray[np.float32]:
        """Return two numbers a token, shape ``(tokens, 2)``."""
        ids = np.array([token_ids], dtype=np.int64)
        states = self._encoder.encode(ids, np.ones_like(ids))
        logits: NDArray[np.float32] = states[0] @ self._weight + self._bias
        return logits
