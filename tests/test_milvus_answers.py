"""The real models give the same answers, whichever home their index has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from index.build import build_index
from index.documents import Document
from index.models.sentence_embedder import SentenceEmbedder
from index.passages import Splitting
from qa.answers import Answer
from qa.loading import load_pipeline
from tests.homes import serving
from tests.milvus_servers import lite, real
from tests.test_end_to_end import ANSWERABLE, UNANSWERABLE


@pytest.fixture(params=["lite", pytest.param("real", marks=pytest.mark.real_milvus)])
def in_milvus(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    article: Document,
    embedder: SentenceEmbedder,
) -> Iterator[str]:
    """The address of an index of the packaged article."""
    made = {"lite": lite, "real": real}[request.param]
    with serving(made(tmp_path)) as server:
        address = server.address("article")
        build_index([article], address, embedder, Splitting())
        yield address


def shown(answer: Answer) -> dict[str, object]:
    """Return all of an answer but what differs from one time to the next."""
    record = asdict(answer)
    del record["timings_ms"], record["index_version"]
    return record


def test_an_index_in_milvus_gives_the_same_spans(
    index_dir: Path, in_milvus: str
) -> None:
    # The small reader: what it reads is what the home decides.
    folder = load_pipeline(index_dir, reader="fast")
    milvus = load_pipeline(in_milvus, reader="fast")
    for question in [question for question, _ in ANSWERABLE] + UNANSWERABLE:
        expected, found = folder.answer(question), milvus.answer(question)
        assert found.confidence == pytest.approx(expected.confidence, abs=0.01)
        assert found.citations == expected.citations
        assert found.nearest_passages == expected.nearest_passages
        assert (found.kind, found.text) == (expected.kind, expected.text)
