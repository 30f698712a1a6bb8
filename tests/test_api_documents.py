from __future__ import annotations

import json
import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from index.documents import Document
from tests.fakes_web import BRIDGE, WHO, FakeAnswerer, problem_of
from web import create_app


@pytest.fixture
def client() -> FlaskClient:
    return create_app(FakeAnswerer([BRIDGE], {WHO: "Maria Keller"})).test_client()


def test_documents_are_listed_by_title() -> None:
    documents = [Document("1", "b", "B"), Document("2", "a", "A"), BRIDGE]
    client = create_app(FakeAnswerer(documents)).test_client()
    reply = client.get("/api/documents").get_json()
    assert [each["title"] for each in reply["documents"]] == ["A", "B", "The bridge"]
    assert reply["documents"][-1] == {
        "id": "2024/the bridge",
        "title": "The bridge",
        "url": "https://example.org/bridge",
        "published": "2024-05-04",
        "sha256": BRIDGE.sha256,
        "characters": len(BRIDGE.text),
    }


def test_a_document_is_shown_with_its_text(client: FlaskClient) -> None:
    reply = client.get("/api/documents/2024/the%20bridge").get_json()
    assert reply["text"] == BRIDGE.text
    assert reply["document"]["id"] == BRIDGE.doc_id


@pytest.mark.parametrize("doc_id", ["a//b", "a?b", "a#b", "50%", "é 🌉"])
def test_a_document_with_an_odd_id_is_found(doc_id: str) -> None:
    client = create_app(FakeAnswerer([Document(doc_id, "text", "T")])).test_client()
    path = doc_id.replace("%", "%25").replace("?", "%3F").replace("#", "%23")
    reply = client.get(f"/api/documents/{path}")
    assert reply.status_code == 200
    assert reply.get_json()["document"]["id"] == doc_id


def test_an_unknown_document_is_not_found(client: FlaskClient) -> None:
    problem = problem_of(client.get("/api/documents/none"), 404)
    assert "'none'" in problem["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "start=1",
        "end=1",
        "start=x&end=2",
        "start=-1&end=2",
        "start=2&end=2",
        "start=3&end=2",
        "start=0&end=100000",
        "start=0&end=2&more=1",
        "start=0&end=" + "9" * 5000,
    ],
)
def test_an_excerpt_outside_the_document_is_refused(
    client: FlaskClient, query: str
) -> None:
    problem_of(client.get(f"/api/documents/2024/the%20bridge?{query}"), 422)


HOSTILE = {
    "crlf": ("First line.\r\nKeller came.\r\n\r\nLast.", "Keller"),
    "combining accents": ("Cafe\u0301 e\u0301te\u0301\nJose\u0301 came.", "Jose\u0301"),
    "accent cut off": ("Jose\u0301 came.", "Jose"),
    "emoji": ("🌉🇨🇭👩‍👩‍👧‍👦 first.\n👍🏽 Keller 🌉 came.", "Keller 🌉"),
    "right to left": ("مقدمة.\nافتتحت ماريا كيلر الجسر 🌉.", "ماريا كيلر"),
    "no spaces": ("x" * 5000 + "Keller" + "y" * 5000, "Keller"),
    "very long": ("🌉 word " * 40_000 + "\nKeller came.", "Keller"),
    "separators": ("a\u2028b\u2029c\x85d\x0be\x00f Keller", "f Keller"),
    "byte order mark": ("\ufeffKeller came.", "Keller"),
    "markup": ("</script><b>\nKeller & Co. <img onerror=1>", "& Co. <img"),
    "one character": ("x", "x"),
    "everything": ("all of it 🌉", "all of it 🌉"),
}


def test_a_line_end_within_a_paragraph_begins_none() -> None:
    wrapped = (
        "The harbour board of Lissmouth said on Tuesday that it had appointed\n"
        "Ingrid Tangen as its first chief pilot, who takes over in spring from\n"
        "the captains."
    )
    text = f"A pilot\n\n{wrapped}\n\n  - one\n  - two"
    client = create_app(FakeAnswerer([Document("d", text, "T")])).test_client()
    reply = client.get("/api/documents/d?view=pieces").get_json()
    found = [(each["text"], each["paragraph"]) for each in reply["pieces"]]
    wanted = ["A pilot\n\n", f"{wrapped}\n\n", "  - one\n", "  - two"]
    assert found == [(each, True) for each in wanted]


@pytest.mark.parametrize(("text", "quote"), HOSTILE.values(), ids=HOSTILE.keys())
def test_offsets_are_true_up_to_http(text: str, quote: str) -> None:
    answerer = FakeAnswerer([Document("d", text, "T")], {WHO: quote})
    client = create_app(answerer).test_client()
    reply = json.loads(client.post("/api/answer", json={"question": WHO}).data)
    (citation,) = reply["citations"]
    start, end = citation["start"], citation["end"]
    source = json.loads(client.get("/api/documents/d").data)["text"]
    assert source == text
    assert source[start:end] == citation["quote"] == reply["answer"] == quote
    sentence = citation["sentence"]
    assert source[sentence["start"] : sentence["end"]] == sentence["text"]
    assert (
        citation["before"] + citation["quote"] + citation["after"] == sentence["text"]
    )
    path = f"/api/documents/d?start={start}&end={end}"
    excerpt = json.loads(client.get(path).data)
    assert excerpt["quote"] == quote
    assert excerpt["before"] + excerpt["quote"] + excerpt["after"] == text
    assert len(excerpt["before"]) == start


