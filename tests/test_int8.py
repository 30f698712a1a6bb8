from __future__ import annotations

import pytest
import torch
from torch import nn

from qa.int8 import Int8Linear, quantise_linear_layers


@pytest.mark.parametrize("bias", [True, False])
def test_an_int8_layer_gives_what_the_layer_gives(bias: bool) -> None:
    torch.manual_seed(0)
    layer = nn.Linear(64, 48, bias=bias)
    x = torch.randn(3, 5, 64)
    x[0, 0] *= 1000  # one token's size takes no precision from another
    with torch.inference_mode():
        exact = layer(x)
        found = Int8Linear(layer)(x)
    error = (found - exact).norm(dim=-1) / exact.norm(dim=-1)
    assert error.max() < 0.02


def test_the_largest_value_does_not_wrap_round() -> None:
    layer = nn.Linear(8, 8, bias=False)
    nn.init.eye_(layer.weight)
    x = torch.linspace(0.5, 4.0, 200)[:, None].expand(200, 8)
    with torch.inference_mode():
        assert (Int8Linear(layer)(x) > 0).all()


def test_a_token_of_zeros_gives_the_bias() -> None:
    layer = nn.Linear(8, 4)
    with torch.inference_mode():
        found = Int8Linear(layer)(torch.zeros(1, 8))
        assert torch.allclose(found[0], layer.bias)


def test_layers_are_replaced_at_every_depth() -> None:
    module = nn.Sequential(nn.Linear(8, 8), nn.Sequential(nn.GELU(), nn.Linear(8, 8)))
    quantise_linear_layers(module)
    kinds = [type(child) for child in module.modules()]
    assert nn.Linear not in kinds
    assert kinds.count(Int8Linear) == 2
