from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import (
    BertConfig,
    BertModel,
    MPNetConfig,
    MPNetModel,
    PretrainedConfig,
    PreTrainedModel,
    RobertaConfig,
    RobertaModel,
)

from index.models.compiled import CompiledEncoder
from index.models.graph import quantise_rows
from index.models.precision import Precision
from index.models.sources import ModelNotFoundError

SIZE: dict[str, Any] = {
    "vocab_size": 120,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
}
FAMILIES: dict[str, tuple[type[PreTrainedModel], PretrainedConfig]] = {
    "bert": (BertModel, BertConfig(**SIZE)),
    "roberta": (RobertaModel, RobertaConfig(**SIZE, max_position_embeddings=514)),
    "mpnet": (MPNetModel, MPNetConfig(**SIZE, max_position_embeddings=514)),
}


def tokens(model: PreTrainedModel) -> tuple[torch.Tensor, torch.Tensor]:
    ids = torch.randint(5, 120, (3, 200))
    mask = torch.ones_like(ids)
    mask[1, 150:] = 0
    ids[1, 150:] = model.config.pad_token_id
    return ids, mask


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("precision", "error"), [("float32", 1e-4), ("int8", 0.15)])
def test_a_graph_gives_the_states_that_transformers_gives(
    family: str, precision: Precision, error: float, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    kind, config = FAMILIES[family]
    model = kind(config)
    for name, weight in model.named_parameters():
        # As far from zero as in a trained model, positions among them.
        if weight.dim() == 2:
            torch.nn.init.normal_(weight, std=0.3 if "embed" in name else 0.1)
    model.save_pretrained(tmp_path)
    model.train(mode=False)
    ids, mask = tokens(model)
    with torch.inference_mode():
        wanted = model(input_ids=ids, attention_mask=mask)[0].numpy()
    encoder = CompiledEncoder.load(tmp_path, precision)
    found = encoder.encode(ids.numpy(), mask.numpy())
    attended = mask.numpy().astype(bool)
    assert np.abs(found - wanted)[attended].mean() < error / 2
    assert np.abs(found - wanted)[attended].max() < error * 4


def test_the_type_of_a_token_counts(tmp_path: Path) -> None:
    model = BertModel(BertConfig(**SIZE))
    torch.nn.init.normal_(model.embeddings.token_type_embeddings.weight, std=1.0)
    model.save_pretrained(tmp_path)
    model.train(mode=False)
    ids, mask = tokens(model)
    types = torch.zeros_like(ids)
    types[:, 20:] = 1
    with torch.inference_mode():
        wanted = model(input_ids=ids, attention_mask=mask, token_type_ids=types)[0]
    encoder = CompiledEncoder.load(tmp_path, "float32")
    found = encoder.encode(ids.numpy(), mask.numpy(), types.numpy())
    assert np.abs(found - wanted.numpy())[mask.numpy().astype(bool)].max() < 1e-3


@pytest.mark.parametrize("length", [1, 97, 100])
def test_a_text_may_be_as_long_as_the_model_has_positions(
    length: int, tmp_path: Path
) -> None:
    BertModel(BertConfig(**SIZE, max_position_embeddings=100)).save_pretrained(tmp_path)
    ids = np.full((2, length), 7, dtype=np.int64)
    found = CompiledEncoder.load(tmp_path, "float32").encode(ids, np.ones_like(ids))
    assert found.shape == (2, length, SIZE["hidden_size"])


_MANY_LENGTHS = """
import re
import numpy as np
from pathlib import Path
from index.models.compiled import CompiledEncoder
from qa.answering.evidence import DEFAULT_EVIDENCE

def held():
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmRSS:\\s+(\\d+)", status)[1]) // 1000

encoder = CompiledEncoder.load(DEFAULT_EVIDENCE, "int8")
def encode(length):
    ids = np.full((1, length), 7, dtype=np.int64)
    encoder.encode(ids, np.ones_like(ids))

encode(320)
before = held()
for length in range(20, 320, 3):
    encode(length)
print(held() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the memory held")
def test_texts_of_many_lengths_take_little_more_memory() -> None:
    command = [sys.executable, "-c", _MANY_LENGTHS]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(found.stdout) < 60


def test_a_quantised_row_is_off_by_half_a_step_at_most() -> None:
    weight = np.random.default_rng(0).normal(size=(8, 64)).astype(np.float32)
    weight[3] = 0.0
    rows, scale = quantise_rows(weight)
    assert np.abs(rows * scale - weight).max() <= scale.max() / 2 + 1e-6
    assert np.abs(rows).max() == 127


def test_a_family_that_is_not_known_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "t5"}', encoding="utf-8")
    BertModel(BertConfig(**SIZE)).save_pretrained(tmp_path / "other")
    weights = (tmp_path / "other" / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(weights)
    with pytest.raises(ModelNotFoundError, match=r"t5.*take an encoder of bert"):
        CompiledEncoder.load(tmp_path)


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    BertModel(BertConfig(**SIZE)).save_pretrained(tmp_path)
    path = tmp_path / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelNotFoundError, match="cannot read"):
        CompiledEncoder.load(tmp_path)


def test_threads_may_share_an_encoder(tmp_path: Path) -> None:
    torch.manual_seed(0)
    BertModel(BertConfig(**SIZE)).save_pretrained(tmp_path)
    encoder = CompiledEncoder.load(tmp_path, "int8")
    texts = [np.full((4, 60), each, dtype=np.int64) for each in range(5, 45)]
    mask = np.ones_like(texts[0])
    wanted = [encoder.encode(ids, mask) for ids in texts]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda ids: encoder.encode(ids, mask), texts))
    for one, other in zip(wanted, found, strict=True):
        assert np.array_equal(one, other)
