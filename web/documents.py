"""The endpoints about documents: to list, to find and to read them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from contextlib import nullcontext
from itertools import pairwise

from flask import Blueprint, Response, current_app, send_file
from werkzeug.exceptions import Conflict, NotFound, UnprocessableEntity

from index.documents import Document
from index.intake.added import AddedFiles
from index.paragraphs import paragraph_spans
from qa.answerer import Answerer
from qa.answering.citations import cite
from qa.verification import CheckedQuote, check_quote
from web.answers import Answers
from web.contract.endpoint import endpoint
from web.schemas.documents import (
    DocumentReply,
    DocumentsReply,
    DocumentSummary,
    ExcerptReply,
    PieceReply,
    PiecesReply,
    TextReply,
)
from web.schemas.incoming import DocumentsQuery, TextQuery
from web.settings import Settings

blueprint = Blueprint("documents", __name__)


@endpoint(
    blueprint,
    "GET",
    "/api/documents",
    query=DocumentsQuery,
    reply=DocumentsReply,
    tag="documents",
    follows_index=True,
    problems=(409,),
)
def list_documents(query: DocumentsQuery) -> DocumentsReply:
    """List the indexed documents by title, or those that have some words, best first.

    ``next_cursor`` leads to those after ``limit``; it holds for one version of the
    index, and is a 409 in another.
    """
    answerer = _answerer()
    version = answerer.index_version()
    found = _find(answerer, query.q)
    first = _place(query.cursor, version)
    last = first + query.limit
    return DocumentsReply(
        documents=[DocumentSummary.of(each) for each in found[first:last]],
        total=len(found),
        next_cursor=f"{version}.{last}" if last < len(found) else None,
        index_version=version,
    )


@endpoint(
    blueprint,
    "GET",
    "/api/documents/<document:doc_id>",
    query=TextQuery,
    reply=TextReply,
    tag="documents",
    follows_index=True,
    problems=(404, 504),
)
def show_document(
    doc_id: str, query: TextQuery
) -> DocumentReply | ExcerptReply | PiecesReply:
    """Return a document's text; with ``start`` and ``end``, cut at these offsets.

    With ``exact`` as well, the quote is looked for by its words, with those of
    ``prefix`` and ``suffix`` round it, where the text has changed: ``state`` tells
    whether it stands where it did, has moved, or is gone. ``sha256`` is the text's or
    its beginning; without ``exact``, a text that has changed has no such quote.
    """
    document = _answerer().documents().get(doc_id)
    if document is None:
        raise NotFound(f"no document {doc_id!r}; GET /api/documents lists those known")
    if query.start is None or query.end is None:
        if query.view == "pieces":
            return _pieces(document, None, ())
        return DocumentReply(document=DocumentSummary.of(document), text=document.text)
    checked = _check(document, query)
    if query.view == "pieces":
        others = query.others() if _is_same_text(document, query) else ()
        return _pieces(document, checked, others)
    return _excerpt(document, checked)


@endpoint(
    blueprint,
    "GET",
    "/api/originals/<document:doc_id>",
    reply=None,
    produces="application/*",
    tag="documents",
    problems=(404,),
)
def show_original(doc_id: str) -> Response:
    """Return the file in which a document was brought on the page, as it came.

    A PDF is to be shown; all others are to be saved, as a browser would take what they
    hold for a part of this service. A 404 if the document came otherwise.
    """
    settings: Settings = current_app.extensions["settings"]
    path = AddedFiles(settings.added_dir).original(doc_id)
    if path is None or doc_id not in _answerer().documents():
        raise NotFound(f"no file of {doc_id!r} was brought")
    is_pdf = path.suffix == ".pdf"
    response = send_file(
        path.resolve(),
        mimetype="application/pdf" if is_pdf else "application/octet-stream",
        as_attachment=not is_pdf,
        download_name=path.name,
        max_age=0,
    )
    # It is whatever somebody brought: nothing in it runs, least of all as this service.
    response.headers["Content-Security-Policy"] = "sandbox"
    return response


def _find(answerer: Answerer, words: str) -> list[Document]:
    documents = answerer.documents()
    by_title = sorted(documents.values(), key=lambda each: (each.title, each.doc_id))
    if not words:
        return by_title
    wanted = _fold(words)
    found = [each for each in by_title if wanted in _fold(each.title)]
    known = {each.doc_id for each in found}
    ids = answerer.find_documents(words)
    return found + [documents[i] for i in ids if i in documents and i not in known]


def _fold(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each))


def _place(cursor: str | None, version: str) -> int:
    if cursor is None:
        return 0
    of, _, place = cursor.rpartition(".")
    if not (place.isascii() and place.isdigit()) or len(place) > 9:
        raise UnprocessableEntity("cursor: take next_cursor of a reply before this one")
    if of != version:
        raise Conflict("the index has changed; list the documents from the start")
    return int(place)


def _check(document: Document, query: TextQuery) -> CheckedQuote:
    assert query.start is not None
    assert query.end is not None
    if query.exact is not None:
        answers: Answers = current_app.extensions["answers"]
        is_there = document.text[query.start : query.end] == query.exact
        # To look for what has moved in a long text takes as long as an answer.
        with nullcontext() if is_there else answers.turn(answers.limits()):
            return check_quote(
                document,
                query.start,
                query.end,
                query.exact,
                prefix=query.prefix,
                suffix=query.suffix,
            )
    if not _is_same_text(document, query):
        return CheckedQuote("gone", None)
    if not query.start < query.end <= len(document.text):
        raise UnprocessableEntity(
            f"[{query.start}, {query.end}) is no part of the {len(document.text)} "
            f"characters of document {document.doc_id!r}"
        )
    return CheckedQuote("stands", cite(document, query.start, query.end))


def _is_same_text(document: Document, query: TextQuery) -> bool:
    return document.sha256.startswith(query.sha256 or "")


def _excerpt(document: Document, checked: CheckedQuote) -> ExcerptReply:
    found = checked.citation
    text = document.text
    return ExcerptReply(
        document=DocumentSummary.of(document),
        state=checked.state,
        start=found.start if found else None,
        end=found.end if found else None,
        page=found.page if found else None,
        before=text[: found.start] if found else text,
        quote=found.quote if found else None,
        after=text[found.end :] if found else "",
    )


def _pieces(
    document: Document, checked: CheckedQuote | None, others: Sequence[tuple[int, int]]
) -> PiecesReply:
    """Return the text in pieces: a browser cannot cut it, as it counts UTF-16 units."""
    found = checked.citation if checked else None
    length = len(document.text)
    others = [each for each in others if each[0] < each[1] <= length]
    quotes = [(found.start, found.end)] if found else []
    starts = {each for each in document.pages if each < length}
    ends = {edge for each in (*quotes, *others) for edge in each}
    paragraphs = _paragraph_lines(document.text)
    edges = {0, length, *starts, *ends, *paragraphs}
    pieces = []
    for start, end in pairwise(sorted(edges)):
        is_quote = any(first <= start < last for first, last in quotes)
        is_other = any(first <= start < last for first, last in others)
        pieces.append(
            PieceReply(
                text=document.text[start:end],
                mark="quote" if is_quote else "other" if is_other else None,
                page=document.page_at(start) if start in starts else None,
                paragraph=start in paragraphs,
            )
        )
    return PiecesReply(
        document=DocumentSummary.of(document),
        state=checked.state if checked else None,
        start=found.start if found else None,
        end=found.end if found else None,
        page=found.page if found else None,
        before=found.before if found else "",
        quote=found.quote if found else None,
        after=found.after if found else "",
        pieces=pieces,
    )


def _paragraph_lines(text: str) -> set[int]:
    """Return where the lines start with which paragraphs begin."""
    starts = set()
    line = looked = 0
    for start, _ in paragraph_spans(text):
        # From the paragraph before, never from the text's beginning.
        found = max(text.rfind(end, looked, start) for end in "\r\n")
        line = line if found < 0 else found + 1
        looked = start
        starts.add(line)
    return starts


def _answerer() -> Answerer:
    answerer: Answerer = current_app.extensions["answerer"]
    return answerer
