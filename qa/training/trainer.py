"""Fine-tune an encoder to find answer spans, with scores comparable across passages."""

from __future__ import annotations

import logging
import random
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoModelForQuestionAnswering,
    AutoTokenizer,
    PreTrainedModel,
)

from qa.evaluation.squad import Example
from qa.training.checkpoints import read_state, write_checkpoint
from qa.training.features import make_batches
from qa.training.groups import Mixture, make_groups
from qa.training.losses import batch_loss
from qa.training.precision import narrow_residuals

logger = logging.getLogger(__name__)

# Groups sorted by length together: enough for full batches, few enough to shuffle.
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides the weights beside the data; written to the model card.

    Attributes:
        epochs: Passes over the examples; a fraction stops in the middle of one.
        learning_rate: The peak, reached after ``warmup`` and left linearly to zero.
        warmup: Share of the training spent warming up.
        batch_tokens: Tokens in a batch, padding included.
        max_length: Longest pair of question and passage, in tokens.
        dropout: Share of the hidden values left out at each step, against learning
            the examples by heart; pays off in later passes over them.
        shared_weight: Weight of the loss normalised over all passages of a question
            (Clark and Gardner 2018, "shared-norm"; Wang et al. 2019) beside the
            loss of each passage by itself.
        frozen_layers: Lowest layers left as they are, the embeddings with them: a
            third of them costs little quality and saves a fifth of the time (Lee,
            Tang and Lin 2019, "What would Elsa do?").
        mixture: How often each kind of negative is made.
        seed: Of the order, the crops, the negatives and the new head's weights.
    """

    epochs: float = 2.0
    learning_rate: float = 2e-4
    warmup: float = 0.05
    weight_decay: float = 0.01
    batch_tokens: int = 4000
    max_length: int = 384
    dropout: float = 0.0
    shared_weight: float = 0.5
    frozen_layers: int = 0
    mixture: Mixture = field(default_factory=Mixture)
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training stands: examples seen of all, the loss, speed and time left."""

    examples: int
    total: int
    loss: float
    examples_per_second: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in the order of the data, at the start of a chunk."""

    epoch: int = 0
    chunk: int = 0


def train(
    base: Path,
    examples: Sequence[Example],
    negatives: Sequence[Sequence[str]],
    out: Path,
    recipe: Recipe,
    *,
    device: str,
    checkpoint_seconds: float = 300.0,
    report: Callable[[Progress], None] = lambda progress: None,
) -> None:
    """Train from the encoder in ``base`` and write the model to ``out``.

    A checkpoint is kept in ``out/checkpoint``; when one is there the training goes
    on from it, so that a kill loses at most ``checkpoint_seconds``. It is removed
    when the training ends.

    Args:
        base: Folder of an encoder, or of a reader to go on from.
        examples: What to train on.
        negatives: For each example, texts that do not answer it.
        out: Where the model goes; made if missing.
        recipe: All the choices.
        device: ``cpu`` or ``cuda``.
        checkpoint_seconds: Time between checkpoints.
        report: Called after every twentieth batch.

    Raises:
        CheckpointError: If the checkpoint is of another recipe or other data.
    """
    torch.manual_seed(recipe.seed)
    checkpoint = out / "checkpoint"
    # All that must be the same for a resumed training to be the same training.
    training = {**asdict(recipe), "examples": len(examples)}
    state = read_state(checkpoint, training)
    tokenizer: Any = AutoTokenizer.from_pretrained(base)
    model = AutoModelForQuestionAnswering.from_pretrained(
        checkpoint if state else base,
        attn_implementation="eager",
        dtype=torch.float32,  # a reader to go on from may be stored as fp16
        hidden_dropout_prob=recipe.dropout,
        attention_probs_dropout_prob=0.0,
    )
    model.to(device).train()
    _freeze(model, recipe.frozen_layers)
    narrow_residuals(model.base_model.embeddings, device)
    optimizer = torch.optim.AdamW(
        [p for p in model.parameters() if p.requires_grad],
        lr=recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        fused=True,
    )
    place, seen, last_loss = _Place(), 0, float("nan")
    if state:
        optimizer.load_state_dict(
            torch.load(checkpoint / "optimizer.pt", map_location=device)
        )
        place, seen = _Place(state["epoch"], state["chunk"]), state["seen"]
        logger.info("resuming after %d examples", seen)
    total = round(recipe.epochs * len(examples))
    started, seen_at_start, saved, batches = time.monotonic(), seen, time.monotonic(), 0
    while seen < total:
        indices = _chunk(len(examples), place, recipe.seed)
        rng = random.Random(f"{recipe.seed}/{place.epoch}/{place.chunk}")
        groups = [
            group
            for index in indices
            for group in make_groups(
                examples[index], negatives[index], recipe.mixture, rng
            )
        ]
        batches_of_chunk = make_batches(
            groups,
            tokenizer,
            batch_tokens=recipe.batch_tokens,
            max_length=recipe.max_length,
            rng=rng,
        )
        for batch in batches_of_chunk:
            rate = _learning_rate(min(1.0, seen / total), recipe)
            for settings in optimizer.param_groups:
                settings["lr"] = rate
            loss = batch_loss(model, batch, recipe.shared_weight, device)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            value = loss.item()
            last_loss = (
                value if last_loss != last_loss else 0.98 * last_loss + 0.02 * value
            )
            seen += sum(1 for features in batch if features[0].first_token > 0) or 1
            batches += 1
            if batches % 20 == 0:
                speed = (seen - seen_at_start) / (time.monotonic() - started)
                left = (total - seen) / speed
                report(Progress(seen, total, last_loss, speed, left))
        # Chunks, not batches, count what was seen: a resumed run is the same run.
        last = (place.chunk + 1) * _CHUNK >= len(examples)
        place = _Place(place.epoch + last, 0 if last else place.chunk + 1)
        seen = place.epoch * len(examples) + place.chunk * _CHUNK
        if time.monotonic() - saved > checkpoint_seconds:
            state = {**asdict(place), "seen": seen, "training": training}
            write_checkpoint(checkpoint, model, optimizer, state)
            saved = time.monotonic()
    model.config.architectures = [type(model).__name__]
    model.half().save_pretrained(out)
    tokenizer.save_pretrained(out)
    shutil.rmtree(checkpoint, ignore_errors=True)


def _freeze(model: PreTrainedModel, layers: int) -> None:
    """Keep the lowest layers and all below them from being trained."""
    if layers == 0:
        return
    encoder: Any = model.base_model.encoder
    kept = {id(p) for layer in encoder.layer[layers:] for p in layer.parameters()}
    for parameter in model.base_model.parameters():
        # What layers share, as MPNet's bias of positions, is below the lowest too.
        parameter.requires_grad_(id(parameter) in kept)


def _learning_rate(progress: float, recipe: Recipe) -> float:
    """Return the rate at a share of the training: up during warm-up, then down."""
    rising = progress / recipe.warmup if recipe.warmup > 0 else 1.0
    falling = (1 - progress) / (1 - recipe.warmup) if recipe.warmup < 1 else 1.0
    return recipe.learning_rate * max(min(rising, falling), 1e-3)


def _chunk(count: int, place: _Place, seed: int) -> list[int]:
    order = list(range(count))
    random.Random(f"{seed}/{place.epoch}").shuffle(order)
    return order[place.chunk * _CHUNK : (place.chunk + 1) * _CHUNK]
