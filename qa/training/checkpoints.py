"""Checkpoints of a training: where it goes on from after a kill."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel

_STATE = "state.json"


class CheckpointError(ValueError):
    """A checkpoint of another training stands where this one would go on."""


def read_state(
    checkpoint: Path, training: Mapping[str, object]
) -> dict[str, Any] | None:
    """Return where a checkpoint's training stands; ``None`` without a checkpoint.

    Args:
        checkpoint: Its folder.
        training: All that must be the same for it to be the same training.

    Raises:
        CheckpointError: If something of that is not.
    """
    staging = _staging(checkpoint)
    if not checkpoint.exists() and (staging / _STATE).exists():
        os.replace(staging, checkpoint)  # a kill between its two renames
    path = checkpoint / _STATE
    if not path.exists():
        return None
    state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for name, value in training.items():
        if state["training"].get(name) != value:
            raise CheckpointError(
                f"{checkpoint} is of a training with {name} "
                f"{state['training'].get(name)}, not {value}: give the same options "
                "and files to go on, or another --out"
            )
    return state


def write_checkpoint(
    checkpoint: Path,
    model: PreTrainedModel,
    optimizer: torch.optim.Optimizer,
    state: Mapping[str, object],
) -> None:
    """Replace the checkpoint; at any moment one that is whole stands somewhere."""
    staging, old = _staging(checkpoint), checkpoint.with_name("checkpoint.old")
    for leftover in (staging, old):
        shutil.rmtree(leftover, ignore_errors=True)
    staging.mkdir(parents=True)
    model.save_pretrained(staging)
    torch.save(optimizer.state_dict(), staging / "optimizer.pt")
    # Last, so that a folder with it is whole.
    (staging / _STATE).write_text(json.dumps(state), encoding="utf-8")
    if checkpoint.exists():
        os.replace(checkpoint, old)
    os.replace(staging, checkpoint)
    shutil.rmtree(old, ignore_errors=True)


def _staging(checkpoint: Path) -> Path:
    return checkpoint.with_name("checkpoint.new")
