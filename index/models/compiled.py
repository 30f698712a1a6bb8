"""A transformer encoder, compiled for this processor with OpenVINO."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.models.graph import (
    Architecture,
    Weights,
    build_encoder,
    compile_encoder,
    multiplies_bfloat16,
)
from index.models.precision import Precision
from index.models.sources import ModelNotFoundError, read_config
from index.models.weights import ModelWeights, read_weights

# OpenVINO keeps what it made for each length of text: of each of some hundred lengths
# that is as much as the model itself takes.
_STEP = 16

Tokens = NDArray[np.int64]
States = NDArray[np.float32]


class CompiledEncoder:
    """An encoder that runs on the CPU; threads may share it, and compute in turn.

    The matrices of an int8 one are kept in int8, a scale to each row, and activations
    are quantised as they come; sums are float32.
    """

    def __init__(
        self, weights: Weights, shape: Architecture, precision: str, threads: int
    ) -> None:
        """Compile an encoder; ``precision`` is int8, bfloat16 or float32."""
        model = build_encoder(weights, shape, int8=precision == "int8")
        self.precision = precision
        self._takes_types = len(model.inputs) > 2
        self._longest = shape.longest(weights)
        self._compiled = compile_encoder(model, precision, threads)
        self._weights = weights
        self._release()
        self._request = self._compiled.create_infer_request()
        # OpenVINO computes one at a time in any case, and rests only between them.
        self._computing = threading.Lock()

    @classmethod
    def load(
        cls, folder: Path, precision: Precision = "auto", threads: int = 1
    ) -> CompiledEncoder:
        """Load an encoder from its ``config.json`` and ``model*.safetensors``.

        Args:
            folder: As transformers saves it, with a head or without.
            precision: ``auto`` takes int8 where the weights are, else what
                this processor multiplies faster, bfloat16 or float32.
            threads: Threads that one inference uses.

        Raises:
            ModelNotFoundError: If files are missing, damaged or of another family.
        """
        return cls.from_weights(folder, read_weights(folder), precision, threads)

    @classmethod
    def from_weights(
        cls,
        folder: Path,
        weights: Weights,
        precision: Precision = "auto",
        threads: int = 1,
    ) -> CompiledEncoder:
        """Do as ``load``, with the weights that were read already."""
        is_int8 = any(weight.dtype == np.int8 for weight in weights.values())
        resolved = precision
        if precision == "auto":
            resolved = "int8" if is_int8 else _fastest_float()
        try:
            shape = Architecture.read(read_config(folder))
            return cls(weights, shape, resolved, threads)
        except (KeyError, ValueError, RuntimeError) as error:
            raise ModelNotFoundError(f"cannot run {folder}: {error}") from error

    def encode(self, ids: Tokens, mask: Tokens, types: Tokens | None = None) -> States:
        """Return the hidden states of the last layer, shape ``(texts, tokens, dim)``.

        Args:
            ids: Token ids, shape ``(texts, tokens)``.
            mask: 1 for a token, 0 for padding; likewise.
            types: 0 for tokens of the first text of a pair, 1 for the second's; left
                out all are of the first. Models without such types ignore it.
        """
        inputs = [ids, mask]
        if self._takes_types:
            inputs.append(np.zeros_like(ids) if types is None else types)
        tokens = ids.shape[1]
        width = max(tokens, min(-(-tokens // _STEP) * _STEP, self._longest))
        # What the mask leaves out changes no other token's states.
        padded = [np.pad(each, ((0, 0), (0, width - tokens))) for each in inputs]
        with self._computing:
            states: States = self._request.infer(padded)[0][:, :tokens]
            # Between texts, only what OpenVINO has laid out for this processor is
            # needed: neither the room for what is computed, nor the files' pages.
            self._compiled.release_memory()
        self._release()
        return states

    def _release(self) -> None:
        if isinstance(self._weights, ModelWeights):
            self._weights.release()


def _fastest_float() -> Precision:
    return "bfloat16" if multiplies_bfloat16() else "float32"
