"""A transformer encoder, compiled for this processor with OpenVINO."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from index.models.graph import (
    Architecture,
    Weights,
    build_encoder,
    compile_encoder,
    multiplies_bfloat16,
)
from index.models.precision import Precision
from index.models.sources import ModelNotFoundError, read_config

Tokens = NDArray[np.int64]
States = NDArray[np.float32]


class CompiledEncoder:
    """An encoder that runs on the CPU; safe to share by threads, which do not wait.

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
        self._compiled = compile_encoder(model, precision, threads)
        self._own = threading.local()

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
        request = getattr(self._own, "request", None)
        if request is None:
            request = self._own.request = self._compiled.create_infer_request()
        inputs = [ids, mask]
        if self._takes_types:
            inputs.append(np.zeros_like(ids) if types is None else types)
        states: States = request.infer(inputs)[0]
        return states


def read_weights(
    folder: Path, pattern: str = "model*.safetensors"
) -> dict[str, NDArray[Any]]:
    """Return the weights in a folder's files of a pattern by name.

    Raises:
        ModelNotFoundError: If there are none, or a file is damaged.
    """
    weights: dict[str, NDArray[Any]] = {}
    for path in sorted(folder.glob(pattern)):
        try:
            weights |= load_file(path)
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise ModelNotFoundError(f"cannot read {path}: {error}") from error
    if not weights:
        raise ModelNotFoundError(f"no {pattern} in {folder}")
    return weights


def _fastest_float() -> Precision:
    return "bfloat16" if multiplies_bfloat16() else "float32"
