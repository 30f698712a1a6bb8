"""The JSON endpoints about answers and about the service itself."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from qa.answerer import Answerer
from qa.context import RequestContext
from web.answers import Answers
from web.contract.endpoint import endpoint
from web.errors import problem
from web.guard.admission import Admission
from web.schemas.answers import AnswerReply, SuggestionsReply
from web.schemas.incoming import AnswerRequest, ExplainQuery, SuggestionsRequest
from web.schemas.service import LivenessReply, ReadinessReply
from web.sight.metrics import Metrics
from web.sight.requests import note

blueprint = Blueprint("api", __name__)

# Room for ten turns of conversation, in any script.
MAX_BODY_BYTES = 512 * 1024


@endpoint(
    blueprint,
    "POST",
    "/api/answer",
    body=AnswerRequest,
    query=ExplainQuery,
    reply=AnswerReply,
    tag="answers",
    problems=(504,),
)
def create_answer(body: AnswerRequest, query: ExplainQuery) -> AnswerReply:
    """Answer the question in the body.

    With `explain=true`, tell what each stage weighed. When too many ask, the reply is
    503 and `Retry-After` says when to ask again; what takes too long is 504.
    """
    answers: Answers = current_app.extensions["answers"]
    context = answers.limits(is_explained=query.explain)
    reply = answers.known(body, context)
    is_known = reply is not None
    if reply is None:
        with answers.turn(context):
            reply = answers.make(body, context)
    note_answer(body, reply, context, is_known)
    return reply


def note_answer(
    wanted: AnswerRequest, reply: AnswerReply, context: RequestContext, is_known: bool
) -> None:
    """Add an answer to the request's log line."""
    stages = {name: round(spent, 1) for name, spent in context.timings_ms.items()}
    note(kind=reply.kind, stages_ms=stages, cached=is_known)
    if current_app.extensions["settings"].log_level == "debug":
        note(question=wanted.question)


@endpoint(
    blueprint,
    "GET",
    "/api/suggestions",
    query=SuggestionsRequest,
    reply=SuggestionsReply,
    tag="answers",
)
def list_suggestions(query: SuggestionsRequest) -> SuggestionsReply:
    """List questions that the documents, or the one named, answer."""
    return SuggestionsReply.of(_answerer().suggestions(query.document_id))


@endpoint(blueprint, "GET", "/livez", reply=LivenessReply, tag="operation", scope=None)
def show_liveness() -> LivenessReply:
    """Say that the process answers; asks nothing of the answerer."""
    return LivenessReply()


@endpoint(
    blueprint, "GET", "/readyz", reply=ReadinessReply, tag="operation", scope=None
)
def show_readiness() -> ReadinessReply | Response:
    """Say whether questions can be answered now; 503 if not, with the reason."""
    admission: Admission = current_app.extensions["admission"]
    if admission.is_closed:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "the service is stopping")
    answerer = _answerer()
    if reason := answerer.unavailable():
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, reason)
    documents = len(answerer.documents())
    index_version = answerer.index_version()
    if documents == 0:
        return problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            f"index {index_version} holds no document; build one that does",
        )
    return ReadinessReply(index_version=index_version, documents=documents)


@endpoint(
    blueprint,
    "GET",
    "/metrics",
    reply=None,
    produces="text/plain",
    tag="operation",
    scope="admin",
)
def show_metrics() -> Response:
    """Give the figures that Prometheus collects."""
    metrics: Metrics = current_app.extensions["metrics"]
    return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)


def _answerer() -> Answerer:
    answerer: Answerer = current_app.extensions["answerer"]
    return answerer
