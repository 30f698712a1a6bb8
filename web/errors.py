"""Errors as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import quote

from flask import Flask, Response, current_app, request
from prometheus_client import Counter
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, UnprocessableEntity
from werkzeug.wrappers import Response as BaseResponse

from index.errors import IndexFormatError, IndexNotFoundError, IndexUnavailableError
from qa.answerer import QuestionError, UnknownDocumentError
from qa.context import CancelledError, DeadlineExceededError
from web.feedback.store import FeedbackError
from web.guard.admission import OverloadedError
from web.schemas.service import FieldProblem, Problem
from web.sight.metrics import Metrics

logger = logging.getLogger(__name__)

# Until an index that is away is looked for again.
_RETRY_SECONDS = 2

# Of what is wrong with a request: a body may have a fault in every few bytes.
_MOST = 20

# As nginx has it; HTTP itself has no status for whoever has gone.
CLIENT_GONE = 499
PROBLEM_JSON = "application/problem+json"


class InvalidRequestError(UnprocessableEntity):
    """A request that can be read but breaks its schema."""

    def __init__(self, error: ValidationError) -> None:
        self.problems = [
            FieldProblem(detail=each["msg"], pointer=_pointer(each["loc"]))
            for each in error.errors(include_url=False, include_input=False)[:_MOST]
        ]
        super().__init__(
            "; ".join(f"{each.pointer}: {each.detail}" for each in self.problems)
        )


def register(app: Flask) -> None:
    """Make the application report all its errors as problems.

    What nobody foresaw is logged by Flask and reported without its message.
    """
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(QuestionError, _question_error)
    app.register_error_handler(UnknownDocumentError, _unknown_document)
    app.register_error_handler(IndexNotFoundError, _index_not_found)
    app.register_error_handler(IndexUnavailableError, _index_unavailable)
    app.register_error_handler(IndexFormatError, _index_damaged)
    app.register_error_handler(FeedbackError, _feedback_error)
    app.register_error_handler(OverloadedError, _overloaded)
    app.register_error_handler(DeadlineExceededError, _too_late)
    app.register_error_handler(CancelledError, _client_gone)


def problem(
    status: HTTPStatus, detail: str, errors: Sequence[FieldProblem] = ()
) -> Response:
    """Return a response that reports an error."""
    body = Problem(
        title=status.phrase, status=status, detail=detail, errors=list(errors)
    )
    return Response(body.model_dump_json(), status, content_type=PROBLEM_JSON)


def http_error(error: HTTPException) -> BaseResponse:
    """Return the problem that an error of HTTP is."""
    # Filled in, not made anew: it has the Allow header of a 405.
    response = error.get_response(request.environ)
    status = HTTPStatus(response.status_code)
    if status >= HTTPStatus.BAD_REQUEST:
        problems = error.problems if isinstance(error, InvalidRequestError) else ()
        response.data = problem(status, _detail(error), problems).data
        response.content_type = PROBLEM_JSON
    return response


def _detail(error: HTTPException) -> str:
    if error.code == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{request.path} does not take {request.method}; Allow says what it does"
    if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return f"the body may have at most {request.max_content_length} bytes"
    if error.code == HTTPStatus.INTERNAL_SERVER_ERROR:
        return "something went wrong in the service; its log says what"
    return error.description or ""


def _question_error(error: QuestionError) -> Response:
    detail = str(error)
    problems = [FieldProblem(detail=detail, pointer="#/question")]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, problems)


def _unknown_document(error: UnknownDocumentError) -> Response:
    detail = str(error)
    # In the body of a question, or in the query of a wish for suggestions.
    pointer = "#/document_id" if request.method == "GET" else "#/document_ids"
    problems = [FieldProblem(detail=detail, pointer=pointer)]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, problems)


def _index_not_found(error: IndexNotFoundError) -> Response:
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))


def _index_unavailable(error: IndexUnavailableError) -> Response:
    # Its message has an address.
    logger.warning("%s", error)
    response = problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"the index cannot be reached; ask again in {_RETRY_SECONDS} seconds",
    )
    response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return response


def _index_damaged(error: IndexFormatError) -> Response:
    # Its message has paths, as has that of a file of verdicts.
    logger.error("%s", error)
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "the index cannot be used; the log says why"
    )


def _overloaded(error: OverloadedError) -> Response:
    _shed().labels("queue").inc()
    response = problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"{error}; ask again in {error.retry_after} seconds",
    )
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def _too_late(error: DeadlineExceededError) -> Response:
    _shed().labels("deadline").inc()
    return problem(HTTPStatus.GATEWAY_TIMEOUT, f"{error}; ask again later")


def _client_gone(error: CancelledError) -> Response:
    # For the log: nobody reads it.
    _shed().labels("cancelled").inc()
    return Response(status=CLIENT_GONE)


def _shed() -> Counter:
    metrics: Metrics = current_app.extensions["metrics"]
    return metrics.shed


def _feedback_error(error: FeedbackError) -> Response:
    # Its message has the file's path, which is nobody's business outside.
    logger.error("%s", error)
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "the verdict cannot be kept; the log says why"
    )


def _pointer(location: Sequence[int | str]) -> str:
    """Return a JSON Pointer as a URI fragment: ``#/question``; ``#`` is the whole."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in location)
    return "#" + "".join(f"/{quote(step)}" for step in steps)
