from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.models.embedder import DEFAULT_EMBEDDER
from index.models.sentence_embedder import SentenceEmbedder
from index.models.sources import ModelNotFoundError, resolve_model

TEXTS = [
    "The ministers met in Baghdad to discuss security.",
    "A cake needs flour, sugar and eggs.",
    "Short.",
    "Officials of the two countries held talks on border protection. " * 8,
    "",
    "北京 😀 \u200f e\u0301",
]


def test_the_default_weights_are_the_published_ones() -> None:
    path = Path(resolve_model(DEFAULT_EMBEDDER).location) / "model.safetensors"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == (
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    )


def test_vectors_are_float32_of_unit_length(embedder: SentenceEmbedder) -> None:
    vectors = embedder.embed_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dim) == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_vectors_keep_the_order_of_the_texts(embedder: SentenceEmbedder) -> None:
    vectors = embedder.embed_passages(TEXTS)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert float(vector @ embedder.embed_query(text)) > 0.99


def test_no_texts_give_no_vectors(embedder: SentenceEmbedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dim)


def test_progress_counts_each_text_once(embedder: SentenceEmbedder) -> None:
    counts: list[int] = []
    embedder.embed_passages(["Text."] * 20, counts.append)
    assert sum(counts) == 20
    assert len(counts) > 1


def test_what_is_alike_is_nearer_than_what_is_not(embedder: SentenceEmbedder) -> None:
    question = embedder.embed_query("Where did the ministers meet?")
    alike, other = embedder.embed_passages(TEXTS[:2])
    assert float(question @ alike) > float(question @ other) + 0.2


def test_tokens_are_counted_without_special_ones(embedder: SentenceEmbedder) -> None:
    assert embedder.count_tokens("") == 0
    assert embedder.count_tokens("The cat sat.") == 4
    assert embedder.count_tokens("word " * 1000) == 1000


def test_the_longest_text_is_embedded_to_its_last_word(
    embedder: SentenceEmbedder,
) -> None:
    most = embedder.max_tokens
    one, other = embedder.embed_passages(
        ["word " * (most - 1) + "Baghdad", "word " * (most - 1) + "cake"]
    )
    assert np.abs(one - other).max() > 1e-3


def test_a_text_that_would_be_cut_is_refused(embedder: SentenceEmbedder) -> None:
    with pytest.raises(ValueError, match=f"has {embedder.max_tokens + 1} word pieces"):
        embedder.embed_passages(["Short.", "word " * (embedder.max_tokens + 1)])


def test_a_long_query_is_cut_and_not_refused(embedder: SentenceEmbedder) -> None:
    assert embedder.embed_query("word " * 1000).shape == (embedder.dim,)


def test_threads_get_what_one_thread_gets(embedder: SentenceEmbedder) -> None:
    alone = {text: embedder.embed_query(text) for text in TEXTS}
    counts = {text: embedder.count_tokens(text) for text in TEXTS}
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(embedder.embed_query, TEXTS * 4))
        counted = list(pool.map(embedder.count_tokens, TEXTS * 4))
    for text, vector, count in zip(TEXTS * 4, together, counted, strict=True):
        assert np.array_equal(vector, alone[text])
        assert count == counts[text]


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelNotFoundError, match="cannot load the embedder"):
        SentenceEmbedder.load(str(tmp_path))
