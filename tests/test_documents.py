from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from index import documents
from index.documents import (
    PACKAGED_CORPUS,
    Document,
    DocumentError,
    read_documents,
)
from tests.fakes import HOSTILE_TEXTS


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_a_files_text_is_kept_verbatim(tmp_path: Path, text: str) -> None:
    path = tmp_path / "article.txt"
    path.write_bytes(text.encode("utf-8"))
    (document,) = read_documents(path)
    assert document.text == text
    assert document.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_bytes(b"\xef\xbb\xbfText.")
    assert [document.text for document in read_documents(path)] == ["Text."]


def test_a_file_is_named_and_titled_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "iraq-somalia_talks.txt"
    path.write_text("Text.", encoding="utf-8")
    assert list(read_documents(path)) == [
        Document("iraq-somalia_talks", "Text.", "Iraq somalia talks")
    ]


def test_a_folder_is_read_in_the_order_of_its_paths(tmp_path: Path) -> None:
    for name in ["b.txt", "a.txt", "sub/a.txt", "notes.md"]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name, encoding="utf-8")
    assert [document.doc_id for document in read_documents(tmp_path)] == [
        "a",
        "b",
        "sub/a",
    ]


def test_the_packaged_article_is_read() -> None:
    (document,) = read_documents(PACKAGED_CORPUS)
    assert "Al-Shammari" in document.text


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"nowhere\.txt"):
        list(read_documents(tmp_path / "nowhere.txt"))


def test_an_empty_folder_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="name a file or a folder"):
        list(read_documents(tmp_path))


def test_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "article.docx"
    path.write_bytes(b"PK")
    with pytest.raises(DocumentError, match=r"only \.txt"):
        list(read_documents(path))


def test_bytes_that_are_not_utf8_are_refused_by_file(tmp_path: Path) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes("café".encode("latin-1"))
    with pytest.raises(DocumentError, match=r"latin\.txt is not UTF-8.*convert it"):
        list(read_documents(path))


def test_a_file_too_large_to_be_an_article_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MAX_FILE_BYTES", 10)
    path = tmp_path / "book.txt"
    path.write_text("0123456789A", encoding="utf-8")
    with pytest.raises(DocumentError, match="larger than 10 bytes; split it"):
        list(read_documents(path))
    path.write_text("0123456789", encoding="utf-8")
    assert len(list(read_documents(path))) == 1


def test_a_title_is_never_empty(tmp_path: Path) -> None:
    path = tmp_path / "---.txt"
    path.write_text("Text.", encoding="utf-8")
    assert [document.title for document in read_documents(path)] == ["---"]
