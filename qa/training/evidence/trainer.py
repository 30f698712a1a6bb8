"""Training one encoder to tell which words and sentences bear on a question."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from transformers import AutoModel, AutoTokenizer

from qa.training.evidence.examples import JUDGEMENTS, EvidenceExample
from qa.training.evidence.features import IGNORED, Feature, make_batches
from qa.training.precision import autocast, narrow_residuals
from qa.training.trainer import Progress

HEADS = "heads.safetensors"
_CHUNK = 1000
# The sum over a passage's tokens is this much of the other losses.
_TAG_WEIGHT = 0.1


@dataclass(frozen=True, slots=True)
class EvidenceRecipe:
    """All that decides the weights beside the data.

    Attributes:
        learning_rate: The peak, reached after ``warmup`` and left linearly to zero.
        batch_tokens: Tokens in a batch, padding included.
        max_length: Longest pair of question and passage, in tokens.
        frozen_layers: Lowest layers left as they are, the embeddings with them; the
            reader trained them already.
        most_examples: Where to stop before all were seen; ``None`` for all.
        seed: Of the order and of the heads' first weights.
    """

    learning_rate: float = 1.5e-4
    warmup: float = 0.06
    weight_decay: float = 0.01
    batch_tokens: int = 3600
    max_length: int = 224
    dropout: float = 0.1
    frozen_layers: int = 2
    most_examples: int | None = None
    seed: int = 1


class EvidenceHeads(nn.Module):
    """The linear heads over an encoder's hidden states."""

    def __init__(self, dim: int) -> None:
        """Make heads for states of ``dim`` numbers."""
        super().__init__()
        self.tags = nn.Linear(dim, 3)
        self.evidence = nn.Linear(dim, 1)
        self.judgement = nn.Linear(dim, len(JUDGEMENTS))


