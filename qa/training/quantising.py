"""Weights in 8 bits, for the package: half of their size, and as they are run."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from index.models.compiled import CompiledEncoder
from index.models.graph import quantise_rows
from index.models.tokens import ModelTokenizer
from index.models.weights import read_weights

# What Git hosts take without a word.
_MOST_BYTES = 90_000_000
# Hidden states of a quantised encoder agree with the float32 ones' at least so far.
_LEAST_CORRELATION = 0.99
# Fewer than int8 has: a model trained on from int8 weights is near that one's grid,
# and rounded to the same one it would lose most of what it learned.
_LEVELS = 117.0
_WEIGHTS = "model*.safetensors"
_PROBES = (
    (
        "Who met in Baghdad?",
        "The ministers met in Baghdad on Monday.",
    ),
    ("How much did it cost?", "The new bridge cost $1.2 billion, twice the estimate."),
    ("why", "Because of the storm, no ferry left the harbour until Thursday. " * 8),
)


class QuantisingError(ValueError):
    """An 8-bit encoder that differs too much from the one it was made of."""


def quantise_model(source: Path, out: Path) -> float:
    """Write a model with its matrices in int8, a scale to each row.

    A head stays in float32; all else that is small becomes 32-bit as well. Matrices
    that training left as ``out`` has them already stay there bit for bit, so that
    other models may go on sharing them.

    Args:
        source: Folder of an encoder, with a head or without.
        out: Folder to write, over an earlier form of the model if it holds one; its
            files hold at most 90 MB each.

    Returns:
        The correlation of the hidden states of both on a few texts.

    Raises:
        ModelNotFoundError: If there is no model in ``source``.
        QuantisingError: If they agree too little; nothing is written.
    """
    weights = read_weights(source)
    quantised = _unchanged(weights, out)
    for name, weight in weights.items():
        if name in quantised:
            continue
        if _is_matrix(name, weight):
            rows, scale = quantise_rows(weight, _LEVELS)
            quantised |= {name: rows, f"{name}_scale": scale.astype(np.float16)}
        else:
            quantised[name] = weight.astype(np.float32)
    exact = CompiledEncoder.from_weights(source, weights, "float32")
    small = CompiledEncoder.from_weights(source, quantised, "int8")
    agreed = _agreement(source, exact, small)
    if agreed < _LEAST_CORRELATION:
        raise QuantisingError(
            f"the int8 form of {source} agrees with it to {agreed:.4f} alone, less "
            f"than {_LEAST_CORRELATION}"
        )
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob(_WEIGHTS):
        old.unlink()
    for path in source.iterdir():
        if path.is_file() and not path.match(_WEIGHTS):
            shutil.copyfile(path, out / path.name)
    _save(quantised, out)
    return agreed


def _unchanged(
    weights: Mapping[str, NDArray[Any]], out: Path
) -> dict[str, NDArray[Any]]:
    """Return the matrices, with their scales, that a folder holds in int8 already.

    Rounded again, a matrix that was saved in 16 bits would get other scales.
    """
    if not any(out.glob(_WEIGHTS)):
        return {}
    found: dict[str, NDArray[Any]] = {}
    earlier = read_weights(out)
    for name, weight in weights.items():
        rows, scale = earlier.get(name), earlier.get(f"{name}_scale")
        if rows is None or scale is None or rows.shape != weight.shape:
            continue
        wide = rows.astype(np.float32) * scale.astype(np.float32)
        if np.array_equal(wide.astype(weight.dtype), weight):
            found |= {name: rows.copy(), f"{name}_scale": scale.copy()}
    return found


def _is_matrix(name: str, weight: NDArray[Any]) -> bool:
    """Tell whether a weight is large: of a linear layer, or of the word pieces."""
    if not name.endswith(".weight") or weight.ndim != 2:
        return False
    return ".layer." in name or name.endswith("word_embeddings.weight")


def _agreement(folder: Path, one: CompiledEncoder, other: CompiledEncoder) -> float:
    tokenizer = ModelTokenizer(folder)
    found = []
    for pair in _PROBES:
        (encoding,) = tokenizer.encode_pair(*pair)
        ids, mask = tokenizer.pad([encoding.ids])
        types = np.array([encoding.type_ids], dtype=np.int64)
        exact = one.encode(ids, mask, types).ravel()
        close = other.encode(ids, mask, types).ravel()
        found.append(float(np.corrcoef(exact, close)[0, 1]))
    return min(found)


def _save(weights: dict[str, NDArray[Any]], out: Path) -> None:
    part: dict[str, NDArray[Any]] = {}
    number = 1
    for name in sorted(weights):
        size = sum(weight.nbytes for weight in part.values())
        if part and size + weights[name].nbytes > _MOST_BYTES:
            save_file(part, out / f"model-{number}.safetensors")
            part, number = {}, number + 1
        part[name] = weights[name]
    single = "model.safetensors" if number == 1 else f"model-{number}.safetensors"
    save_file(part, out / single)
