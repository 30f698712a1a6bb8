"""The number format in which this processor runs a model fastest without loss."""

from __future__ import annotations

from typing import Literal

Precision = Literal["auto", "int8", "bfloat16", "float32"]
