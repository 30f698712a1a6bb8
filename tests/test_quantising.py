from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from index.models.weights import read_weights
from qa.reading.catalogue import PACKAGED_READERS
from qa.reading.reader import ExtractiveReader
from qa.training import quantising
from qa.training.quantising import QuantisingError, quantise_model

FAST = PACKAGED_READERS["fast"]
QUESTION = "Where did the ministers meet?"
PASSAGE = "The ministers met in Baghdad, after a week of talks in Amman."


def test_a_quantised_reader_reads_as_its_original(tmp_path: Path) -> None:
    assert quantise_model(FAST, tmp_path) > 0.99
    (one,) = ExtractiveReader(str(FAST), "float32").read(QUESTION, [PASSAGE])
    (other,) = ExtractiveReader(str(tmp_path)).read(QUESTION, [PASSAGE])
    best, twin = one.spans[0], other.spans[0]
    assert best.end == twin.end == PASSAGE.index(",")
    assert twin.score == pytest.approx(best.score, abs=0.5)
    assert other.no_answer_score == pytest.approx(one.no_answer_score, abs=0.5)


def test_large_models_go_into_several_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantising, "_MOST_BYTES", 13_000_000)
    quantise_model(FAST, tmp_path)
    assert len(list(tmp_path.glob("*.safetensors"))) == 2
    kept = read_weights(tmp_path)
    assert {name.removesuffix("_scale") for name in kept} == set(read_weights(FAST))
    assert sum(weight.dtype == np.int8 for weight in kept.values()) == 37


def test_an_int8_form_that_differs_too_much_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantising, "_LEAST_CORRELATION", 1.0)
    with pytest.raises(QuantisingError, match="agrees with it to"):
        quantise_model(FAST, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_matrices_that_training_left_alone_keep_their_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed, trained = tmp_path / "packed", tmp_path / "trained"
    with monkeypatch.context() as patch:
        # Numbers that no second rounding would give.
        patch.setattr(quantising, "_LEVELS", 127.0)
        quantise_model(FAST, packed)
    shutil.copytree(packed, trained)
    before = load_file(packed / "model.safetensors")
    # As a training saves them: in 16 bits, one matrix changed.
    weights = {
        name: (
            weight * before[f"{name}_scale"].astype(np.float32)
            if weight.dtype == np.int8
            else weight
        ).astype(np.float16)
        for name, weight in before.items()
        if not name.endswith("_scale")
    }
    (changed,) = (n for n in weights if n.endswith("layer.5.output.dense.weight"))
    weights[changed] = weights[changed] * np.float16(0.5)
    save_file(weights, trained / "model.safetensors")
    quantise_model(trained, packed)
    after = load_file(packed / "model.safetensors")
    assert after.keys() == before.keys()
    differing = {n for n in after if not np.array_equal(after[n], before[n])}
    assert f"{changed}_scale" in differing <= {changed, f"{changed}_scale"}