def ids_of(reply: dict[str, Any]) -> list[str]:
    return [each["id"] for each in reply["documents"]]


def test_documents_are_listed_a_page_at_a_time() -> None:
    answerer = FakeAnswerer([Document(str(n), "text", f"T{n}") for n in range(5)])
    client = create_app(answerer).test_client()
    first = client.get("/api/documents?limit=2").get_json()
    assert ids_of(first) == ["0", "1"]
    assert first["total"] == 5
    query = f"limit=3&cursor={first['next_cursor']}"
    second = client.get(f"/api/documents?{query}").get_json()
    assert ids_of(second) == ["2", "3", "4"]
    assert second["next_cursor"] is None
    answerer.version = "20261125T000000Z-0123abcd"
    problem_of(client.get(f"/api/documents?{query}"), 409)
    problem_of(client.get("/api/documents?cursor=x"), 422)
    problem_of(client.get("/api/documents?limit=0"), 422)


def test_documents_are_found_by_title_and_then_by_text() -> None:
    documents = [
        Document("1", "A meeting in Oslo.", "Talks"),
        Document("2", "Rain fell.", "Café Ósló"),
        Document("3", "Snow fell.", "Weather"),
    ]
    client = create_app(FakeAnswerer(documents)).test_client()
    reply = client.get("/api/documents?q=oslo").get_json()
    assert ids_of(reply) == ["2", "1"]
    assert client.get("/api/documents?q=zebra").get_json()["total"] == 0


def test_a_quote_is_found_again_by_its_words() -> None:
    start = BRIDGE.text.index("Maria Keller")
    query = (
        f"start={start}&end={start + 12}&exact=Maria+Keller&prefix=came."
        f"&suffix=opened+the+bridge&sha256={BRIDGE.sha256[:12]}"
    )
    answerer = FakeAnswerer([BRIDGE])
    client = create_app(answerer).test_client()
    path = "/api/documents/2024/the%20bridge"
    reply = client.get(f"{path}?{query}").get_json()
    assert (reply["state"], reply["start"]) == ("stands", start)
    answerer.replace(Document(BRIDGE.doc_id, f"New. {BRIDGE.text}", "T"))
    reply = client.get(f"{path}?{query}").get_json()
    assert (reply["state"], reply["start"]) == ("moved", start + 5)
    assert reply["quote"] == "Maria Keller"
    answerer.replace(Document(BRIDGE.doc_id, BRIDGE.text.replace("Maria", "Ann"), "T"))
    reply = client.get(f"{path}?{query}").get_json()
    assert (reply["state"], reply["start"], reply["quote"]) == ("gone", None, None)
    # A place alone says nothing of another text than its own.
    old = f"start={start}&end={start + 12}"
    reply = client.get(f"{path}?{old}&sha256={BRIDGE.sha256[:12]}").get_json()
    assert reply["state"] == "gone"
    assert client.get(f"{path}?{old}").get_json()["state"] == "stands"


@pytest.mark.parametrize(("text", "quote"), HOSTILE.values(), ids=HOSTILE.keys())
def test_the_pieces_of_a_text_are_the_text(text: str, quote: str) -> None:
    pages = (0, len(text) // 2)
    client = create_app(FakeAnswerer([Document("d", text, "T", pages=pages)]))
    start = text.index(quote)
    query = f"start={start}&end={start + len(quote)}&also=0-1,0-999999&view=pieces"
    reply = json.loads(client.test_client().get(f"/api/documents/d?{query}").data)
    assert "".join(each["text"] for each in reply["pieces"]) == text
    marked = [each["text"] for each in reply["pieces"] if each["mark"] == "quote"]
    assert "".join(marked) == quote
    assert [each["page"] for each in reply["pieces"] if each["page"]] == (
        [1, 2] if len(text) > 1 else [2]
    )


def test_lines_are_found_in_time_that_grows_as_the_text_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def spent(size: int) -> float:
        spans = [(place, place + 1) for place in range(0, size, 20)]
        monkeypatch.setattr("web.documents.paragraph_spans", lambda text: spans)
        app = create_app(FakeAnswerer([Document("d", "a" * size, "T")]))
        best = float("inf")
        for _ in range(3):
            started = time.thread_time()
            reply = app.test_client().get("/api/documents/d?view=pieces")
            assert reply.status_code == 200
            best = min(best, time.thread_time() - started)
        return best

    assert spent(1_000_000) < 16 * spent(125_000)
