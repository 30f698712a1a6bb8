"""Each request's id, its line in the log, and its place in the figures."""

from __future__ import annotations

import logging
import re
import time
import uuid
from dataclasses import dataclass, field

from flask import Flask, Response, current_app, g, request

from web.guard.access import client_name
from web.sight.metrics import Metrics

logger = logging.getLogger(__name__)

REQUEST_ID = "X-Request-Id"
_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
# Whoever sends one may choose it, but not what a log makes of it.
_KNOWN_ID = re.compile(r"[A-Za-z0-9._:=+/@-]{1,128}")


@dataclass(slots=True)
class RequestRecord:
    """What is noted of a request while it is answered.

    Attributes:
        started: In seconds of ``time.monotonic()``.
        noted: What its log line tells besides: kind, stages, whether cached.
    """

    request_id: str
    started: float
    noted: dict[str, object] = field(default_factory=dict)


def note(**noted: object) -> None:
    """Add to the log line of the request under way."""
    record: RequestRecord | None = g.get("record")
    if record is not None:
        record.noted.update(noted)


def register(app: Flask) -> None:
    """Have an application give each request an id and a line in the log."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get(REQUEST_ID, "")
    known = _KNOWN_ID.fullmatch(given)
    g.record = RequestRecord(given if known else uuid.uuid4().hex, time.monotonic())


def _end(response: Response) -> Response:
    record: RequestRecord = g.record
    metrics: Metrics = current_app.extensions["metrics"]
    endpoint = request.endpoint or "none"
    method, path, client = request.method, request.path, client_name()
    # Anything may be sent as a method, and each would be a figure of its own.
    counted = method if method in _METHODS else "other"
    response.headers[REQUEST_ID] = record.request_id

    def tell() -> None:
        # When the last byte is made: an event stream goes on after its headers.
        seconds = time.monotonic() - record.started
        metrics.requests.labels(endpoint, counted, response.status_code).inc()
        metrics.seconds.labels(endpoint).observe(seconds)
        is_quiet = endpoint in ("static", "api.show_liveness", "api.show_readiness")
        logger.log(
            logging.DEBUG if is_quiet else logging.INFO,
            "%s %s",
            method,
            path,
            extra={
                "fields": {
                    "id": record.request_id,
                    "status": response.status_code,
                    "ms": round(1000 * seconds, 1),
                    "client": client,
                    **record.noted,
                }
            },
        )

    response.call_on_close(tell)
    return response
