from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from index.documents import Document
from qa.answerer import DEFAULT_K, MAX_K, MAX_QUESTION_CHARACTERS, MAX_TURNS
from qa.conversation.conversation import CitedPlace, Turn
from qa.suggestions.suggestions import Suggestion
from tests.fakes_web import BRIDGE, VERSION, WHO, Asked, FakeAnswerer, post, problem_of
from web import create_app

PLAIN_TURN = {"question": "Who came?", "answer": None}


@pytest.fixture
def answerer() -> FakeAnswerer:
    return FakeAnswerer([BRIDGE], {WHO: "Maria Keller"})


@pytest.fixture
def client(answerer: FakeAnswerer) -> FlaskClient:
    return create_app(answerer).test_client()


def test_an_answer_comes_with_its_citation(client: FlaskClient) -> None:
    response = client.post("/api/answer", json={"question": WHO})
    assert response.status_code == 200
    assert response.content_type == "application/json"
    assert json.loads(response.data) == {
        "question": WHO,
        "interpreted_question": None,
        "kind": "answer",
        "answer": "Maria Keller",
        "confidence": 0.87,
        "citations": [
            {
                "document": {
                    "id": "2024/the bridge",
                    "title": "The bridge",
                    "url": "https://example.org/bridge",
                    "published": BRIDGE.published,
                    "sha256": BRIDGE.sha256,
                },
                "start": 16,
                "end": 28,
                "quote": "Maria Keller",
                "before": "",
                "after": " opened the bridge on 3 May.",
                "sentence": {
                    "start": 16,
                    "end": 56,
                    "text": "Maria Keller opened the bridge on 3 May.",
                },
                "page": None,
                "selectors": [
                    {"type": "TextPositionSelector", "start": 16, "end": 28},
                    {
                        "type": "TextQuoteSelector",
                        "exact": "Maria Keller",
                        "prefix": "",
                        "suffix": " opened the bridge on 3 May.",
                    },
                ],
            }
        ],
        "parts": [{"text": "Maria Keller", "citations": [0], "confidence": None}],
        "nearest_passages": [],
        "suggested_questions": [],
        "index_version": VERSION,
        "timings_ms": {"retrieve": 1.5, "read": 20.25, "total": 21.75},
        "kept_terms": [],
        "judgement": None,
        "alternatives": [],
        "documents_searched": 1,
        "unanswered": [],
        "explain": None,
    }


def test_no_answer_is_a_result_without_citations(client: FlaskClient) -> None:
    response = client.post("/api/answer", json={"question": "Why?"})
    assert response.status_code == 200
    reply = json.loads(response.data)
    assert reply["kind"] == "no_answer"
    assert reply["answer"] is None
    assert reply["citations"] == []
    (nearest,) = reply["nearest_passages"]
    assert nearest["quote"] == "The mayor came."


def test_the_question_is_asked_without_the_space_round_it(
    client: FlaskClient, answerer: FakeAnswerer
) -> None:
    reply = client.post("/api/answer", json={"question": f" \n{WHO}\t"}).get_json()
    assert reply["question"] == WHO
    assert answerer.asked == [Asked(WHO, DEFAULT_K, (), None, interpret=True)]


def test_the_conversation_is_passed_on(
    client: FlaskClient, answerer: FakeAnswerer
) -> None:
    place = {"document_id": BRIDGE.doc_id, "start": 4, "end": 9}
    body = {
        "question": WHO,
        "history": [
            PLAIN_TURN,
            {"question": "Who else?", "answer": "mayor", "citations": [place]},
        ],
        "document_ids": [BRIDGE.doc_id],
        "interpret": False,
    }
    assert client.post("/api/answer", json=body).status_code == 200
    history = (
        Turn("Who came?", None),
        Turn("Who else?", "mayor", (CitedPlace(BRIDGE.doc_id, 4, 9),)),
    )
    assert answerer.asked == [
        Asked(WHO, DEFAULT_K, history, (BRIDGE.doc_id,), interpret=False)
    ]


def test_the_longest_conversation_is_taken(client: FlaskClient) -> None:
    turn = {"question": "🌉" * MAX_QUESTION_CHARACTERS, "answer": "🌉" * 8000}
    body = {"question": WHO, "history": [turn] * MAX_TURNS}
    body_bytes = json.dumps(body, ensure_ascii=False).encode()
    assert post(client, body_bytes).status_code == 200


def test_an_unknown_document_cannot_be_asked(client: FlaskClient) -> None:
    body = {"question": WHO, "document_ids": [BRIDGE.doc_id, "none"]}
    problem = problem_of(client.post("/api/answer", json=body), 422)
    assert "'none'" in problem["detail"]
    assert [each["pointer"] for each in problem["errors"]] == ["#/document_ids"]


def test_suggestions_come_with_their_documents() -> None:
    suggestions = [Suggestion(WHO, BRIDGE.doc_id), Suggestion("Why?", "2")]
    documents = [BRIDGE, Document("2", "a", "A")]
    client = create_app(FakeAnswerer(documents, suggestions=suggestions)).test_client()
    both = [
        {"question": WHO, "document_id": BRIDGE.doc_id},
        {"question": "Why?", "document_id": "2"},
    ]
    assert client.get("/api/suggestions").get_json() == {"questions": both}
    reply = client.get("/api/suggestions?document_id=2").get_json()
    assert reply == {"questions": both[1:]}


def test_suggestions_of_an_unknown_document_are_refused(client: FlaskClient) -> None:
    problem = problem_of(client.get("/api/suggestions?document_id=none"), 422)
    assert [each["pointer"] for each in problem["errors"]] == ["#/document_id"]
    problem_of(client.get("/api/suggestions?id=2"), 422)


@pytest.mark.parametrize("k", [1, MAX_K])
def test_k_is_passed_on(client: FlaskClient, answerer: FakeAnswerer, k: int) -> None:
    assert client.post("/api/answer", json={"question": WHO, "k": k}).status_code == 200
    assert [each.k for each in answerer.asked] == [k]


def test_the_longest_question_counts_code_points(client: FlaskClient) -> None:
    question = "🌉" * MAX_QUESTION_CHARACTERS
    assert client.post("/api/answer", json={"question": question}).status_code == 200


def test_a_json_type_with_charset_is_json(client: FlaskClient) -> None:
    body = json.dumps({"question": WHO})
    response = post(client, body, content_type="application/json; charset=utf-8")
    assert response.status_code == 200
