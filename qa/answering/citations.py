"""Where a quote stands: citing, and checking that what is cited stands there."""

from __future__ import annotations

from dataclasses import dataclass

from index.documents import Document
from index.sentences import sentences_at


@dataclass(frozen=True, slots=True)
class TextSpan:
    """A piece of a document: ``text == document.text[start:end]``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quote stands, with the text round it.

    Attributes:
        start: Half-open offsets into the document's text, in code points.
        quote: ``document.text[start:end]``, verbatim.
        before: What precedes the quote in its sentence, verbatim.
        after: What follows the quote in its sentence, verbatim.
        sentence: The sentence, or sentences, that the quote stands in:
            ``before + quote + after``.
        published: When the document was published, as its date says.
        page: Of a document with pages, the number of the one the quote starts on.
    """

    doc_id: str
    title: str
    url: str | None
    document_sha256: str
    start: int
    end: int
    quote: str
    before: str
    after: str
    sentence: TextSpan
    page: int | None = None
    published: str | None = None


def cite(document: Document, start: int, end: int) -> Citation:
    """Return the citation of ``document.text[start:end]``, with its sentence.

    Raises:
        ValueError: If the offsets are not those of a piece of the text.
    """
    if not 0 <= start < end <= len(document.text):
        raise ValueError(f"no text at [{start}, {end}) in {document.doc_id!r}")
    sentence = sentence_around(document, start, end)
    return Citation(
        doc_id=document.doc_id,
        title=document.title,
        url=document.url,
        document_sha256=document.sha256,
        start=start,
        end=end,
        quote=document.text[start:end],
        before=document.text[sentence.start : start],
        after=document.text[end : sentence.end],
        sentence=sentence,
        page=document.page_at(start),
        published=document.published,
    )


def sentence_around(document: Document, start: int, end: int) -> TextSpan:
    """Return the sentence, or the sentences, in which a piece of the text stands."""
    text = document.text
    first, last = sentences_at(text, start, end)
    return TextSpan(first, last, text[first:last])


def verify(citation: Citation, document: Document) -> bool:
    """Tell whether a citation keeps the offset law: every text stands where it says."""
    sentence = citation.sentence
    text = document.text
    return (
        citation.doc_id == document.doc_id
        and citation.document_sha256 == document.sha256
        and 0 <= citation.start < citation.end <= len(text)
        and 0 <= sentence.start <= citation.start
        and citation.end <= sentence.end <= len(text)
        and text[citation.start : citation.end] == citation.quote
        and text[sentence.start : sentence.end] == sentence.text
        and text[sentence.start : citation.start] == citation.before
        and text[citation.end : sentence.end] == citation.after
    )
