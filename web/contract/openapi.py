"""The API told as OpenAPI 3.1, from what its endpoints declare."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, current_app, json, render_template
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from web.contract.endpoint import JSON, Operation, operation_of
from web.errors import PROBLEM_JSON
from web.guard.keys import SCOPES
from web.schemas.service import Problem

blueprint = Blueprint(
    "openapi", __name__, static_folder="static", static_url_path="/docs/static"
)

_REF = "#/components/schemas/{model}"
_DESCRIPTION = """\
Answers questions about articles in the articles' own words, with exact citations.
Offsets are half-open and count Unicode code points of the document's text. Every
error is a problem as in RFC 9457. A reply has the request's `X-Request-Id`, or one of
its own; quote it when something went wrong."""

# What any endpoint may reply, besides its own problems.
_ALWAYS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_OF_A_BODY = (
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)


@blueprint.get("/openapi.json")
def show_openapi() -> Response:
    """Return the description of this service."""
    return Response(_as_json(), content_type=JSON)


@blueprint.get("/docs")
def show_docs() -> str:
    """Return the description as a page, which needs no network and no script."""
    return render_template("docs.html", api=openapi(current_app))


def _as_json() -> str:
    """Return the description, made once: it costs more than many an answer."""
    made: str | None = current_app.extensions.get("openapi")
    if made is None:
        made = current_app.extensions["openapi"] = json.dumps(openapi(current_app))
    return made


def openapi(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of an application."""
    found = sorted(_operations(app), key=lambda each: each[0].rule)
    models: dict[tuple[type[BaseModel], Any], None] = {(Problem, "serialization"): None}
    for _, operation in found:
        if operation.body is not None:
            models[operation.body, "validation"] = None
        if operation.reply is not None:
            models[operation.reply, "serialization"] = None
    refs, definitions = models_json_schema(list(models), ref_template=_REF)
    has_keys = bool(app.extensions["settings"].api_keys)
    paths: dict[str, dict[str, Any]] = {}
    for rule, operation in found:
        path = paths.setdefault(_template(rule), {})
        path[operation.method.lower()] = _told(rule, operation, refs, has_keys)
    components: dict[str, Any] = {"schemas": definitions.get("$defs", {})}
    if has_keys:
        components["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer"},
            "basic": {"type": "http", "scheme": "basic"},
        }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Verbatim QA",
            "version": "1",
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": [{"name": tag} for tag in dict.fromkeys(o.tag for _, o in found)],
        "paths": paths,
        "components": components,
    }


def _operations(app: Flask) -> Iterator[tuple[Rule, Operation]]:
    for rule in app.url_map.iter_rules():
        operation = operation_of(app, rule.endpoint)
        if operation is not None:
            yield rule, operation


def _template(rule: Rule) -> str:
    """Return a rule's path as OpenAPI writes it: ``/api/documents/{doc_id}``."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


def _told(
    rule: Rule, operation: Operation, refs: dict[Any, Any], has_keys: bool
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": rule.endpoint.rpartition(".")[2],
        "summary": operation.summary,
        "tags": [operation.tag],
        "responses": _responses(operation, refs),
    }
    if operation.description:
        told["description"] = operation.description
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in sorted(rule.arguments)
    ]
    if operation.query is not None:
        schema = operation.query.model_json_schema()
        required = schema.get("required", ())
        parameters += [
            {"name": name, "in": "query", "required": name in required, "schema": each}
            for name, each in schema["properties"].items()
        ]
    if parameters:
        told["parameters"] = parameters
    if operation.body is not None:
        schema = refs[operation.body, "validation"]
        told["requestBody"] = {
            "required": True,
            "content": {operation.consumes: {"schema": schema}},
        }
    if has_keys and operation.scope is not None:
        allowed = ", ".join(SCOPES[SCOPES.index(operation.scope) :])
        told["security"] = [{"bearer": []}, {"basic": []}]
        told["description"] = (
            f"{operation.description} Wants an API key of scope: {allowed}.".strip()
        )
    return told


def _responses(operation: Operation, refs: dict[Any, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": operation.status.phrase}
    if operation.reply is not None:
        schema = refs[operation.reply, "serialization"]
        good["content"] = {operation.produces: {"schema": schema}}
    elif operation.status != HTTPStatus.NO_CONTENT:
        good["content"] = {operation.produces: {}}
    statuses = {*_ALWAYS, *map(HTTPStatus, operation.problems)}
    if operation.body is not None:
        statuses.update(_OF_A_BODY)
    if operation.query is not None:
        statuses.add(HTTPStatus.UNPROCESSABLE_ENTITY)
    if operation.scope is not None:
        statuses.update((HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS))
    problem = {PROBLEM_JSON: {"schema": refs[Problem, "serialization"]}}
    responses = {str(operation.status.value): good}
    if operation.method == "GET":
        responses["304"] = {"description": HTTPStatus.NOT_MODIFIED.phrase}
    for status in sorted(statuses):
        told = {"description": status.phrase, "content": problem}
        responses[str(status.value)] = told
    return responses
