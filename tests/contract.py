"""Every reply that a test gets is held against what the API says of itself."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from web.contract.endpoint import operation_of
from web.contract.openapi import openapi
from web.errors import PROBLEM_JSON

_described: WeakKeyDictionary[Flask, dict[str, Any]] = WeakKeyDictionary()


class CheckedClient(FlaskClient):
    """A client that fails a test whose reply is not as described."""

    def open(self, *args: Any, **options: Any) -> TestResponse:  # noqa: ANN401
        response = super().open(*args, **options)
        if response.mimetype != "text/event-stream" and response.content_encoding in (
            None,
            "identity",
        ):
            check_reply(
                self.application,
                response.request.method,
                response.request.path,
                response.status_code,
                response.mimetype or "",
                response.get_data(),
            )
        return response


def check_reply(
    app: Flask, method: str, path: str, status: int, mimetype: str, body: bytes
) -> None:
    """Fail unless a reply is one that the description has for its request."""
    if method in ("HEAD", "OPTIONS"):
        return
    document = _described.get(app)
    if document is None:
        document = _described[app] = openapi(app)
    schema = _schema(app, document, method, path, status, mimetype)
    if schema is not None:
        components = {"components": document["components"]}
        Draft202012Validator(schema | components).validate(json.loads(body))


def _schema(
    app: Flask,
    document: dict[str, Any],
    method: str,
    path: str,
    status: int,
    mimetype: str,
) -> dict[str, Any] | None:
    """Return what the body of a reply must keep to; of a page or a file nothing."""
    problem: dict[str, Any] = {"$ref": "#/components/schemas/Problem"}
    try:
        rule, _ = app.url_map.bind("localhost").match(path, method, return_rule=True)
    except HTTPException:
        return problem if mimetype == PROBLEM_JSON else None
    operation = operation_of(app, rule.endpoint)
    if operation is None:
        return problem if mimetype == PROBLEM_JSON else None
    told = [
        each[method.lower()]
        for each in document["paths"].values()
        if each.get(method.lower(), {}).get("operationId")
        == rule.endpoint.rpartition(".")[2]
    ]
    (responses,) = [each["responses"] for each in told]
    assert str(status) in responses, f"{method} {path}: {status} is not described"
    content = responses[str(status)].get("content", {})
    # A description may have a range of types, such as application/*.
    told_types = [each for each in content if fnmatchcase(mimetype, each)]
    assert not content or told_types, f"{method} {path}: {mimetype}"
    schema: dict[str, Any] | None = None
    for each in told_types:
        schema = content[each].get("schema")
    return schema
