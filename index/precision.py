"""The number format in which this processor runs a model fastest without loss."""

from __future__ import annotations

from typing import Literal

import torch

Precision = Literal["auto", "int8", "bfloat16", "float32"]


def resolve_precision(precision: Precision) -> torch.dtype:
    """Return the format to load weights in; ``auto`` chooses by the processor.

    bfloat16 is twice as fast where the processor multiplies it, and slower than
    float32 where it does not. ``int8`` is the reader's alone, as a ranking by cosine
    would lose by it: what asks here gets what ``auto`` gives.
    """
    if precision in ("auto", "int8"):
        found = torch.cpu.get_capabilities()
        supported = found.get("avx512_bf16") or found.get("amx_bf16")
        return torch.bfloat16 if supported else torch.float32
    return torch.bfloat16 if precision == "bfloat16" else torch.float32


def multiplies_int8() -> bool:
    """Tell whether this processor multiplies int8 faster than floats."""
    found = torch.cpu.get_capabilities()
    return bool(found.get("avx512_vnni") or found.get("amx_int8"))
