"""The graph of a transformer encoder, built for OpenVINO from its weights alone.

BERT (Devlin et al. 2019), RoBERTa (Liu et al. 2019) and MPNet (Song et al. 2020) are
one graph but for their embeddings and MPNet's bias of relative positions, so neither
torch nor transformers is needed to run one.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# OpenVINO tells its makers of each import unless this package of theirs is missing;
# nothing here may call another host.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

from openvino import CompiledModel, Core, Model, Type  # noqa: E402
from openvino import opset13 as ov  # noqa: E402

Weights = Mapping[str, NDArray[Any]]
# OpenVINO's own node; its types name none.
Node = Any

SUPPORTED = ("bert", "roberta", "xlm-roberta", "mpnet")
_LEVELS = 127
# Activations are quantised in groups of so many, each with a scale of its own.
_GROUP = 32
# Names of a layer's parts, which differ between the families.
_BERT = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attended": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
}
_MPNET = {
    "query": "attention.attn.q",
    "key": "attention.attn.k",
    "value": "attention.attn.v",
    "attended": "attention.attn.o",
    "attention_norm": "attention.LayerNorm",
}


@dataclass(frozen=True, slots=True)
class Architecture:
    """What of a model's configuration shapes its graph."""

    model_type: str
    layers: int
    heads: int
    hidden: int
    epsilon: float
    pad_token_id: int

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> Architecture:
        """Read it from the content of a ``config.json``.

        Raises:
            ValueError: If the model is of no supported family or lacks a figure.
        """
        model_type = config.get("model_type")
        if model_type not in SUPPORTED or config.get("hidden_act") != "gelu":
            raise ValueError(
                f"model_type {model_type!r} with {config.get('hidden_act')!r} is not "
                f"supported: take an encoder of {', '.join(SUPPORTED)} with 'gelu'"
            )
        try:
            return cls(
                model_type,
                int(config["num_hidden_layers"]),
                int(config["num_attention_heads"]),
                int(config["hidden_size"]),
                float(config["layer_norm_eps"]),
                int(config.get("pad_token_id") or 0),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"its config.json lacks or spoils {error}") from error

    @property
    def first_position(self) -> int:
        """Return the row of the position table that the first token takes."""
        return 0 if self.model_type == "bert" else self.pad_token_id + 1

    def longest(self, weights: Weights) -> int:
        """Return how many tokens a text has at most, by the table of positions.

        Raises:
            KeyError: If there is no such table.
        """
        for name in weights:
            if name.endswith("embeddings.position_embeddings.weight"):
                return int(weights[name].shape[0]) - self.first_position
        raise KeyError("embeddings.position_embeddings.weight")


