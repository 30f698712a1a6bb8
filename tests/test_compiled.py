from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from index.models.embedder import DEFAULT_EMBEDDER
from index.models.precision import Precision
from index.models.sentence_embedder import SentenceEmbedder
from index.models.sources import resolve_model

TEXTS = ["Where?", "The ministers met in Baghdad. " * 30, "", "e\u0301 😀 北京"]


@pytest.fixture(scope="module")
def plain() -> SentenceTransformer:
    location = resolve_model(DEFAULT_EMBEDDER).location
    return SentenceTransformer(location, device="cpu", local_files_only=True)


@pytest.mark.parametrize(
    ("precision", "least"), [("float32", 0.999_999), ("bfloat16", 0.999)]
)
def test_the_compiled_model_gives_the_vectors_of_the_plain_one(
    plain: SentenceTransformer, precision: Precision, least: float
) -> None:
    embedder = SentenceEmbedder.load(DEFAULT_EMBEDDER, precision)
    wanted = plain.encode(TEXTS, normalize_embeddings=True)
    assert (np.sum(embedder.embed_passages(TEXTS) * wanted, axis=1) > least).all()
    for text, vector in zip(TEXTS, wanted, strict=True):
        assert float(embedder.embed_query(text) @ vector) > least


def test_nobody_is_told_that_a_model_is_used(tmp_path: Path) -> None:
    """OpenVINO reports to its makers, and notes it in the home directory."""
    code = "import index.models.compiled, sys; print(sys.modules['openvino_telemetry'])"
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "None"
    assert not list(tmp_path.iterdir())
