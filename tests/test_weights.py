from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from index.models.sources import ModelNotFoundError
from index.models.weights import read_weights

NUMBERS: dict[str, NDArray[Any]] = {
    "wide": np.arange(600_000, dtype=np.float32).reshape(600, 1000),
    "half": np.linspace(-1, 1, 50, dtype=np.float16),
    "small": np.arange(-100, 100, dtype=np.int8).reshape(2, 100),
}


def mapped_kilobytes(path: Path) -> int:
    """Return how much of a file is in this process's memory."""
    lines = iter(Path("/proc/self/smaps").read_text().splitlines())
    found = 0
    for line in lines:
        if line.endswith(str(path)):
            found += next(int(x.split()[1]) for x in lines if x.startswith("Rss:"))
    return found


@pytest.fixture
def model(tmp_path: Path) -> Path:
    save_file(NUMBERS, tmp_path / "model.safetensors")
    return tmp_path


def test_weights_are_those_of_the_file(model: Path) -> None:
    found = read_weights(model)
    wanted = load_file(model / "model.safetensors")
    assert found.keys() == wanted.keys()
    for name, weight in wanted.items():
        assert found[name].dtype == weight.dtype
        assert np.array_equal(found[name], weight)


def test_released_weights_take_no_memory_and_come_back(model: Path) -> None:
    path = model / "model.safetensors"
    weights = read_weights(model)
    total = float(weights["wide"].sum())
    assert mapped_kilobytes(path) > 2000
    weights.release()
    assert mapped_kilobytes(path) < 100
    assert float(weights["wide"].sum()) == total


@pytest.mark.parametrize("kept", [0, 5, 40, 2_000_000])
def test_a_file_that_was_cut_short_is_refused(model: Path, kept: int) -> None:
    path = model / "model.safetensors"
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ModelNotFoundError, match=r"model\.safetensors"):
        read_weights(model)
