"""An answerer that needs no model: it knows which quote answers which question."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from index.documents import Document
from qa.answerer import DEFAULT_K, Stage, check_documents, check_question
from qa.answering.citations import Citation, TextSpan
from qa.answers import Answer, Kind, Part, Timings
from qa.context import RequestContext
from qa.conversation.conversation import Turn
from qa.suggestions.suggestions import Suggestion

VERSION = "20261124T000000Z-0123abcd"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answerer was asked, and in which conversation."""

    question: str
    k: int
    history: tuple[Turn, ...]
    doc_ids: tuple[str, ...] | None
    interpret: bool


class FakeAnswerer:
    """Quotes what it was told to; the sentence of a quote is its line."""

    def __init__(
        self,
        documents: Iterable[Document],
        quotes: Mapping[str, str] | None = None,
        *,
        kind: Kind = "answer",
        confidence: float = 0.87,
        error: Exception | None = None,
        interpreted: str | None = None,
        suggestions: Iterable[Suggestion] = (),
    ) -> None:
        self.error = error
        self.version = VERSION
        self.asked: list[Asked] = []
        self._documents = {each.doc_id: each for each in documents}
        self._quotes = dict(quotes or {})
        self._kind = kind
        self._confidence = confidence
        self._interpreted = interpreted
        self._suggestions = list(suggestions)

    def answer(
        self,
        question: str,
        *,
        k: int = DEFAULT_K,
        history: Sequence[Turn] = (),
        doc_ids: Collection[str] | None = None,
        interpret: bool = True,
        without_terms: Collection[str] = (),
        report: Callable[[Stage], None] = lambda stage: None,
        context: RequestContext | None = None,
    ) -> Answer:
        context = context or RequestContext()
        context.check()
        if self.error is not None:
            raise self.error
        if doc_ids is not None:
            check_documents(doc_ids, self._documents)
        self.asked.append(
            Asked(
                question,
                k,
                tuple(history),
                None if doc_ids is None else tuple(doc_ids),
                interpret,
            )
        )
        report("searching")
        report("reading")
        quote = self._quotes.get(question)
        citations = tuple(self._cite(quote)) if quote else ()
        for each in citations:
            context.note(
                "choose",
                each.doc_id,
                each.start,
                each.end,
                confidence=self._confidence,
            )
        return Answer(
            question=question,
            interpreted_question=self._interpreted,
            kind=self._kind if citations else "no_answer",
            text=quote,
            confidence=self._confidence if citations else 0.04,
            citations=citations,
            parts=(Part(quote or "", tuple(range(len(citations)))),)
            if citations
            else (),
            nearest_passages=() if citations else tuple(self._nearest()),
            suggested_questions=()
            if citations
            else tuple(each.question for each in self.suggestions()),
            index_version=self.version,
            documents_searched=len(self._documents if doc_ids is None else doc_ids),
            timings_ms=Timings(retrieve=1.5, read=20.25, total=21.75),
        )

    def suggestions(self, doc_id: str | None = None) -> list[Suggestion]:
        if doc_id is not None:
            check_documents([doc_id], self._documents)
        return [each for each in self._suggestions if doc_id in (None, each.doc_id)]

    def documents(self) -> Mapping[str, Document]:
        if self.error is not None:
            raise self.error
        return self._documents

    def search(
        self, query: str, k: int = DEFAULT_K, doc_ids: Collection[str] | None = None
    ) -> list[Citation]:
        check_question(query, k)
        check_documents(doc_ids or (), self._documents)
        return list(self._nearest())[:k]

    def find_documents(self, words: str) -> list[str]:
        wanted = words.lower()
        return [i for i, each in self._documents.items() if wanted in each.text.lower()]

    def index_version(self) -> str:
        return self.version

    def unavailable(self) -> str | None:
        return None

    def replace(self, document: Document) -> None:
        self._documents[document.doc_id] = document

    def _cite(self, quote: str) -> Iterable[Citation]:
        for document in self._documents.values():
            start = document.text.find(quote)
            if start >= 0:
                yield cite(document, start, start + len(quote))

    def _nearest(self) -> Iterable[Citation]:
        for document in self._documents.values():
            line = document.text.split("\n")[0]
            if line:
                yield cite(document, 0, len(line))


def cite(document: Document, start: int, end: int) -> Citation:
    text = document.text
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    return Citation(
        doc_id=document.doc_id,
        title=document.title,
        url=document.url,
        published=document.published,
        document_sha256=document.sha256,
        start=start,
        end=end,
        quote=text[start:end],
        before=text[first:start],
        after=text[end:last],
        sentence=TextSpan(first, last, text[first:last]),
        page=document.page_at(start),
    )


BRIDGE = Document(
    "2024/the bridge",
    "The mayor came.\nMaria Keller opened the bridge on 3 May.\nIt rained.",
    "The bridge",
    "https://example.org/bridge",
    "2024-05-04",
)
WHO = "Who opened the bridge?"


def post(
    client: FlaskClient, body: bytes | str, content_type: str = "application/json"
) -> TestResponse:
    return client.post("/api/answer", data=body, content_type=content_type)


def problem_of(response: TestResponse, status: int) -> dict[str, Any]:
    """The problem in a response, checked against RFC 9457."""
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    problem: dict[str, Any] = json.loads(response.data)
    assert set(problem) == {"type", "title", "status", "detail", "errors"}
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    return problem
