"""Errors as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import quote

from flask import Flask, Response, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, UnprocessableEntity
from werkzeug.wrappers import Response as BaseResponse

from index.store import IndexNotFoundError
from qa.answerer import UnknownDocumentError
from qa.reader import QuestionError
from web.feedback_store import FeedbackError
from web.schemas import FieldProblem, Problem

logger = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"


class InvalidRequestError(UnprocessableEntity):
    """A request that can be read but breaks its schema."""

    def __init__(self, error: ValidationError) -> None:
        self.problems = [
            FieldProblem(detail=each["msg"], pointer=_pointer(each["loc"]))
            for each in error.errors(include_url=False, include_input=False)
        ]
        super().__init__(
            "; ".join(f"{each.pointer}: {each.detail}" for each in self.problems)
        )


def register(app: Flask) -> None:
    """Make the application report all its errors as problems.

    What nobody foresaw is logged by Flask and reported without its message.
    """
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(QuestionError, _question_error)
    app.register_error_handler(UnknownDocumentError, _unknown_document)
    app.register_error_handler(IndexNotFoundError, _index_not_found)
    app.register_error_handler(FeedbackError, _feedback_error)


def problem(
    status: HTTPStatus, detail: str, errors: Sequence[FieldProblem] = ()
) -> Response:
    """Return a response that reports an error."""
    body = Problem(
        title=status.phrase, status=status, detail=detail, errors=list(errors)
    )
    return Response(body.model_dump_json(), status, content_type=PROBLEM_JSON)


def _http_error(error: HTTPException) -> BaseResponse:
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
