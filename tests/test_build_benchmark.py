from __future__ import annotations

import pytest

from index.documents import Document
from qa.evaluation import build_benchmark
from qa.evaluation.build_benchmark import measure_build, measure_kinds
from qa.evaluation.collection import Collection, CollectionQuestion
from tests.fakes import FakeEmbedder


@pytest.fixture
def collection() -> Collection:
    documents = tuple(
        Document(str(n), f"Article {n} tells of bridge number {n}.", str(n))
        for n in range(30)
    )
    questions = tuple(
        CollectionQuestion(f"Which bridge is {n}?", (), frozenset()) for n in range(5)
    )
    return Collection(documents, questions)


def test_every_size_and_both_builds_are_measured(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_benchmark, "_ROUNDS", 1)
    lines = list(
        measure_build(
            collection,
            FakeEmbedder(),
            FakeEmbedder().embed_passages,
            sizes=[10, 70],
            articles=20,
        )
    )
    assert "plain" in lines[0]
    assert [line.split()[0] for line in lines[3:5]] == ["10", "70"]
    assert "10 of 20 articles changed" in lines[6]
    assert lines[7].startswith("times faster")


def test_every_kind_is_searched_at_every_size(collection: Collection) -> None:
    done: list[int] = []
    lines = list(
        measure_kinds(
            collection,
            FakeEmbedder(),
            kinds=["Flat", "SQ8"],
            sizes=[10, 70],
            report=done.append,
        )
    )
    assert sum(done) == 30
    assert [line.split()[0] for line in lines] == ["10", "10", "70", "70"]
    for line, kind in zip(lines, ["Flat", "SQ8"] * 2, strict=True):
        assert f"{kind} (recall@10 " in line
