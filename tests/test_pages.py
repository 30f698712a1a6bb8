from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import web
from index.documents import Document
from tests.fakes_web import BRIDGE, FakeAnswerer, problem_of
from web import create_app
from web.feedback.store import FeedbackStore

STATIC = Path(web.__file__).parent / "static"


@pytest.fixture
def answerer() -> FakeAnswerer:
    return FakeAnswerer([])


@pytest.fixture
def client(answerer: FakeAnswerer) -> FlaskClient:
    return create_app(answerer).test_client()


def test_the_page_is_shown_without_asking_the_answerer() -> None:
    client = create_app(FakeAnswerer([], error=RuntimeError())).test_client()
    response = client.get("/")
    assert response.status_code == 200
    assert response.content_type == "text/html; charset=utf-8"
    assert 'data-max="500"' in response.text


def test_the_address_of_a_quote_leads_to_the_page(client: FlaskClient) -> None:
    page = client.get("/documents/2024/the%20bridge")
    assert page.status_code == 200
    assert page.text == client.get("/").text


def test_a_link_is_told_of_by_what_it_leads_to() -> None:
    client = create_app(FakeAnswerer([BRIDGE])).test_client()
    page = client.get("/documents/2024/the%20bridge").text
    assert "<title>The bridge</title>" in page
    assert '<meta property="og:title" content="The bridge">' in page
    assert 'og:description" content="The mayor came. Maria Keller' in page
    page = client.get("/?q=Who+%3Cb%3Eopened%3C%2Fb%3E+it%3F").text
    assert 'og:title" content="Who &lt;b&gt;opened&lt;/b&gt; it?"' in page


def test_a_link_into_a_long_text_costs_no_search_of_all_its_places() -> None:
    document = Document("d", "word after word " * 5_000, "T")
    client = create_app(FakeAnswerer([document])).test_client()

    def spent(query: str) -> float:
        best = float("inf")
        for _ in range(3):
            started = time.thread_time()
            assert client.get(f"/documents/d{query}").status_code == 200
            best = min(best, time.thread_time() - started)
        return best

    around = "word%20after%20" * 20
    far = f"?start=9&end=13&exact=word&prefix={around}&suffix={around}"
    assert spent(far) < 10 * spent("")


def test_only_words_that_a_document_has_are_told_of_a_link() -> None:
    client = create_app(FakeAnswerer([BRIDGE])).test_client()
    path = "/documents/2024/the%20bridge?start=16&end=28&exact="
    page = client.get(f"{path}Maria+Keller").text
    assert 'og:description" content="“Maria Keller”"' in page
    page = client.get(f"{path}The+mayor+resigned").text
    assert "resigned" not in page
    odd = client.get(f"{path}came&end=-1&start=-5".replace("start=16&end=28&", ""))
    assert odd.status_code == 200


def test_whoever_looks_for_a_page_that_is_not_there_gets_one(
    client: FlaskClient,
) -> None:
    headers = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = client.get("/nothing", headers=headers)
    assert page.status_code == 404
    assert "Nothing is here" in page.text
    for path, accept in (("/api/nothing", headers), ("/nothing", {"Accept": "*/*"})):
        problem_of(client.get(path, headers=accept), 404)


def test_what_is_promised_is_told_with_figures(client: FlaskClient) -> None:
    page = client.get("/verbatim").text
    assert "What is promised" in page
    assert page.count("<tr>") > 3


def test_what_the_page_names_is_served_from_here(client: FlaskClient) -> None:
    named = re.findall(r'(?:src|href)="([^#"][^"]*)"', client.get("/").text)
    assert len(named) > 20
    for path in named:
        reply = client.get(path, buffered=True)
        assert reply.status_code == 200
        if path.startswith("/assets/"):
            assert "immutable" in reply.headers["Cache-Control"]
    assert client.get("/assets/old/main.js").headers["Cache-Control"] == "no-store"
    assert client.get("/assets/old/none.js").status_code == 404


def test_the_page_has_no_inline_script_or_style(client: FlaskClient) -> None:
    page = client.get("/").text
    assert re.findall(r"<script[^>]*>([^<]*)</script>", page) == [""]
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)


@pytest.mark.parametrize(
    "path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name
)
def test_scripts_are_short_and_set_text_as_text(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) < 200
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|\.slice\("
        r"|\.substr",
        source,
    )


def test_the_page_and_its_files_are_small(tmp_path: Path) -> None:
    store = FeedbackStore.open(tmp_path / "feedback.sqlite")
    client = create_app(FakeAnswerer([]), store).test_client()
    paths = ["/", *re.findall(r'"(/assets/[^"]*)"', client.get("/").text)]
    size = sent = 0
    for path in dict.fromkeys(paths):
        size += len(client.get(path).data)
        headers = {"Accept-Encoding": "gzip"}
        sent += len(client.get(path, headers=headers).data)
    assert size < 120_000
    assert sent < 40_000


@pytest.mark.parametrize(
    ("path", "type_start"),
    [
        ("/static/main.js", "text/javascript"),
        ("/static/style.css", "text/css"),
        ("/static/icon.svg", "image/svg+xml"),
    ],
)
def test_static_files_have_their_types(
    client: FlaskClient, path: str, type_start: str
) -> None:
    assert client.get(path, buffered=True).content_type.startswith(type_start)


@pytest.mark.parametrize("path", ["/", "/livez", "/static/main.js", "/nothing"])
def test_every_reply_is_locked_down(client: FlaskClient, path: str) -> None:
    headers = client.get(path, buffered=True).headers
    policy = dict(
        directive.split(" ", 1)
        for directive in headers["Content-Security-Policy"].split("; ")
    )
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_answers_are_not_stored_but_static_files_may_be(client: FlaskClient) -> None:
    answer = client.post("/api/answer", json={"question": "Who?"})
    assert answer.headers["Cache-Control"] == "no-store"
    static = client.get("/static/main.js", buffered=True)
    assert static.headers["Cache-Control"] == "no-cache"
    assert static.headers["ETag"]
