"""The loss whose scores compare across the passages of a question."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn.functional import log_softmax
from transformers import PreTrainedModel

from qa.training.features import Feature
from qa.training.precision import autocast


def batch_loss(
    model: PreTrainedModel,
    batch: Sequence[Sequence[Feature]],
    shared_weight: float,
    device: str,
) -> torch.Tensor:
    """Return the loss of a batch: that of each passage, and that of each group.

    Args:
        model: With a question-answering head.
        batch: Groups of passages of one question; the first holds the answer, if any.
        shared_weight: Weight of the loss normalised over all passages of a group
            (Clark and Gardner 2018, "shared-norm") beside that of each by itself.
        device: ``cpu`` or ``cuda``.
    """
    features = [feature for group in batch for feature in group]
    count, length = len(features), max(len(feature.ids) for feature in features)
    ids = torch.zeros(count, length, dtype=torch.long)
    types = torch.zeros(count, length, dtype=torch.long)
    attended = torch.zeros(count, length, dtype=torch.long)
    in_context = torch.zeros(count, length, dtype=torch.bool)
    for row, feature in enumerate(features):
        size = len(feature.ids)
        ids[row, :size] = torch.tensor(feature.ids)
        types[row, :size] = torch.tensor(feature.types)
        attended[row, :size] = 1
        in_context[row, feature.context[0] : feature.context[1] + 1] = True
    in_context = in_context.to(device)
    inputs = {"input_ids": ids.to(device), "attention_mask": attended.to(device)}
    if hasattr(model.config, "type_vocab_size"):  # MPNet, for one, has no such types
        inputs["token_type_ids"] = types.to(device)
    with autocast(device):
        hidden = model.base_model(**inputs)[0]
    # The head stays fp32: bf16 logits are too coarse to compare.
    head: torch.nn.Module = model.get_submodule("qa_outputs")
    logits = head(hidden.float())  # (passages, tokens, 2)
    targets = torch.tensor(
        [(f.first_token, f.last_token) for f in features], device=device
    )
    allowed = in_context.clone()
    allowed[:, 0] = True
    own = log_softmax(logits.masked_fill(~allowed[:, :, None], -1e4), dim=1)
    gold = targets[:, None, :]  # (passages, 1, 2)
    loss = -own.gather(1, gold).mean()
    return loss + shared_weight * _shared_loss(
        logits.masked_fill(~in_context[:, :, None], -1e4), gold, batch
    )


def _shared_loss(
    logits: torch.Tensor, gold: torch.Tensor, batch: Sequence[Sequence[Feature]]
) -> torch.Tensor:
    """Return the loss of each right span among the spans of its whole group."""
    totals = torch.logsumexp(logits, dim=1)  # (passages, 2)
    picked = logits.gather(1, gold)[:, 0]  # (passages, 2)
    losses = []
    row = 0
    for group in batch:
        if len(group) > 1 and group[0].first_token > 0:
            shared = torch.logsumexp(totals[row : row + len(group)], dim=0)
            losses.append(shared - picked[row])
        row += len(group)
    if not losses:
        return logits.new_zeros(())
    return torch.stack(losses).sum() / 2 / len(batch)
