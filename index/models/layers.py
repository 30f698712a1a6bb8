"""The lowest layers of a model, which another may share."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.models.sources import ModelNotFoundError
from index.models.weights import ModelWeights, read_weights

_EMBEDDINGS = "embeddings.word_embeddings.weight"
_LAYER = "encoder.layer."


def layer_name(layer: int) -> str:
    """Return what the names of a layer's weights begin with."""
    return f"{_LAYER}{layer}."


def encoder_weights(folder: Path) -> ModelWeights:
    """Return the weights of a model's encoder, by names without what is before it.

    Raises:
        ModelNotFoundError: If there are none.
    """
    weights = read_weights(folder)
    prefix = next(
        (n.removesuffix(_EMBEDDINGS) for n in weights if n.endswith(_EMBEDDINGS)), None
    )
    if prefix is None:
        raise ModelNotFoundError(f"{folder} holds no encoder: no {_EMBEDDINGS}")
    found = {
        name.removeprefix(prefix): weight
        for name, weight in weights.items()
        if name.startswith((f"{prefix}embeddings.", f"{prefix}encoder."))
    }
    weights.clear()
    weights.update(found)
    return weights


def shared_weights(folder: Path, layers: int) -> ModelWeights:
    """Return a model's embeddings, what its layers share, and its lowest layers.

    Raises:
        ModelNotFoundError: If there is no such model.
    """
    weights = encoder_weights(folder)
    lowest = tuple(map(layer_name, range(layers)))
    for name in list(weights):
        if name.startswith(_LAYER) and not name.startswith(lowest):
            del weights[name]
    return weights


def checksum(weights: Mapping[str, NDArray[Any]]) -> str:
    """Return the SHA-256 of weights, by name, however they are parted into files."""
    digest = hashlib.sha256()
    for name in sorted(weights):
        weight = weights[name]
        digest.update(f"{name} {weight.dtype} {weight.shape}\n".encode())
        digest.update(np.ascontiguousarray(weight).data)
    return digest.hexdigest()
