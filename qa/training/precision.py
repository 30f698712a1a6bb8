"""Bfloat16 for training, where the machine multiplies it fast."""

from __future__ import annotations

import torch


def autocast(device: str) -> torch.autocast:
    """Return the context of a forward pass: bfloat16, or float32 where that is faster.

    A processor without instructions for bfloat16 takes many times as long over it.
    """
    return torch.autocast(device, torch.bfloat16, enabled=is_fast(device))


def narrow_residuals(embeddings: torch.nn.Module, device: str) -> None:
    """Make the residual stream bfloat16 where that is fast.

    Else it stays float32 under autocast, a fifth slower on a CPU.
    """
    if is_fast(device):
        embeddings.register_forward_hook(
            lambda module, inputs, output: output.bfloat16()
        )


def is_fast(device: str) -> bool:
    """Tell whether it multiplies bfloat16 faster than float32."""
    return device != "cpu" or bool(torch.cpu.get_capabilities()["avx512_bf16"])