def quantise_rows(
    weight: NDArray[Any], levels: float = _LEVELS
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return a matrix as int8, and the scale of each of its rows.

    Symmetric, one scale an output channel ("vector-wise", Dettmers et al. 2022).

    Args:
        weight: Shape ``(rows, columns)``.
        levels: What the largest number of a row becomes; at most 127.
    """
    wide = weight.astype(np.float32)
    scale = np.maximum(np.abs(wide).max(axis=1, keepdims=True), 1e-8) / levels
    return np.rint(wide / scale).astype(np.int8), scale.astype(np.float32)


def build_encoder(weights: Weights, shape: Architecture, *, int8: bool) -> Model:
    """Return the graph: token ids and mask in, the last hidden states out.

    Inputs are ``input_ids``, ``attention_mask`` and, where the model tells first
    from second texts, ``token_type_ids``; all int64, shape ``(texts, tokens)``. The
    output has shape ``(texts, tokens, hidden)``, float32.

    Args:
        weights: By the names that transformers gives them; a matrix may be int8 with
            its scales beside it, named with ``_scale`` at the end.
        shape: The model's architecture.
        int8: Whether the matrices are kept in int8.

    Raises:
        KeyError: If a weight is missing.
    """
    return _Builder(weights, shape, int8=int8).build()


def compile_encoder(model: Model, precision: str, threads: int) -> CompiledModel:
    """Compile a graph for this processor.

    Args:
        model: What ``build_encoder`` returns.
        precision: What to multiply in: int8, bfloat16 or float32.
        threads: Threads that one inference uses.
    """
    options: dict[str, Any] = {
        "INFERENCE_PRECISION_HINT": "bf16" if precision == "bfloat16" else "f32",
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
        # Else two processes may be kept to one core.
        "ENABLE_CPU_PINNING": False,
    }
    if precision == "int8":
        options["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = _GROUP
    return Core().compile_model(model, "CPU", options)


def multiplies_bfloat16() -> bool:
    """Tell whether this processor multiplies bfloat16, twice as fast as float32."""
    return "BF16" in Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class _Builder:
    """One graph in the making."""

    def __init__(self, weights: Weights, shape: Architecture, *, int8: bool) -> None:
        self._weights = weights
        self._shape = shape
        self._int8 = int8
        anchor = "embeddings.word_embeddings.weight"
        found = [name for name in weights if name.endswith(anchor)]
        if not found:
            raise KeyError(anchor)
        self._prefix = found[0].removesuffix(anchor)

    def build(self) -> Model:
        ids = ov.parameter([-1, -1], Type.i64, name="input_ids")
        mask = ov.parameter([-1, -1], Type.i64, name="attention_mask")
        length = ov.gather(ov.shape_of(ids), ov.constant(1), ov.constant(0))
        types = None
        if self._prefix + "embeddings.token_type_embeddings.weight" in self._weights:
            types = ov.parameter([-1, -1], Type.i64, name="token_type_ids")
        states = self._embed(ids, types, length)
        bias = self._attention_bias(mask, length)
        for layer in range(self._shape.layers):
            states = self._layer(f"encoder.layer.{layer}.", states, bias)
        inputs = [ids, mask] if types is None else [ids, mask, types]
        return Model([ov.result(states)], inputs)

    def _embed(self, ids: Node, types: Node | None, length: Node) -> Node:
        rows = ov.gather(self._matrix("embeddings.word_embeddings"), ids, _axis(0))
        first = self._shape.first_position
        positions = ov.range(
            ov.constant(first, Type.i64),
            ov.add(length, ov.constant(first, Type.i64)),
            ov.constant(1, Type.i64),
            "i64",
        )
        table = self._vector("embeddings.position_embeddings.weight")
        total = ov.add(rows, ov.gather(table, positions, _axis(0)))
        if types is not None:
            table = self._vector("embeddings.token_type_embeddings.weight")
            total = ov.add(total, ov.gather(table, types, _axis(0)))
        return self._norm("embeddings.LayerNorm", total)

    def _attention_bias(self, mask: Node, length: Node) -> Node:
        """Return what is added to the attention scores, ``(texts, heads, t, t)``."""
        # (texts, 1, 1, tokens): so low that its softmax is 0 in every format.
        absent = ov.subtract(
            ov.constant(np.float32(1)), ov.convert(ov.unsqueeze(mask, [1, 2]), "f32")
        )
        masked = ov.multiply(absent, ov.constant(np.float32(-1e4)))
        name = self._prefix + "encoder.relative_attention_bias.weight"
        if name not in self._weights:
            return masked
        reach = self._weights[
            self._prefix + "embeddings.position_embeddings.weight"
        ].shape[0]
        table = self._weights[name].astype(np.float32)  # (buckets, heads)
        by_distance = table[_buckets(np.arange(-reach, reach + 1), len(table))].T
        places = ov.range(
            ov.constant(0, Type.i64), length, ov.constant(1, Type.i64), "i64"
        )
        distance = ov.subtract(ov.unsqueeze(places, [0]), ov.unsqueeze(places, [1]))
        index = ov.add(distance, ov.constant(np.int64(reach)))
        relative = ov.gather(ov.constant(by_distance), index, _axis(1))  # (heads, t, t)
        return ov.add(masked, ov.unsqueeze(relative, [0]))

    def _layer(self, name: str, states: Node, bias: Node) -> Node:
        names = _MPNET if self._shape.model_type == "mpnet" else _BERT
        query, key, value = (
            self._heads(self._linear(name + names[part], states))
            for part in ("query", "key", "value")
        )
        attended = ov.scaled_dot_product_attention(query, key, value, bias)
        joined = ov.reshape(
            ov.transpose(attended, ov.constant([0, 2, 1, 3])),
            ov.constant([0, 0, self._shape.hidden]),
            special_zero=True,
        )
        attended = self._linear(name + names["attended"], joined)
        states = self._norm(name + names["attention_norm"], ov.add(states, attended))
        inner = ov.gelu(self._linear(name + "intermediate.dense", states), "erf")
        outer = self._linear(name + "output.dense", inner)
        return self._norm(name + "output.LayerNorm", ov.add(states, outer))

    def _heads(self, states: Node) -> Node:
        """Return ``(texts, heads, tokens, dim)`` of ``(texts, tokens, hidden)``."""
        heads = self._shape.heads
        parted = ov.reshape(
            states,
            ov.constant([0, 0, heads, self._shape.hidden // heads]),
            special_zero=True,
        )
        return ov.transpose(parted, ov.constant([0, 2, 1, 3]))

    def _linear(self, name: str, states: Node) -> Node:
        product = ov.matmul(states, self._matrix(name), False, True)
        return ov.add(product, self._vector(name + ".bias"))

    def _norm(self, name: str, states: Node) -> Node:
        centred = ov.mvn(
            states, ov.constant([-1]), True, self._shape.epsilon, "inside_sqrt"
        )
        scaled = ov.multiply(centred, self._vector(name + ".weight"))
        return ov.add(scaled, self._vector(name + ".bias"))

    def _vector(self, name: str) -> Node:
        return ov.constant(self._weights[self._prefix + name].astype(np.float32))

    def _matrix(self, name: str) -> Node:
        """Return a matrix; OpenVINO multiplies by int8 ones without widening them."""
        weight = self._weights[f"{self._prefix}{name}.weight"]
        if weight.dtype == np.int8:
            scale = self._weights[f"{self._prefix}{name}.weight_scale"]
        elif self._int8:
            weight, scale = quantise_rows(weight)
        else:
            # Not copied where it need not be: it may be mapped from a file.
            wide = weight.astype(np.float32, copy=False)
            return ov.constant(wide, shared_memory=True)
        wide = ov.convert(ov.constant(weight, shared_memory=True), "f32")
        return ov.multiply(wide, ov.constant(scale.astype(np.float32).reshape(-1, 1)))


def _axis(axis: int) -> Node:
    return ov.constant(np.int64(axis))


def _buckets(distances: NDArray[Any], count: int) -> NDArray[Any]:
    """Return the bucket of each relative position (Raffel et al. 2020, section 2.1)."""
    half = count // 2
    exact = half // 2
    apart = np.abs(distances)
    far = exact + (
        np.log(np.maximum(apart, 1) / exact)
        / math.log(_FARTHEST / exact)
        * (half - exact)
    ).astype(np.int64)
    near = np.where(apart < exact, apart, np.minimum(far, half - 1))
    buckets: NDArray[Any] = np.where(distances > 0, half, 0) + near
    return buckets


_FARTHEST = 128
