from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from index.documents import Document
from index.intake.added import AddedFiles
from index.intake.worker import MAX_WAITING, Intake
from scripts.serve import main
from tests.fakes_intake import FakeBuilder
from tests.fakes_pdf import make_pdf
from tests.fakes_web import FakeAnswerer, problem_of
from web import create_app
from web.editing import MAX_UPLOAD_BYTES
from web.settings import Settings

OTHER = Document("2024/bridge", "Maria Keller opened the bridge.", "Bridge")


@pytest.fixture
def builder() -> FakeBuilder:
    return FakeBuilder(OTHER)


@pytest.fixture
def intake(tmp_path: Path, builder: FakeBuilder) -> Intake:
    return Intake(AddedFiles(tmp_path / "added"), builder)


@pytest.fixture
def client(intake: Intake) -> Iterator[FlaskClient]:
    settings = Settings.defaults().model_copy(update={"added_dir": intake.added.root})
    app = create_app(FakeAnswerer([OTHER]), settings=settings, intake=intake)
    with app.test_client() as client:
        yield client


def bring(client: FlaskClient, *files: tuple[str, bytes]) -> dict[str, Any]:
    response = client.post(
        "/api/documents",
        data={"files": [(io.BytesIO(data), name) for name, data in files]},
    )
    assert response.status_code == 202, response.text
    build: dict[str, Any] = response.get_json()
    return build


def outcome(client: FlaskClient, build: dict[str, Any]) -> list[dict[str, Any]]:
    progress: dict[str, Any] = {"is_over": False}
    # A stream ends after a while, and only so many are open at once.
    while not progress["is_over"]:
        with client.get(f"/api/builds/{build['id']}") as response:
            assert response.content_type == "text/event-stream"
            told = response.get_data(as_text=True)
        *_, last = told.strip().split("\n\n")
        name, data = last.split("\n")
        assert name == "event: progress"
        progress = json.loads(data.removeprefix("data: "))
    files: list[dict[str, Any]] = progress["files"]
    return files


def test_a_file_is_taken_and_its_way_is_told(
    client: FlaskClient, builder: FakeBuilder
) -> None:
    (file,) = outcome(client, bring(client, ("Trade talks.txt", b"They talked.")))
    assert file["state"] == "live"
    assert file["document_ids"] == ["added:Trade talks.txt"]
    assert builder.live["added:Trade talks.txt"].text == "They talked."


def test_a_disk_that_takes_nothing_is_told_without_its_folder(
    client: FlaskClient, intake: Intake
) -> None:
    """Whoever brings it may bring it again later."""
    intake.added.root.write_bytes(b"a file where the folder should be")
    response = client.post(
        "/api/documents", data={"files": [(io.BytesIO(b"text"), "a.txt")]}
    )
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert str(intake.added.root) not in response.text


def test_what_is_no_article_is_told_in_words(
    client: FlaskClient, builder: FakeBuilder, tmp_path: Path
) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * 60_000_000)
    files = outcome(
        client,
        bring(
            client,
            ("bomb.docx", bomb.getvalue()),
            ("scan.pdf", b"%PDF-1.7 nothing"),
            ("../../evil.html", b"<script>alert(1)</script><p>Some text is here.</p>"),
        ),
    )
    states = {each["name"]: each["state"] for each in files}
    assert states.pop("evil.html") in ("live", "failed")
    assert set(states.values()) == {"failed"}
    for each in files:
        assert str(tmp_path) not in (each["error"] or "")
        assert each["state"] == "live" or each["error"]
    assert not (tmp_path.parent / "evil.html").exists()
    assert all("<script" not in each.text for each in builder.live.values())


def test_files_of_other_kinds_and_sizes_are_refused(
    client: FlaskClient, intake: Intake
) -> None:
    for name, status in (("a.exe", 422), ("", 422)):
        refused = client.post(
            "/api/documents", data={"files": [(io.BytesIO(b"x"), name)]}
        )
        problem_of(refused, status)
    problem_of(client.post("/api/documents", data={}), 422)
    response = client.post(
        "/api/documents",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(MAX_UPLOAD_BYTES + 1)},
    )
    assert "at most" in problem_of(response, 413)["detail"]
    assert intake.added.names() == []


