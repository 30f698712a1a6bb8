"""A transformer compiled for this processor with OpenVINO."""

from __future__ import annotations

import sys
import warnings

import torch
from torch import nn

# OpenVINO tells its makers of each import unless this package of theirs is missing;
# nothing here may call another host.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

from openvino import CompiledModel, Core  # noqa: E402
from openvino.frontend import FrontEndManager  # noqa: E402
from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder  # noqa: E402


class CompiledTransformer(nn.Module):
    """A transformer of the transformers library, run by OpenVINO instead of torch.

    It takes what the transformer takes, token type ids left out, and gives the hidden
    states of its last layer. Not to be called by two threads at once.
    """

    def __init__(self, transformer: nn.Module, dtype: torch.dtype) -> None:
        """Convert and compile a transformer; its weights are copied.

        Args:
            transformer: On the CPU, in float32.
            dtype: What to multiply in: bfloat16 or float32.
        """
        super().__init__()
        self.config = transformer.config
        self._request = _compile(transformer, dtype).create_infer_request()

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, **_: object
    ) -> dict[str, torch.Tensor]:
        """Return the hidden states, shape ``(texts, tokens, dim)``, float32."""
        found = self._request.infer([input_ids.numpy(), attention_mask.numpy()])
        return {"last_hidden_state": torch.from_numpy(found[0])}


def _compile(transformer: nn.Module, dtype: torch.dtype) -> CompiledModel:
    def hidden_states(
        input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> torch.Tensor:
        found = transformer(input_ids=input_ids, attention_mask=attention_mask)
        states: torch.Tensor = found.last_hidden_state
        return states

    transformer.eval().requires_grad_(False)
    tokens = torch.ones((2, 8), dtype=torch.int64)
    with warnings.catch_warnings(), torch.inference_mode():
        # Tracing warns of what it takes for constant, and is, and of its own old age;
        # the converter knows no other way of a dynamic shape.
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(  # type: ignore[no-untyped-call]
            hidden_states, (tokens, tokens), check_trace=False
        )
    # Kept by name until all is converted: the converter does not keep it itself.
    decoder = TorchScriptPythonDecoder(traced)
    frontend = FrontEndManager().load_by_framework("pytorch")
    model = frontend.convert(frontend.load(decoder))
    return Core().compile_model(
        model,
        "CPU",
        {
            "INFERENCE_PRECISION_HINT": "bf16" if dtype == torch.bfloat16 else "f32",
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
            "NUM_STREAMS": 1,
            # Else two processes may be kept to one core.
            "ENABLE_CPU_PINNING": False,
        },
    )
