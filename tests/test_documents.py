from __future__ import annotations

import hashlib
import inspect
import io
import json
import os
import pickle
import sys
import time
import zipfile
from dataclasses import asdict
from pathlib import Path

import pytest

from index import documents
from index.documents import PACKAGED_CORPUS, Document, read_documents
from index.folders import DocumentError, find_files
from index.formats.base import Findings
from index.work.executor import Budget
from index.work.processes import LocalProcesses
from tests.fakes import HOSTILE_TEXTS
from tests.fakes_pdf import make_pdf
from tests.test_docx import make_docx
from tests.web_pages import PAGES, TITLE


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
        Document("iraq-somalia_talks", "Text.", "Iraq Somalia Talks")
    ]


def test_a_folder_is_read_in_the_order_of_its_paths(tmp_path: Path) -> None:
    for name in ["b.txt", "a.txt", "sub/a.txt", "picture.jpg", ".hidden.txt"]:
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
    path = tmp_path / "picture.jpg"
    path.write_bytes(b"JFIF")
    with pytest.raises(DocumentError, match=r"only \.txt"):
        list(read_documents(path))


def test_the_encoding_that_was_guessed_is_told(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes("Le café coûte 3 €.".encode("cp1252"))
    (tmp_path / "wide.txt").write_bytes("Plain words.".encode("utf-16-le"))
    (tmp_path / "plain.txt").write_bytes("Le café.".encode())
    told: dict[str, str | None] = {}

    def tell(file: str, findings: Findings) -> None:
        told[Path(file).name] = findings.encoding

    found = {d.doc_id: d.text for d in read_documents(tmp_path, tell=tell)}
    assert found["latin"] == "Le café coûte 3 €."
    assert found["wide"] == "Plain words."
    assert told == {
        "latin.txt": "windows-1252",
        "wide.txt": "utf-16-le",
        "plain.txt": None,
    }


def test_bytes_that_are_no_text_are_refused_by_file(tmp_path: Path) -> None:
    path = tmp_path / "picture.txt"
    path.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01")
    with pytest.raises(DocumentError, match=r"picture\.txt is no text"):
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


def read_all(path: Path) -> tuple[list[Document], list[str]]:
    """Return the documents that can be read, and why the others cannot."""
    refused: list[DocumentError] = []
    found = list(read_documents(path, refused.append))
    return found, [str(error) for error in refused]


def test_every_format_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Plain text.", encoding="utf-8")
    (tmp_path / "b.md").write_text("# Marked\n\nText.", encoding="utf-8")
    (tmp_path / "c.HTML").write_text(PAGES["semantic"], encoding="utf-8")
    (tmp_path / "d.pdf").write_bytes(make_pdf([["One page."], ["Another."]]))
    (tmp_path / "e.docx").write_bytes(make_docx())
    lines = [{"id": "x", "title": "T", "text": "One.", "url": "http://x.y/", "more": 1}]
    (tmp_path / "f.jsonl").write_text(
        "\n".join(map(json.dumps, [*lines, {"text": "2"}]))
    )
    found, refused = read_all(tmp_path)
    assert refused == []
    assert [d.doc_id for d in found] == ["a", "b", "c", "d", "e", "x", "f/2"]
    assert [d.title for d in found][1:3] == ["Marked", TITLE]
    assert found[5] == Document("x", "One.", "T", "http://x.y/")
    assert [d.page_at(0) for d in found] == [None, None, None, 1, None, None, None]


def test_what_cannot_be_read_is_named_and_skips_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Good.", encoding="utf-8")
    (tmp_path / "a-binary.txt").write_bytes(b"\xff\xd8\x01\x02JF")
    (tmp_path / "b-empty.md").write_text(" \n", encoding="utf-8")
    (tmp_path / "c-broken.pdf").write_bytes(b"%PDF-1.4 broken")
    (tmp_path / "d-broken.docx").write_bytes(b"PK")
    (tmp_path / "e-lines.jsonl").write_text(
        '{"text": "Good too."}\nno json\n{"text": 1}\n[]\n{"text": "x", "id": []}\n'
        '\n{"text": "\\ud83c"}\n{"text": " "}\n{"text": "x", "url": 3}\n',
        encoding="utf-8",
    )
    (tmp_path / "f-missing.txt").symlink_to(tmp_path / "nowhere")
    found, refused = read_all(tmp_path)
    assert [d.doc_id for d in found] == ["e-lines/1", "good"]
    assert [r.partition(str(tmp_path))[2].split(" ")[0] for r in refused] == [
        "/a-binary.txt",
        "/b-empty.md",
        "/c-broken.pdf",
        "/d-broken.docx",
        *(f"/e-lines.jsonl:{line}" for line in (2, 3, 4, 5, 7, 8, 9)),
        "/f-missing.txt:",
    ]
    assert "is no text" in refused[0]
    assert "holds no text" in refused[1]
    with pytest.raises(DocumentError, match=r"a-binary\.txt"):
        list(read_documents(tmp_path))


def test_a_line_that_is_too_long_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MAX_FILE_BYTES", 40)
    path = tmp_path / "a.jsonl"
    long = json.dumps({"text": "x" * 500})
    path.write_text(f'{{"text": "1"}}\n{long}\n{{"text": "3"}}\n', encoding="utf-8")
    found, (refused,) = read_all(path)
    assert [d.doc_id for d in found] == ["a/1", "a/3"]
    assert "a.jsonl:2 is longer than 40 bytes" in refused


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    inside = tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret.txt").write_text("Secret.", encoding="utf-8")
    (inside / "own.txt").write_text("Own.", encoding="utf-8")
    (inside / "file.txt").symlink_to(outside / "secret.txt")
    (inside / "folder").symlink_to(outside)
    (inside / "same.txt").symlink_to(inside / "own.txt")
    (inside / "round").symlink_to(inside)
    found, refused = read_all(inside)
    assert [d.doc_id for d in found] == ["own", "same"]
    assert sorted(r.partition("inside/")[2].split(" ")[0] for r in refused) == [
        "file.txt",
        "folder",
    ]


def test_folders_may_be_as_deep_as_the_system_has_them(tmp_path: Path) -> None:
    refused: list[DocumentError] = []
    folder = tmp_path.joinpath(*["d"] * 300)
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("Deep.", encoding="utf-8")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 150)
    try:
        (found,) = find_files(tmp_path, [".txt"], refused.append)
    finally:
        sys.setrecursionlimit(limit)
    assert found[0] == folder / "a.txt"


