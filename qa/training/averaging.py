"""Averaging the weights of readers that were trained one from the other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer


def average_readers(folders: Sequence[Path], out: Path) -> None:
    """Write the reader whose weights are the mean of those of others.

    Readers that go back to one training lie in one basin, where the mean is often
    better than each and costs nothing to run ("model soups", Wortsman et al. 2022).

    Args:
        folders: Of the readers, all of one architecture.
        out: Where the mean goes, with the first one's tokenizer.

    Raises:
        ValueError: If a reader's weights are not of the first one's shapes.
    """
    model = AutoModelForQuestionAnswering.from_pretrained(
        folders[0], dtype=torch.float32
    )
    total = model.state_dict()
    for folder in folders[1:]:
        other = AutoModelForQuestionAnswering.from_pretrained(
            folder, dtype=torch.float32
        ).state_dict()
        if {k: v.shape for k, v in other.items()} != {
            k: v.shape for k, v in total.items()
        }:
            raise ValueError(f"{folder} is not of the same architecture")
        total = {name: value + other[name] for name, value in total.items()}
    model.load_state_dict(
        {
            name: value / len(folders) if value.is_floating_point() else value
            for name, value in total.items()
        }
    )
    model.half().save_pretrained(out)
    AutoTokenizer.from_pretrained(folders[0]).save_pretrained(out)
