"""Linear layers in int8, for processors that multiply bytes faster than floats."""

from __future__ import annotations

import torch
from torch import nn

_LEVELS = 127


class Int8Linear(nn.Module):
    """A linear layer with int8 weights and int8 activations; sums stay int32.

    Weights are scaled by output channel, once; activations by token, at each call
    ("vector-wise quantisation", Dettmers et al. 2022, section 3.1), so that one
    token's large values cost no other token its precision.
    """

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        weight = layer.weight.detach().float()  # (out, in)
        scale = weight.abs().amax(dim=1).clamp(min=1e-8) / _LEVELS
        self._weight = (weight / scale[:, None]).round().to(torch.int8).t()
        self._scale = scale
        self._bias = None if layer.bias is None else layer.bias.detach().float()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return ``x @ weight.T + bias``; all in float32."""
        rows = x.reshape(-1, x.shape[-1])
        # Not abs(): in place wherever it can be, as a new array of this size costs
        # more than the arithmetic.
        high, low = rows.amax(dim=1, keepdim=True), rows.amin(dim=1, keepdim=True)
        scale = torch.maximum(high, -low).clamp_(min=1e-8) / _LEVELS
        quantised = (rows * scale.reciprocal()).round_().to(torch.int8)
        product = torch._int_mm(quantised, self._weight).float()
        product.mul_(scale).mul_(self._scale)
        if self._bias is not None:
            product.add_(self._bias)
        return product.view(*x.shape[:-1], -1)


def quantise_linear_layers(module: nn.Module) -> None:
    """Replace all the linear layers inside a module by their int8 form, in place."""
    for name, child in module.named_children():
        if isinstance(child, nn.Linear):
            setattr(module, name, Int8Linear(child))
        else:
            quantise_linear_layers(child)
