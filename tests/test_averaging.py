from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import AutoModelForQuestionAnswering, BertConfig
from transformers import BertForQuestionAnswering as Model

from qa.reading.catalogue import PACKAGED_READERS
from qa.training.averaging import average_readers


def make(folder: Path, value: float, hidden: int = 8) -> Path:
    config = BertConfig(
        vocab_size=8,
        hidden_size=hidden,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        max_position_embeddings=8,
    )
    model = Model(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(value)
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_bytes((PACKAGED_READERS["fast"] / name).read_bytes())
    return folder


def test_the_mean_lies_between_the_readers(tmp_path: Path) -> None:
    readers = [make(tmp_path / "a", 1.0), make(tmp_path / "b", 2.0)]
    average_readers([*readers, make(tmp_path / "c", 6.0)], tmp_path / "mean")
    found = AutoModelForQuestionAnswering.from_pretrained(
        tmp_path / "mean", dtype=torch.float32
    )
    assert all((parameter == 3.0).all() for parameter in found.parameters())


def test_readers_of_other_shapes_are_refused(tmp_path: Path) -> None:
    readers = [make(tmp_path / "a", 1.0), make(tmp_path / "b", 1.0, hidden=4)]
    with pytest.raises(ValueError, match="architecture"):
        average_readers(readers, tmp_path / "mean")
    assert not (tmp_path / "mean").exists()
