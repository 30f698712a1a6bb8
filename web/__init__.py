"""HTTP: a request is parsed, the answerer asked, the reply serialised."""

from __future__ import annotations

from flask import Flask, Response

from qa.answerer import Answerer
from web import api, errors, feedback, pages, stream
from web.feedback_store import FeedbackStore

__all__ = ["create_app"]

_SECURITY_HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create_app(answerer: Answerer, store: FeedbackStore | None = None) -> Flask:
    """Return the application that answers with ``answerer``.

    Verdicts on answers go to ``store``; without one, none are asked for. The
    application keeps no state of its own. Requests are served from several
    threads at once if the server has them, so the answerer must allow that.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = api.MAX_BODY_BYTES
    # Ids of documents are paths: "a//b" is not "a/b".
    app.url_map.merge_slashes = False
    app.extensions["answerer"] = answerer
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(stream.blueprint)
    if store is not None:
        app.extensions["feedback"] = store
        app.register_blueprint(feedback.blueprint)
    errors.register(app)
    app.after_request(_add_headers)
    return app


def _add_headers(response: Response) -> Response:
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    # Static files bring their own; an answer may be another with the next index.
    response.headers.setdefault("Cache-Control", "no-store")
    return response