def train_evidence(
    base: Path,
    examples: Sequence[EvidenceExample],
    out: Path,
    recipe: EvidenceRecipe,
    *,
    device: str = "cpu",
    checkpoint_seconds: float = 240.0,
    report: Callable[[Progress], None] = lambda progress: None,
) -> None:
    """Train from the encoder in ``base`` and write encoder and heads to ``out``.

    A base that has heads already, of an earlier training, keeps them.

    ``out/checkpoint.pt`` is where a killed training goes on from, given the same
    examples and recipe; it is removed at the end.
    """
    torch.manual_seed(recipe.seed)
    tokenizer: Any = AutoTokenizer.from_pretrained(base)
    encoder: Any = AutoModel.from_pretrained(
        base,
        attn_implementation="eager",
        dtype=torch.float32,
        hidden_dropout_prob=recipe.dropout,
        attention_probs_dropout_prob=0.0,
        add_pooling_layer=False,
    )
    heads = EvidenceHeads(encoder.config.hidden_size)
    if (base / HEADS).is_file():
        heads.load_state_dict(load_file(base / HEADS))
    encoder.to(device).train()
    heads.to(device)
    narrow_residuals(encoder.embeddings, device)
    for module in (encoder.embeddings, *encoder.encoder.layer[: recipe.frozen_layers]):
        module.requires_grad_(False)
    parameters = [
        p for p in (*encoder.parameters(), *heads.parameters()) if p.requires_grad
    ]
    optimizer = torch.optim.AdamW(
        parameters,
        lr=recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        fused=True,
    )
    order = list(range(len(examples)))
    random.Random(recipe.seed).shuffle(order)
    order = order[: recipe.most_examples]
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / "checkpoint.pt"
    first = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device)
        encoder.load_state_dict(state["encoder"])
        heads.load_state_dict(state["heads"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["seen"]
    seen, loss_now = first, float("nan")
    started = saved = time.monotonic()
    for begin in range(first, len(order), _CHUNK):
        chunk = [examples[place] for place in order[begin : begin + _CHUNK]]
        rng = random.Random(f"{recipe.seed}/{begin}")
        batches = make_batches(
            chunk,
            tokenizer,
            batch_tokens=recipe.batch_tokens,
            max_length=recipe.max_length,
            rng=rng,
        )
        for number, batch in enumerate(batches):
            share = seen / len(order)
            rising = share / recipe.warmup
            falling = (1 - share) / (1 - recipe.warmup)
            for settings in optimizer.param_groups:
                settings["lr"] = recipe.learning_rate * max(min(rising, falling), 1e-3)
            loss = _loss(encoder, heads, batch, device)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            value = loss.item()
            loss_now = value if loss_now != loss_now else 0.98 * loss_now + 0.02 * value
            seen += len(batch)
            if number % 20 == 19:
                speed = (seen - first) / (time.monotonic() - started)
                report(
                    Progress(
                        seen, len(order), loss_now, speed, (len(order) - seen) / speed
                    )
                )
        seen = min(begin + _CHUNK, len(order))
        if time.monotonic() - saved > checkpoint_seconds:
            _keep(checkpoint, encoder, heads, optimizer, seen)
            saved = time.monotonic()
    encoder.half().save_pretrained(out)
    tokenizer.save_pretrained(out)
    save_file({k: v.float() for k, v in heads.state_dict().items()}, out / HEADS)
    checkpoint.unlink(missing_ok=True)


def _keep(
    path: Path,
    encoder: nn.Module,
    heads: nn.Module,
    optimizer: torch.optim.Optimizer,
    seen: int,
) -> None:
    staging = path.with_suffix(".new")
    state = {
        "encoder": encoder.state_dict(),
        "heads": heads.state_dict(),
        "optimizer": optimizer.state_dict(),
        "seen": seen,
    }
    torch.save(state, staging)
    os.replace(staging, path)


def _loss(
    encoder: nn.Module, heads: EvidenceHeads, batch: Sequence[Feature], device: str
) -> torch.Tensor:
    count, length = len(batch), max(len(feature.ids) for feature in batch)
    ids = torch.zeros(count, length, dtype=torch.long)
    types = torch.zeros(count, length, dtype=torch.long)
    attended = torch.zeros(count, length, dtype=torch.long)
    tags = torch.full((count, length), IGNORED)
    for row, feature in enumerate(batch):
        size = len(feature.ids)
        ids[row, :size] = torch.tensor(feature.ids)
        types[row, :size] = torch.tensor(feature.types)
        attended[row, :size] = 1
        tags[row, :size] = torch.tensor(feature.tags)
    with autocast(device):
        hidden = encoder(
            input_ids=ids.to(device),
            attention_mask=attended.to(device),
            token_type_ids=types.to(device),
        )[0]
    hidden = hidden.float()  # (passages, tokens, dim)
    loss = hidden.new_zeros(())
    if (tags != IGNORED).any():
        trained = (tags != IGNORED).any(dim=1).sum()
        summed = cross_entropy(
            heads.tags(hidden).flatten(0, 1),
            tags.flatten().to(device),
            ignore_index=IGNORED,
            reduction="sum",
        )
        loss = loss + _TAG_WEIGHT * summed / trained
    logits, labels = [], []
    scores = heads.evidence(hidden)[:, :, 0]
    for row, feature in enumerate(batch):
        for first, last, label in feature.sentences:
            logits.append(scores[row, first : last + 1].mean())
            labels.append(label)
    if logits:
        loss = loss + binary_cross_entropy_with_logits(
            torch.stack(logits), torch.tensor(labels, device=device)
        )
    judged = torch.tensor([feature.judgement for feature in batch])
    if (judged != IGNORED).any():
        loss = loss + cross_entropy(
            heads.judgement(hidden[:, 0]), judged.to(device), ignore_index=IGNORED
        ) * (judged != IGNORED).float().mean().to(device)
    return loss  # type: ignore[no-any-return]
