from __future__ import annotations

from index.documents import Document
from tests.fakes_web import FakeAnswerer, cite
from web.schemas.answers import AnswerReply, CitationReply
from web.schemas.documents import DocumentSummary

ARTICLE = Document("a", "Café 🌉\nKeller came.", "A")


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
