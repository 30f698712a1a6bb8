from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from index.documents import Document
from index.errors import IndexFormatError
from index.search.lexical import LexicalIndex
from index.search.snapshot import IndexSnapshot, PassagePlace
from index.search.vectors import FaissVectors
from tests.fakes import HOSTILE_TEXTS, FakeEmbedder

LINE_ENDS = "One\u2028two\u2029three\rfour\r\nfive\nsix\x85seven 😀 \ud83c\x00 end."


def make_snapshot(text: str = "Ministers met. They ate cake.") -> IndexSnapshot:
    documents = [
        Document("a", text, "A title 😀", "https://example.com/a", "2024-11-24"),
        Document("b", "Another text.", "B"),
    ]
    middle = len(text) // 2
    places = [
        PassagePlace("a", 0, middle),
        PassagePlace("a", middle, len(text)),
        PassagePlace("b", 0, 7),
    ]
    texts = [text[:middle], text[middle:], "Another"]
    return IndexSnapshot.from_vectors(
        documents, places, FakeEmbedder().embed_passages(texts)
    )


@pytest.mark.parametrize(
    "text", [*HOSTILE_TEXTS.values(), LINE_ENDS], ids=[*HOSTILE_TEXTS, "line ends"]
)
def test_what_is_saved_is_loaded(tmp_path: Path, text: str) -> None:
    snapshot = make_snapshot(text)
    snapshot.save(tmp_path)
    loaded = IndexSnapshot.load(tmp_path)
    assert loaded.documents == snapshot.documents
    assert list(loaded.documents) == ["a", "b"]
    assert [loaded.passage(row) for row in range(len(loaded))] == [
        snapshot.passage(row) for row in range(3)
    ]
    assert loaded.dim == snapshot.dim == 64


def test_a_passage_is_sliced_from_its_document() -> None:
    snapshot = make_snapshot()
    for row in range(len(snapshot)):
        passage = snapshot.passage(row)
        text = snapshot.documents[passage.doc_id].text
        assert passage.text == text[passage.start : passage.end]


def test_search_finds_the_most_similar_passage_first() -> None:
    snapshot = make_snapshot()
    found = snapshot.nearest(FakeEmbedder().embed_query("another"), 2)
    (row, score), (_, other) = found
    assert snapshot.passage(row).text == "Another"
    assert score == pytest.approx(1.0)
    assert score >= other


def test_passages_and_vectors_must_be_as_many() -> None:
    vectors = np.zeros((2, 4), dtype=np.float32)
    with pytest.raises(IndexFormatError, match="1 passages, but 2 vectors and 1 lists"):
        IndexSnapshot.from_vectors(
            [Document("a", "x", "A")], [PassagePlace("a", 0, 1)], vectors
        )


@pytest.mark.parametrize(
    "place",
    [
        PassagePlace("b", 0, 1),
        PassagePlace("a", 0, 5),
        PassagePlace("a", -1, 1),
        PassagePlace("a", 2, 2),
        PassagePlace("a", 2, 1),
    ],
)
def test_a_passage_outside_its_document_is_refused(place: PassagePlace) -> None:
    vectors = FaissVectors.from_vectors(np.zeros((1, 4), dtype=np.float32))
    lexical = LexicalIndex.from_texts(["text"], [0])
    with pytest.raises(IndexFormatError, match="outside its document"):
        IndexSnapshot([Document("a", "text", "A")], [place], vectors, lexical)


FILES = ["documents.jsonl", "passages.jsonl", "vectors.faiss"]


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    make_snapshot().save(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(IndexFormatError, match="cannot read the index"):
        IndexSnapshot.load(tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_in_half_is_refused(tmp_path: Path, name: str) -> None:
    make_snapshot().save(tmp_path)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: len(data) // 2])
    with pytest.raises(IndexFormatError):
        IndexSnapshot.load(tmp_path)


@pytest.mark.parametrize(
    "record",
    [
        [],
        "text",
        {},
        {"doc_id": "a"},
        {"doc_id": "a", "start": 0, "end": 1, "page": 3},
        {"doc_id": "a", "start": "0", "end": "1"},
        {"doc_id": ["a"], "start": 0, "end": 1},
    ],
)
def test_a_record_of_another_form_is_refused(tmp_path: Path, record: object) -> None:
    make_snapshot().save(tmp_path)
    path = tmp_path / "passages.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] = json.dumps(record)
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(IndexFormatError):
        IndexSnapshot.load(tmp_path)
