"""The JSON endpoints."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, current_app, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import (
    NotFound,
    UnprocessableEntity,
)

from index.documents import Document
from index.store import IndexNotFoundError
from qa.answerer import Answerer, Stage
from qa.answers import Answer
from web.errors import InvalidRequestError, problem
from web.incoming import AnswerRequest, ExcerptRequest, SuggestionsRequest
from web.parsing import read_body
from web.schemas import (
    AnswerReply,
    DocumentReply,
    DocumentsReply,
    DocumentSummary,
    ExcerptReply,
    LivenessReply,
    ReadinessReply,
    SuggestionsReply,
)

blueprint = Blueprint("api", __name__)

# Room for ten turns of conversation, in any script.
MAX_BODY_BYTES = 512 * 1024


@blueprint.post("/api/answer")
def create_answer() -> Response:
    """Answer the question in the body."""
    wanted = read_body(AnswerRequest)
    return _json(AnswerReply.of(make_answer(_answerer(), wanted)))


def make_answer(
    answerer: Answerer,
    wanted: AnswerRequest,
    report: Callable[[Stage], None] = lambda stage: None,
) -> Answer:
    """Return the answer to what was asked; see ``Answerer.answer``."""
    return answerer.answer(
        wanted.question,
        k=wanted.k,
        history=[each.turn() for each in wanted.history],
        doc_ids=wanted.document_ids,
        interpret=wanted.interpret,
        report=report,
    )


@blueprint.get("/api/suggestions")
def list_suggestions() -> Response:
    """List questions that the documents, or the one named, answer."""
    try:
        wanted = SuggestionsRequest.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise InvalidRequestError(error) from error
    return _json(SuggestionsReply.of(_answerer().suggestions(wanted.document_id)))


@blueprint.get("/api/documents")
def list_documents() -> Response:
    """List the indexed documents."""
    documents = sorted(
        _answerer().documents().values(), key=lambda each: (each.title, each.doc_id)
    )
    return _json(
        DocumentsReply(documents=[DocumentSummary.of(each) for each in documents])
    )


@blueprint.get("/api/documents/<path:doc_id>")
def show_document(doc_id: str) -> Response:
    """Return a document's text; with ``start`` and ``end``, cut at these offsets."""
    document = _answerer().documents().get(doc_id)
    if document is None:
        raise NotFound(f"no document {doc_id!r}; GET /api/documents lists those known")
    if request.args:
        return _json(_excerpt(document))
    return _json(
        DocumentReply(document=DocumentSummary.of(document), text=document.text)
    )


@blueprint.get("/livez")
def show_liveness() -> Response:
    """Say that the process answers; asks nothing of the answerer."""
    return _json(LivenessReply())


@blueprint.get("/readyz")
def show_readiness() -> Response:
    """Say whether questions can be answered now."""
    answerer = _answerer()
    try:
        documents = len(answerer.documents())
        index_version = answerer.index_version()
    except IndexNotFoundError as error:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
    if documents == 0:
        return problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            f"index {index_version} holds no document; build one that does",
        )
    return _json(ReadinessReply(index_version=index_version, documents=documents))


def _excerpt(document: Document) -> ExcerptReply:
    try:
        wanted = ExcerptRequest.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise InvalidRequestError(error) from error
    start, end = wanted.start, wanted.end
    if not start < end <= len(document.text):
        raise UnprocessableEntity(
            f"[{start}, {end}) is no part of the {len(document.text)} characters of "
            f"document {document.doc_id!r}"
        )
    return ExcerptReply(
        document=DocumentSummary.of(document),
        start=start,
        end=end,
        before=document.text[:start],
        quote=document.text[start:end],
        after=document.text[end:],
    )


def _answerer() -> Answerer:
    answerer: Answerer = current_app.extensions["answerer"]
    return answerer


def _json(reply: BaseModel) -> Response:
    return Response(reply.model_dump_json(), content_type="application/json")
