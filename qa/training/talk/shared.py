"""The layers that the resolver trains, on those of the reader that it leaves alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from transformers import AutoConfig, AutoModelForTokenClassification, PreTrainedModel

from index.models.compiled import CompiledEncoder
from index.models.graph import quantise_rows
from index.models.layers import (
    checksum,
    encoder_weights,
    layer_name,
    shared_weights,
)
from qa.conversation.layers import OWN, PACKAGE, RECORD, Layers

_SCALE = "_scale"


def layers_on(model: Path, shared: int, own: int) -> Layers:
    """Return the layers of a resolver on the lowest ones of a model as it is now.

    Raises:
        ModelNotFoundError: If the folder holds none.
    """
    found = model.resolve()
    if found.is_relative_to(PACKAGE):
        found = found.relative_to(PACKAGE)
    sha256 = checksum(shared_weights(model, shared))
    return Layers(found.as_posix(), shared, own, sha256)


@dataclass(frozen=True, slots=True)
class SharedStates:
    """States above the shared layers, as the service computes them; each kept.

    They never change, so sequences of more than one pass are computed once.
    """

    encoder: CompiledEncoder
    pad_token_id: int
    known: dict[tuple[int, ...], NDArray[np.float16]]

    @classmethod
    def load(cls, layers: Layers) -> SharedStates:
        """Load the shared layers.

        Raises:
            ModelNotFoundError: If there is none.
        """
        shape = replace(layers.architecture(), layers=layers.shared)
        weights = shared_weights(layers.model, layers.shared)
        return cls(CompiledEncoder(weights, shape, "int8", 1), shape.pad_token_id, {})

    def of(self, sequences: Sequence[tuple[int, ...]]) -> torch.Tensor:
        """Return the states of sequences, padded, shape ``(n, longest, hidden)``."""
        missing = sorted({s for s in sequences if s not in self.known}, key=len)
        if missing:
            longest = max(map(len, missing))
            ids = np.full((len(missing), longest), self.pad_token_id, dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, each in enumerate(missing):
                ids[row, : len(each)] = each
                mask[row, : len(each)] = 1
            found = self.encoder.encode(ids, mask).astype(np.float16)
            for row, each in enumerate(missing):
                self.known[each] = found[row, : len(each)].copy()
        states = [torch.from_numpy(self.known[each]) for each in sequences]
        return torch.nn.utils.rnn.pad_sequence(states, batch_first=True).float()


class _Passed(torch.nn.Module):
    """In place of the embeddings: what is given instead of them is the states."""

    def forward(self, *, inputs_embeds: torch.Tensor, **_: object) -> torch.Tensor:
        return inputs_embeds


def own_layers(
    layers: Layers, labels: Sequence[str], dropout: float
) -> PreTrainedModel:
    """Return a token classifier of the layers above the shared ones.

    It starts from the model's own next layers. It is called with ``inputs_embeds``,
    the states that the shared layers give.

    Args:
        layers: How many are shared, and how many the classifier has.
        labels: Of the classes.
        dropout: Share of the hidden values left out at each step.
    """
    config = AutoConfig.from_pretrained(
        layers.model,
        num_hidden_layers=layers.own,
        num_labels=len(labels),
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=0.0,
    )
    model: PreTrainedModel = AutoModelForTokenClassification.from_config(  # type: ignore[no-untyped-call]
        config, dtype=torch.float32
    )
    weights = encoder_weights(layers.model)
    started = {
        layer_name(layer) + name.removeprefix(layer_name(layers.shared + layer)): wide
        for layer in range(layers.own)
        for name, wide in _widened(weights, layer_name(layers.shared + layer)).items()
    }
    between = {
        name: wide
        for name, wide in _widened(weights, "encoder.").items()
        if not name.startswith("encoder.layer.")
    }
    model.base_model.embeddings = _Passed()
    model.base_model.load_state_dict({**started, **between})
    for name, parameter in model.base_model.named_parameters():
        # What all layers share, as MPNet's bias of positions, is the reader's.
        parameter.requires_grad_(name not in between)
    return model


def save_own_layers(model: PreTrainedModel, layers: Layers, out: Path) -> None:
    """Write a resolver: the trained layers in int8, the classifier as it is."""
    own: dict[str, NDArray[Any]] = {}
    for name, weight in model.state_dict().items():
        name = name.removeprefix(f"{model.base_model_prefix}.")
        exact = weight.float().numpy()
        for layer in range(layers.own):
            if name.startswith(layer_name(layer)):
                above = layer_name(layers.shared + layer)
                name = above + name.removeprefix(layer_name(layer))
                break
        else:
            if not name.startswith("classifier."):
                continue
            own[name] = exact
            continue
        if exact.ndim == 2:
            rows, scale = quantise_rows(exact)
            own |= {name: rows, name + _SCALE: scale.astype(np.float16)}
        else:
            own[name] = exact
    out.mkdir(parents=True, exist_ok=True)
    save_file(own, out / OWN)
    record = json.dumps(asdict(layers), indent=2)
    (out / RECORD).write_text(record + "\n", encoding="utf-8")


def _widened(weights: dict[str, NDArray[Any]], start: str) -> dict[str, torch.Tensor]:
    """Return the weights whose names start so, in float32."""
    found = {}
    for name, weight in weights.items():
        if not name.startswith(start) or name.endswith(_SCALE):
            continue
        wide = weight.astype(np.float32)
        if name + _SCALE in weights:
            wide *= weights[name + _SCALE].astype(np.float32).reshape(-1, 1)
        found[name] = torch.from_numpy(wide)
    return found
