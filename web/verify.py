"""The endpoint that tells whether quotes still stand where they are said to."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, current_app

from index.documents import Document
from qa.answerer import Answerer
from qa.context import RequestContext
from qa.verification import check_quote
from web.answers import Answers
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
    problems=(504,),
)
def verify_citations(body: VerifyRequest) -> VerifyReply:
    """Say of each citation whether it stands, has moved, or is gone.

    It stands if its words are at its offsets; it has moved if they are elsewhere in
    the document as it is now, which `citation` then gives; else it is gone, as it is
    with its document.
    """
    answers: Answers = current_app.extensions["answers"]
    context = answers.limits()
    # To look for what has moved in long texts takes as long as an answer.
    with answers.turn(context):
        return verified(current_app.extensions["answerer"], body.citations, context)


def verified(
    answerer: Answerer, citations: Sequence[QuoteRequest], context: RequestContext
) -> VerifyReply:
    """Return what became of citations.

    Raises:
        CancelledError: If whoever asked has gone.
        DeadlineExceededError: If the request's time is over.
    """
    documents, index_version = answerer.documents(), answerer.index_version()
    results = []
    for each in citations:
        context.check()
        results.append(_checked(each, documents.get(each.document_id)))
    return VerifyReply(index_version=index_version, results=results)


def _checked(wanted: QuoteRequest, document: Document | None) -> QuoteReply:
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
