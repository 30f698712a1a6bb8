from __future__ import annotations

import pytest

from index.documents import Document
from qa.evaluation.answers import embed_collection
from qa.evaluation.collection import CollectionQuestion
from qa.evaluation.ranking import Reranker, rank_documents, ranking_figures
from tests.fakes import FakeEmbedder, FakeReader

DOCUMENTS = [
    Document("bridge", "The bridge opened in May. " * 60, "Bridge"),
    Document("cake", "Ministers ate cake in Baghdad.", "Cake"),
    Document("dam", "The dam broke on Monday.", "Dam"),
]


def ask(text: str, *relevant: str) -> CollectionQuestion:
    return CollectionQuestion(text, (), frozenset(relevant))


def test_every_way_ranks_each_document_once() -> None:
    snapshot = embed_collection(DOCUMENTS, FakeEmbedder())
    questions = [ask("Who ate cake?", "cake"), ask("When did the dam break?", "dam")]
    found = rank_documents(questions, snapshot, FakeEmbedder())
    assert list(found) == ["dense", "bm25", "rrf", "hybrid"]
    for rankings in found.values():
        assert [ranked[0] for ranked in rankings] == ["cake", "dam"]
        for ranked in rankings:
            assert len(ranked) == len(set(ranked))


def test_a_reader_puts_what_it_answers_from_first() -> None:
    snapshot = embed_collection(DOCUMENTS, FakeEmbedder())
    reranker = Reranker(FakeReader({"dam broke": 3.0}), depth=len(snapshot))
    questions = [ask("Who ate cake in Baghdad?", "dam")]
    found = rank_documents(questions, snapshot, FakeEmbedder(), reranker=reranker)
    assert found["hybrid"][0][0] == "cake"
    assert found["reranked"][0][0] == "dam"
    none = Reranker(FakeReader({"dam broke": 3.0}), depth=1)
    found = rank_documents(questions, snapshot, FakeEmbedder(), reranker=none)
    assert found["reranked"] == found["hybrid"]


def test_passages_are_embedded_after_their_opening_to_compare() -> None:
    query = FakeEmbedder().embed_query("bridge")
    for words, is_like in ((0, False), (1, True)):
        document = Document("a", "Bridge. " + "Ministers ate the cake. " * 60, "")
        snapshot = embed_collection([document], FakeEmbedder(), opening_words=words)
        last = snapshot.vectors([len(snapshot) - 1])[0]
        assert (float(last @ query) > 0) == is_like


def test_figures_are_means_in_percent() -> None:
    questions = [ask("?", "a"), ask("?", "a", "b")]
    figures = ranking_figures(questions, [["a", "b"], ["x", "b"]])
    assert figures["hit@5"] == 100
    assert figures["recall@1"] == 50
    assert figures["recall@5"] == pytest.approx(75)
    assert figures["MRR@10"] == pytest.approx(75)
