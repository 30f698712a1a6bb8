"""Train the resolver: which words of a talk a question needs (QuReTeC)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import PreTrainedModel

from qa.conversation.layout import lay_out
from qa.conversation.resolver import load_tokenizer
from qa.evaluation.history_terms import stem
from qa.training.precision import autocast, is_fast
from qa.training.talk.follow_ups import TalkExample
from qa.training.talk.shared import (
    SharedStates,
    layers_on,
    own_layers,
    save_own_layers,
)

# Batches sorted by length together: enough for full ones, few enough to shuffle.
_CHUNK = 600


@dataclass(frozen=True, slots=True)
class ResolverRecipe:
    """All that decides the weights beside the data.

    Attributes:
        learning_rate: The peak, reached after ``warmup`` and left linearly to zero.
        batch_tokens: Tokens in a batch, padding included.
        wanted_weight: How much a wanted word counts beside one that is not.
        gate_weight: How much it counts whether the question leans on the talk at all.
        dropout: Share of the hidden values left out at each step.
        shared_layers: Of the reader's lowest layers, how many the resolver shares.
        own_layers: How many layers of its own are above them.
    """

    learning_rate: float = 1e-4
    warmup: float = 0.06
    weight_decay: float = 0.01
    batch_tokens: int = 1500
    wanted_weight: float = 2.0
    gate_weight: float = 0.5
    dropout: float = 0.1
    shared_layers: int = 5
    own_layers: int = 3
    seed: int = 1


@dataclass(frozen=True, slots=True)
class _Encoded:
    token_ids: tuple[int, ...]
    words: tuple[int, ...]
    wanted: tuple[bool, ...]


def train_resolver(
    reader: Path,
    examples: Sequence[TalkExample],
    out: Path,
    recipe: ResolverRecipe,
    report: Callable[[int, float], None] = lambda seen, loss: None,
) -> None:
    """Train a resolver on a reader's lowest layers, one pass over the examples.

    The first of a token's two logits says whether its word is needed; the second, at
    the first token, whether the question leans on the talk at all. What is learned is
    written after each chunk.

    Args:
        reader: Folder of the reader, as the package carries it.
        examples: In any order; repeated for more than one pass.
        out: Where the resolver goes.
        recipe: All the choices.
        report: Called after each batch with the examples seen and the mean loss.
    """
    rng = random.Random(recipe.seed)
    torch.manual_seed(recipe.seed)
    tokenizer = load_tokenizer(reader)
    layers = layers_on(reader, recipe.shared_layers, recipe.own_layers)
    shared = SharedStates.load(layers)
    model = own_layers(layers, ("needed", "leans"), recipe.dropout)
    model.train()
    optimizer = torch.optim.AdamW(
        [weights for weights in model.parameters() if weights.requires_grad],
        recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        fused=True,
    )
    order = list(examples)
    rng.shuffle(order)
    seen, mean = 0, 0.0
    for start in range(0, len(order), _CHUNK):
        chunk = [_encode(tokenizer, e) for e in order[start : start + _CHUNK]]
        for batch in _batches(chunk, recipe.batch_tokens, rng):
            share = seen / len(order)
            rate = min(share / recipe.warmup, (1 - share) / (1 - recipe.warmup))
            for group in optimizer.param_groups:
                group["lr"] = recipe.learning_rate * rate
            loss = _loss(model, shared, batch, recipe)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            seen += len(batch)
            mean = loss.item() if not mean else 0.98 * mean + 0.02 * loss.item()
            report(seen, mean)
        save_own_layers(model, layers, out)


def _encode(tokenizer: Tokenizer, example: TalkExample) -> _Encoded:
    layout = lay_out(tokenizer, example.question, example.history, example.titles)
    wanted = (
        stem(layout.pieces[w.piece][w.start : w.end]) in example.wanted
        for w in layout.words
    )
    places = tuple(word.token for word in layout.words)
    return _Encoded(layout.token_ids, places, tuple(wanted))


def _batches(
    chunk: list[_Encoded], batch_tokens: int, rng: random.Random
) -> Iterator[list[_Encoded]]:
    chunk.sort(key=lambda each: len(each.token_ids))
    batches: list[list[_Encoded]] = [[]]
    for each in chunk:
        if (len(batches[-1]) + 1) * len(each.token_ids) > batch_tokens:
            batches.append([])
        batches[-1].append(each)
    rng.shuffle(batches)
    yield from filter(None, batches)


def _loss(
    model: PreTrainedModel,
    shared: SharedStates,
    batch: Sequence[_Encoded],
    recipe: ResolverRecipe,
) -> torch.Tensor:
    states = shared.of([each.token_ids for each in batch])
    mask = torch.zeros(states.shape[:2], dtype=torch.long)
    for row, each in enumerate(batch):
        mask[row, : len(each.token_ids)] = 1
    with autocast("cpu"):
        if is_fast("cpu"):
            states = states.bfloat16()
        logits = model(inputs_embeds=states, attention_mask=mask).logits
    logits = logits.float()
    leans = torch.tensor([float(any(each.wanted)) for each in batch])
    loss = recipe.gate_weight * functional.binary_cross_entropy_with_logits(
        logits[:, 0, 1], leans
    )
    rows = torch.tensor([r for r, e in enumerate(batch) for _ in e.words])
    if len(rows):
        places = torch.tensor([place for each in batch for place in each.words])
        wanted = torch.tensor([float(w) for each in batch for w in each.wanted])
        loss = loss + functional.binary_cross_entropy_with_logits(
            logits[rows, places, 0],
            wanted,
            pos_weight=torch.tensor(recipe.wanted_weight),
        )
    return loss
