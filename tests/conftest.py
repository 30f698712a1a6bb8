"""Fixtures that many tests share: the real models and an index of the real article."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.build import build_index
from index.documents import PACKAGED_CORPUS, Document, read_documents
from index.embedder import DEFAULT_EMBEDDER, SentenceEmbedder
from index.passages import Splitting
from qa.pipeline import Pipeline, load_pipeline
from qa.settings import Settings


@pytest.fixture(scope="session")
def article() -> Document:
    (document,) = read_documents(PACKAGED_CORPUS)
    return document


@pytest.fixture(scope="session")
def embedder() -> SentenceEmbedder:
    return SentenceEmbedder.load(DEFAULT_EMBEDDER)


@pytest.fixture(scope="session")
def index_dir(
    tmp_path_factory: pytest.TempPathFactory, embedder: SentenceEmbedder
) -> Path:
    """An index of the packaged article; not to be changed."""
    root = tmp_path_factory.mktemp("article") / "index"
    build_index(read_documents(PACKAGED_CORPUS), root, embedder, Splitting())
    return root


@pytest.fixture(scope="session")
def pipeline(index_dir: Path) -> Pipeline:
    return load_pipeline(Settings(index_dir=index_dir))
