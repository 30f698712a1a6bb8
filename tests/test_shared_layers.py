from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from index.models.layers import checksum, encoder_weights, shared_weights
from qa.conversation.layers import Layers, ResolverError
from qa.conversation.resolver import DEFAULT_RESOLVER
from qa.conversation.tagger import CompiledTagger
from qa.reading.catalogue import PACKAGED_READERS

READER = PACKAGED_READERS["accurate"]


def test_the_resolver_shares_its_lowest_layers_with_the_reader() -> None:
    layers = Layers.read(DEFAULT_RESOLVER)
    assert layers.model.samefile(READER)
    assert checksum(shared_weights(READER, layers.shared)) == layers.sha256
    reader, found = encoder_weights(READER), layers.weights(DEFAULT_RESOLVER)
    lowest = {f"encoder.layer.{layer}" for layer in range(layers.shared)}
    shared = {n for n in reader if ".".join(n.split(".")[:3]) in lowest}
    shared |= {n for n in reader if not n.startswith("encoder.layer.")}
    assert len(shared) > 20 * layers.shared
    assert all(np.array_equal(found[name], reader[name]) for name in shared)


def test_the_resolver_carries_no_layer_that_it_shares() -> None:
    layers = Layers.read(DEFAULT_RESOLVER)
    own = load_file(DEFAULT_RESOLVER / "model.safetensors")
    numbers = {int(n.split(".")[2]) for n in own if n.startswith("encoder.layer.")}
    assert numbers == set(range(layers.shared, layers.shared + layers.own))
    assert {n for n in own if not n.startswith("encoder.layer.")} == {
        "classifier.weight",
        "classifier.bias",
    }


def other_reader(tmp_path: Path, name: str) -> Path:
    """Return a copy of the reader with one weight changed."""
    folder = tmp_path / "reader"
    shutil.copytree(READER, folder)
    for path in folder.glob("model*.safetensors"):
        weights = load_file(path)
        if name in weights:
            weights[name] = weights[name] + np.ones_like(weights[name])
            save_file(weights, path)
            return folder
    raise AssertionError(name)


def resolver_on(reader: Path, tmp_path: Path) -> Path:
    """Return a copy of the resolver that says it is of another reader."""
    folder = tmp_path / "resolver"
    shutil.copytree(DEFAULT_RESOLVER, folder)
    record = json.loads((folder / "layers.json").read_text(encoding="utf-8"))
    record["shared_with"] = str(reader)
    (folder / "layers.json").write_text(json.dumps(record), encoding="utf-8")
    return folder


def test_a_reader_with_other_lowest_layers_is_refused(tmp_path: Path) -> None:
    reader = other_reader(tmp_path, "mpnet.encoder.layer.0.attention.attn.q.bias")
    folder = resolver_on(reader, tmp_path)
    with pytest.raises(
        ResolverError, match=r"another model .*train the resolver again"
    ):
        CompiledTagger(folder)


def test_a_reader_trained_further_above_them_is_as_good(tmp_path: Path) -> None:
    reader = other_reader(tmp_path, "mpnet.encoder.layer.11.attention.attn.q.bias")
    tagger = CompiledTagger(resolver_on(reader, tmp_path))
    assert tagger.logits([0, 2054, 2, 7, 2044, 2]).shape == (6, 2)


def test_a_damaged_record_of_layers_is_named(tmp_path: Path) -> None:
    (tmp_path / "layers.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ResolverError, match=r"layers\.json"):
        CompiledTagger(tmp_path)
