from __future__ import annotations

import pytest
from pydantic import ValidationError

from index.documents import Document
from qa.pipeline import DEFAULT_K
from tests.fakes_web import FakeAnswerer, cite
from web.schemas import AnswerReply, AnswerRequest, CitationReply, DocumentSummary

ARTICLE = Document("a", "Café 🌉\nKeller came.", "A")


def test_k_has_the_pipelines_default() -> None:
    assert AnswerRequest(question="Who?").k == DEFAULT_K


def test_a_request_is_strict() -> None:
    with pytest.raises(ValidationError, match="int_type"):
        AnswerRequest.model_validate({"question": "Who?", "k": True})


def test_a_lone_surrogate_is_no_text() -> None:
    with pytest.raises(ValidationError, match="string_unicode"):
        AnswerRequest.model_validate({"question": "\ud800"})


def test_a_citation_keeps_its_pieces() -> None:
    start = ARTICLE.text.index("Keller")
    reply = CitationReply.of(cite(ARTICLE, start, start + 6))
    assert (reply.before, reply.quote, reply.after) == ("", "Keller", " came.")
    assert reply.document.sha256 == ARTICLE.sha256


def test_a_reply_survives_its_own_json() -> None:
    answer = FakeAnswerer([ARTICLE], {"Who?": "Keller"}).answer("Who?")
    reply = AnswerReply.of(answer)
    assert AnswerReply.model_validate_json(reply.model_dump_json()) == reply


def test_a_document_is_measured_in_code_points() -> None:
    assert DocumentSummary.of(ARTICLE).characters == len("Café 🌉\nKeller came.")
