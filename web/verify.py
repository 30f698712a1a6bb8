"""The endpoint that tells whether quotes still stand where they are said to."""

from __future__ import annotations

from flask import Blueprint, current_app

from index.documents import Document
from qa.answerer import Answerer
from qa.verification import check_quote
from web.contract.endpoint import endpoint
from web.schemas.answers import CitationReply, QuoteReply, VerifyReply
from web.schemas.incoming import QuoteRequest, VerifyRequest

blueprint = Blueprint("verify", __name__)


@endpoint(
    blueprint,
    "POST",
    "/api/verify",
    body=VerifyRequest,
    reply=VerifyReply,
    tag="answers",
)
def verify_citations(body: VerifyRequest) -> VerifyReply:
    """Say of each citation whether it stands, has moved, or is gone.

    It stands if its words are at its offsets; it has moved if they are elsewhere in
    the document as it is now, which `citation` then gives; else it is gone, as it is
    with its document.
    """
    answerer: Answerer = current_app.extensions["answerer"]
    documents, index_version = answerer.documents(), answerer.index_version()
    return VerifyReply(
        index_version=index_version,
        results=[
            checked(each, documents.get(each.document_id)) for each in body.citations
        ],
    )


def checked(wanted: QuoteRequest, document: Document | None) -> QuoteReply:
    """Return what became of a citation of a document, which may be gone."""
    found = None
    if document is not None:
        found = check_quote(
            document,
            wanted.start,
            wanted.end,
            wanted.quote,
            prefix=wanted.prefix,
            suffix=wanted.suffix,
        )
    return QuoteReply(
        document_id=wanted.document_id,
        quote=wanted.quote,
        state=found.state if found else "gone",
        citation=CitationReply.of(found.citation) if found and found.citation else None,
    )