def test_fifty_files_at_once_are_taken_and_more_must_wait(
    client: FlaskClient, builder: FakeBuilder
) -> None:
    builder.may_build.clear()
    many = [(f"{n}.txt", b"Text %d." % n) for n in range(50)]
    builds = [bring(client, *many), bring(client, ("last.txt", b"Last."))]
    refused = client.post(
        "/api/documents",
        data={
            "files": [(io.BytesIO(b"%d" % n), f"x{n}.txt") for n in range(MAX_WAITING)]
        },
    )
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    builder.may_build.set()
    for build in builds:
        assert all(each["state"] == "live" for each in outcome(client, build))
    assert len(builder.live) == 52


def test_a_document_is_renamed_removed_and_taken_back(
    client: FlaskClient, builder: FakeBuilder
) -> None:
    outcome(client, bring(client, ("a.txt", b"One.")))
    path = "/api/documents/2024/bridge"
    renamed = client.patch(path, json={"title": " A bridge "})
    outcome(client, renamed.get_json())
    assert builder.live[OTHER.doc_id].title == "A bridge"
    outcome(client, client.delete(path).get_json())
    assert OTHER.doc_id not in builder.live
    outcome(client, client.patch(path, json={"is_removed": False}).get_json())
    assert OTHER.doc_id in builder.live
    problem_of(client.patch(path, json={"is_removed": False}), 404)
    problem_of(client.patch(path, json={}), 422)
    problem_of(client.patch(path, json={"title": ""}), 422)
    problem_of(client.delete("/api/documents/none"), 404)
    problem_of(client.get("/api/builds/none"), 404)


def test_a_page_of_another_site_cannot_bring_anything(
    client: FlaskClient, intake: Intake
) -> None:
    response = client.post(
        "/api/documents",
        data={"files": [(io.BytesIO(b"Lies."), "lies.txt")]},
        headers={"Origin": "https://evil.example"},
    )
    problem_of(response, 403)
    assert intake.added.names() == []


def brought(client: FlaskClient, builder: FakeBuilder, name: str, data: bytes) -> str:
    outcome(client, bring(client, (name, data)))
    answerer: FakeAnswerer = client.application.extensions["answerer"]
    doc_id = next(each for each in builder.live if each.startswith("added:"))
    answerer.replace(builder.live[doc_id])
    return f"/api/originals/{doc_id}"


def test_a_brought_pdf_is_shown_as_it_came(
    client: FlaskClient, builder: FakeBuilder
) -> None:
    data = make_pdf([["Two ministers talked about their trade."]])
    path = brought(client, builder, "Talks.pdf", data)
    with client.get(path) as shown:
        assert shown.data == data
    assert shown.content_type == "application/pdf"
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Security-Policy"] == "sandbox"


def test_a_brought_web_page_is_saved_and_never_run(
    client: FlaskClient, builder: FakeBuilder
) -> None:
    data = b"<script>alert(1)</script><p>Two ministers talked about their trade.</p>"
    path = brought(client, builder, "Talks.html", data)
    with client.get(path) as shown:
        assert shown.data == data
    assert shown.content_type == "application/octet-stream"
    assert shown.headers["Content-Disposition"].startswith("attachment")
    assert shown.headers["Content-Security-Policy"] == "sandbox"


def test_no_other_file_is_an_original(
    client: FlaskClient, builder: FakeBuilder, intake: Intake, tmp_path: Path
) -> None:
    brought(client, builder, "lines.jsonl", b'{"id": "7", "text": "One."}')
    (tmp_path / "secret.txt").write_text("secret")
    intake.added.rename(OTHER.doc_id, "A bridge")
    (intake.added.root / "unread.txt").write_text("Not live yet.")
    for doc_id in (
        OTHER.doc_id,
        "added:lines.jsonl",
        "added:lines.jsonl/7",
        "added:unread.txt",
        "added:.edits.json",
        "added:../secret.txt",
        "added:..%2fsecret.txt",
        f"added:{tmp_path}/secret.txt",
    ):
        problem_of(client.get(f"/api/originals/{doc_id}"), 404)


def test_without_intake_nothing_is_taken() -> None:
    client = create_app(FakeAnswerer([OTHER])).test_client()
    problem_of(client.post("/api/documents", data={}), 405)
    problem_of(client.delete("/api/documents/2024/bridge"), 405)
    assert "data-adding" not in client.get("/").text
    assert "--editable" in client.get("/").text


def test_the_page_offers_to_bring_articles(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "data-adding" in page
    assert "PDF" in page


def test_nobody_on_the_network_may_edit_without_a_key(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--editable", "--host", "0.0.0.0", "--check"]) == 2
    assert "QA_API_KEYS" in capsys.readouterr().err