def test_a_folder_that_cannot_be_listed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "lost.txt").write_text("Lost.", encoding="utf-8")
    (tmp_path / "own.txt").write_text("Own.", encoding="utf-8")
    scandir = os.scandir

    # Rights would not do: root may list every folder.
    def refuse_closed(path: str) -> object:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse_closed)
    found, refused = read_all(tmp_path)
    assert [d.doc_id for d in found] == ["own"]
    assert refused == [f"cannot read {closed}: Permission denied"]
    with pytest.raises(DocumentError, match="closed: Permission denied"):
        list(read_documents(tmp_path))


def test_links_in_a_circle_are_named(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("Own.", encoding="utf-8")
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    (tmp_path / "one.txt").symlink_to("two.txt")
    (tmp_path / "two.txt").symlink_to("one.txt")
    found, refused = read_all(tmp_path)
    assert [d.doc_id for d in found] == ["own"]
    assert [r.partition(f"{tmp_path}/")[2] for r in refused] == [
        f"{name}.txt: Too many levels of symbolic links"
        for name in ("loop", "one", "two")
    ]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert read_all(tmp_path)[1][0].endswith("pipe.txt is no regular file")


def test_a_taken_id_gets_the_ending_and_a_second_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Marked.", encoding="utf-8")
    (tmp_path / "a.txt").write_text("Plain.", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"id": "a", "text": "x"}', encoding="utf-8")
    found, refused = read_all(tmp_path)
    assert [(d.doc_id, d.text) for d in found] == [
        ("a", "Marked."),
        ("a.txt", "Plain."),
    ]
    assert "the id 'a' is taken" in refused[0]


def test_a_document_without_pages_has_no_page_numbers() -> None:
    assert Document("a", "Text.", "A").page_at(2) is None


def test_a_file_that_needs_too_much_is_named_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "EXTRACTION_BUDGET", Budget(2.0, 300_000_000))
    (tmp_path / "a.txt").write_text("Good.", encoding="utf-8")
    deep = "<div>" * 100_000 + "words " + "<b a=1 " + "x=1 " * 200_000 + ">x</b>"
    (tmp_path / "deep.html").write_text(deep, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "wide.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        source = zipfile.ZipFile(io.BytesIO(make_docx()))
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                data = data.replace(
                    b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="300000000"/>'
                )
            archive.writestr(name, data)
    (tmp_path / "z.txt").write_text("Good too.", encoding="utf-8")
    refused: list[DocumentError] = []
    started = time.monotonic()
    found = list(read_documents(tmp_path, refused.append, executor=LocalProcesses(1)))
    assert time.monotonic() - started < 20
    assert [d.doc_id for d in found] == ["a", "wide", "z"]
    assert "12" in found[1].text
    assert ["deep.html" in str(error) for error in refused] == [True]


def test_a_long_line_of_json_is_read_within_the_budget_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "EXTRACTION_BUDGET", Budget(5.0, 100_000_000))
    lists = "[[]]," * 600_000
    lines = [
        '{"id": "a", "text": "Good."}',
        f'{{"text": "x", "more": [{lists}0]}}',
        f'{{"id": "z", "text": "Good too.", "more": "{"x" * 2_000_000}"}}',
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    refused: list[DocumentError] = []
    found = list(read_documents(tmp_path, refused.append, executor=LocalProcesses(1)))
    assert [d.doc_id for d in found] == ["a", "z"]
    (reason,) = map(str, refused)
    assert "a.jsonl:2 needs more than 100 MB to be read" in reason


def test_a_text_is_hashed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    document = Document("d", "Text.", "D")
    assert document.sha256 == hashlib.sha256(b"Text.").hexdigest()
    monkeypatch.setattr(hashlib, "sha256", None)
    assert document.sha256 == hashlib.new("sha256", b"Text.").hexdigest()
    assert pickle.loads(pickle.dumps(document)) == document
    assert "_sha256" not in asdict(document)


def test_titles_and_addresses_have_a_length(tmp_path: Path) -> None:
    """A title stands before each passage, and an address in each citation."""
    record = {"text": "x", "title": "t" * 5000, "url": "https://a.b/" + "c" * 5000}
    (tmp_path / "a.jsonl").write_text(json.dumps(record), encoding="utf-8")
    (tmp_path / "b.html").write_text(f"<title>{'t ' * 5000}</title><p>x</p>")
    for document in read_documents(tmp_path):
        assert len(document.title) == 300
        assert document.url is None


@pytest.mark.parametrize(
    ("title", "published", "year"),
    [
        ("Tarn report 2023", "2024-03-01", "2023"),
        ("Tarn report", "2024-03-01", "2024"),
        ("Tarn 2022-2023", None, "2023"),
        ("Tarn report 12023", None, ""),
        ("Tarn report", None, ""),
    ],
)
def test_the_year_of_an_article_is_that_of_its_title_or_date(
    title: str, published: str | None, year: str
) -> None:
    assert Document("d", "Text.", title, published=published).year == year
