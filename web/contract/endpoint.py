"""Declaring an endpoint: once, for the route, the checks and the documentation.

    @endpoint(blueprint, "POST", "/api/answer", body=AnswerRequest, reply=AnswerReply,
              tag="answers", problems=(503, 504))
    def create_answer(body: AnswerRequest) -> AnswerReply:
        '''Answer the question in the body.'''

The function is called with what the path names, and with ``body`` and ``query`` where
these are declared, already checked: what breaks them is a 400, 413, 415 or 422 problem.
It returns an instance of ``reply``, which is serialised, or a Flask response of its
own. Its docstring is the summary and the description that ``/openapi.json`` gives.

A ``scope`` of ``ask``, ``edit`` or ``admin`` wants an API key of that scope, once keys
are set; ``None`` is open to all. ``consumes`` of another media type than JSON documents
the body and leaves its parsing to the function; ``produces`` does so for the reply.
A reply that ``follows_index`` has its version as ETag, and is not made again for who
has it. Ids of documents are ``<document:doc_id>`` in a path: any text but the empty.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Flask, Response, current_app, request
from pydantic import BaseModel
from werkzeug.routing import BaseConverter

from qa.answerer import Answerer
from web.contract.parsing import read_body, read_query
from web.guard.keys import Scope

JSON = "application/json"

View = Callable[..., BaseModel | Response | None]


@dataclass(frozen=True, slots=True)
class Operation:
    """What an endpoint takes and gives.

    Attributes:
        method: Of HTTP, in capitals.
        tag: The heading that it is documented under.
        summary: The first line of its docstring.
        description: What follows there.
        body: Model of the request's body, if it takes one.
        consumes: Media type of that body.
        query: Model of the query's parameters, if it takes any.
        reply: Model of the reply; ``None`` if that has no body, or none in JSON.
        produces: Media type of the reply.
        status: Of a reply that went well.
        problems: Statuses of the problems that are its own.
        scope: What an API key must allow; ``None`` is open to all.
    """

    method: str
    tag: str
    summary: str
    description: str
    body: type[BaseModel] | None
    consumes: str
    query: type[BaseModel] | None
    reply: type[BaseModel] | None
    produces: str
    status: HTTPStatus
    problems: tuple[int, ...]
    scope: Scope | None


class DocumentIdConverter(BaseConverter):
    """An id in a path: slashes at its ends and line breaks are parts of it."""

    part_isolating = False
    regex = r"[\s\S]+"


def endpoint(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    reply: type[BaseModel] | None,
    tag: str,
    body: type[BaseModel] | None = None,
    consumes: str = JSON,
    query: type[BaseModel] | None = None,
    produces: str = JSON,
    status: int = HTTPStatus.OK,
    problems: tuple[int, ...] = (),
    scope: Scope | None = "ask",
    follows_index: bool = False,
) -> Callable[[View], View]:
    """Return a decorator that makes a function the endpoint; see the module."""

    def declare(function: View) -> View:
        summary, _, description = (function.__doc__ or "").partition("\n")
        operation = Operation(
            method=method,
            tag=tag,
            summary=summary.strip(),
            description=" ".join(description.split()),
            body=body,
            consumes=consumes,
            query=query,
            reply=reply,
            produces=produces,
            status=HTTPStatus(status),
            problems=problems,
            scope=scope,
        )

        @functools.wraps(function)
        def view(**arguments: object) -> Response:
            tag = _index_tag() if follows_index else None
            if tag is not None and request.if_none_match.contains_weak(tag):
                return _tagged(Response(status=HTTPStatus.NOT_MODIFIED), tag)
            if query is not None:
                arguments["query"] = read_query(query)
            if body is not None and consumes == JSON:
                arguments["body"] = read_body(body)
            returned = function(**arguments)
            if returned is None:
                response = Response(status=operation.status)
            elif isinstance(returned, BaseModel):
                response = as_json(returned, operation.status)
            else:
                response = returned
            return response if tag is None else _tagged(response, tag)

        view.operation = operation  # type: ignore[attr-defined]
        blueprint.add_url_rule(path, view_func=view, methods=[method])
        return function

    return declare


def _index_tag() -> str:
    """Return the tag of all that depends on nothing but the index."""
    answerer: Answerer = current_app.extensions["answerer"]
    return answerer.index_version()


def _tagged(response: Response, tag: str) -> Response:
    """Let a reply be kept, and asked for again only if the index is another."""
    if response.status_code in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
        response.set_etag(tag, weak=True)
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def as_json(reply: BaseModel, status: int = HTTPStatus.OK) -> Response:
    """Return a reply as a response."""
    return Response(reply.model_dump_json(), status, content_type=JSON)


def operation_of(app: Flask, endpoint_name: str | None) -> Operation | None:
    """Return what was declared of an endpoint; ``None`` for a page or a file."""
    view = app.view_functions.get(endpoint_name or "")
    operation: Operation | None = getattr(view, "operation", None)
    return operation
