"""A model's weights, mapped from its safetensors files instead of read."""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from index.models.sources import ModelNotFoundError

# Names that the format gives to types of numbers; numpy has no bfloat16.
_TYPES = {
    "F64": np.float64,
    "F32": np.float32,
    "F16": np.float16,
    "I64": np.int64,
    "I32": np.int32,
    "I8": np.int8,
    "U8": np.uint8,
}
_LENGTH_BYTES = 8


class ModelWeights(dict[str, NDArray[Any]]):
    """Weights by name; they take no memory but for what of them is being used."""

    def __init__(self) -> None:
        super().__init__()
        self._maps: list[mmap.mmap] = []

    def add(self, path: Path) -> None:
        """Map the weights of a file.

        Raises:
            ModelNotFoundError: If it is damaged, or has numbers of another type.
        """
        try:
            # Whether the file is whole, and its offsets stay inside, is checked here.
            with safe_open(path, framework="np"), path.open("rb") as file:
                # Copied where it is written to, which nobody does: OpenVINO shares
                # no arrays that cannot be written to.
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
            self._maps.append(mapped)
            self.update(_arrays(mapped))
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise ModelNotFoundError(f"cannot read {path}: {error}") from error

    def release(self) -> None:
        """Give the memory back; what is used again comes from the files again."""
        # Not on Windows.
        if hasattr(mmap, "MADV_DONTNEED"):
            for each in self._maps:
                each.madvise(mmap.MADV_DONTNEED)


def read_weights(folder: Path, pattern: str = "model*.safetensors") -> ModelWeights:
    """Return the weights in a folder's files of a pattern by name.

    Raises:
        ModelNotFoundError: If there are none, or a file is damaged.
    """
    weights = ModelWeights()
    for path in sorted(folder.glob(pattern)):
        weights.add(path)
    if not weights:
        raise ModelNotFoundError(f"no {pattern} in {folder}")
    return weights


def _arrays(mapped: mmap.mmap) -> Iterator[tuple[str, NDArray[Any]]]:
    length = int.from_bytes(mapped[:_LENGTH_BYTES], "little")
    begin = _LENGTH_BYTES + length
    for name, told in json.loads(mapped[_LENGTH_BYTES:begin]).items():
        if name == "__metadata__":
            continue
        kind = np.dtype(_TYPES[told["dtype"]])
        first, last = told["data_offsets"]
        numbers = (last - first) // kind.itemsize
        flat = np.frombuffer(mapped, kind, numbers, begin + first)
        yield name, flat.reshape(told["shape"])
