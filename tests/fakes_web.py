"""An answerer that needs no model: it knows which quote answers which question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from index.documents import Document
from qa.answers import Answer, Citation, TextSpan, Timings
from qa.confidence import Verdict
from qa.pipeline import DEFAULT_K

VERSION = "20261124T000000Z-0123abcd"


class FakeAnswerer:
    """Quotes what it was told to; the sentence of a quote is its line."""

    def __init__(
        self,
        documents: Iterable[Document],
        quotes: Mapping[str, str] | None = None,
        *,
        kind: Verdict = "answer",
        error: Exception | None = None,
    ) -> None:
        self.error = error
        self.asked: list[tuple[str, int]] = []
        self._documents = {each.doc_id: each for each in documents}
        self._quotes = dict(quotes or {})
        self._kind: Verdict = kind

    def answer(self, question: str, *, k: int = DEFAULT_K) -> Answer:
        if self.error is not None:
            raise self.error
        self.asked.append((question, k))
        quote = self._quotes.get(question)
        citations = tuple(self._cite(quote)) if quote else ()
        return Answer(
            question=question,
            kind=self._kind if citations else "no_answer",
            text=quote,
            confidence=0.87 if citations else 0.04,
            citations=citations,
            nearest_passages=() if citations else tuple(self._nearest()),
            index_version=VERSION,
            timings_ms=Timings(retrieve=1.5, read=20.25, total=21.75),
        )

    def documents(self) -> Mapping[str, Document]:
        if self.error is not None:
            raise self.error
        return self._documents

    def index_version(self) -> str:
        return VERSION

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
        document_sha256=document.sha256,
        start=start,
        end=end,
        quote=text[start:end],
        before=text[first:start],
        after=text[end:last],
        sentence=TextSpan(first, last, text[first:last]),
    )
