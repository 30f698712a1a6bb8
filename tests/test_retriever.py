from __future__ import annotations

import threading
from collections.abc import Collection
from pathlib import Path

import pytest

from index.passages import evidence
from index.search.snapshot import IndexSnapshot
from index.search.vectors import Vectors
from index.store.store import IndexStore
from qa.retrieval.retriever import HybridRetriever
from tests.fakes import HOSTILE_TEXTS, FakeEmbedder, build_fake_index

TEXTS = {
    "bridge": "The bridge opened in May. It cost little.",
    "cake": "Ministers ate cake in Baghdad.",
    "dam": "The dam broke on Monday. Ministers came.",
}


def snapshot_of(root: Path, texts: dict[str, str]) -> IndexSnapshot:
    build_fake_index(root, texts)
    store = IndexStore(root)
    return store.open(store.current())


@pytest.fixture
def retriever(tmp_path: Path) -> HybridRetriever:
    return HybridRetriever(snapshot_of(tmp_path, TEXTS), FakeEmbedder())


def test_the_likest_passage_comes_first(retriever: HybridRetriever) -> None:
    found = retriever.retrieve("Which ministers ate cake?", 2)
    assert [hit.passage.doc_id for hit in found] == ["cake", "dam"]


def test_scores_are_the_cosine_similarities(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    snapshot = snapshot_of(tmp_path, TEXTS)
    for hit in HybridRetriever(snapshot, embedder).retrieve("cake", 3):
        text = evidence(snapshot.documents[hit.passage.doc_id], hit.passage)
        cosine = embedder.embed_query("cake") @ embedder.embed_query(text)
        assert hit.score == pytest.approx(cosine, abs=1e-3)


def test_only_the_wanted_documents_are_searched(retriever: HybridRetriever) -> None:
    found = retriever.retrieve("Which ministers ate cake?", 5, ["dam", "bridge"])
    assert {hit.passage.doc_id for hit in found} == {"dam", "bridge"}
    assert retriever.retrieve("cake", 5, []) == []
    assert retriever.retrieve("cake", 5, ["unknown"]) == []


class BlindEmbedder(FakeEmbedder):
    """Finds all texts alike."""

    def embed_query(self, text: str) -> Vectors:
        return super().embed_query("same")


def test_words_find_what_vectors_miss(tmp_path: Path) -> None:
    texts = {f"d{n:03}": f"Text number {n}." for n in range(150)}
    texts["z"] = "The bridge on the Tigris."
    build_fake_index(tmp_path, texts, embedder=BlindEmbedder())
    store = IndexStore(tmp_path)
    retriever = HybridRetriever(store.open(store.current()), BlindEmbedder())
    first, *_ = retriever.retrieve("Tigris", 8)
    assert first.passage.doc_id == "z"
    assert first.score == pytest.approx(1.0)


def test_words_are_looked_up_while_the_query_is_embedded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = threading.Event()

    class Waiting(FakeEmbedder):
        def embed_query(self, text: str) -> Vectors:
            assert looked_up.wait(5)
            return super().embed_query(text)

    snapshot = snapshot_of(tmp_path, TEXTS)
    matching = snapshot.matching

    def telling(
        query: str, k: int, doc_ids: Collection[str] | None = None
    ) -> list[tuple[int, float]]:
        looked_up.set()
        return matching(query, k, doc_ids)

    monkeypatch.setattr(snapshot, "matching", telling)
    (hit,) = HybridRetriever(snapshot, Waiting()).retrieve("Which cake?", 1)
    assert hit.passage.doc_id == "cake"


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_passages_are_slices_of_their_documents(tmp_path: Path, text: str) -> None:
    snapshot = snapshot_of(tmp_path, {"hostile": text})
    retriever = HybridRetriever(snapshot, FakeEmbedder())
    for query in (text[:80], "Baghdad?", "😀", ""):
        for hit in retriever.retrieve(query, 8):
            passage = hit.passage
            assert text[passage.start : passage.end] == passage.text != ""
