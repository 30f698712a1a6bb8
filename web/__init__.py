"""HTTP: a request is parsed, the answerer asked, the reply serialised."""

from __future__ import annotations

from flask import Flask
from flask_compress import Compress

from index.intake.worker import Intake
from qa.answerer import Answerer
from web import api, assets, documents, editing, errors, pages, stream, verify
from web.answers import Answers
from web.contract import openapi
from web.contract.endpoint import DocumentIdConverter
from web.feedback import routes as feedback
from web.feedback.store import FeedbackStore
from web.guard import access, headers
from web.guard.admission import Admission
from web.settings import Settings
from web.sight import requests
from web.sight.metrics import Metrics

__all__ = ["create_app"]

# Not event streams: they are to arrive as they are made.
_COMPRESSED = [
    "application/json",
    "application/problem+json",
    "image/svg+xml",
    "text/css",
    "text/html",
    "text/javascript",
    "text/plain",
]


def create_app(
    answerer: Answerer,
    store: FeedbackStore | None = None,
    settings: Settings | None = None,
    intake: Intake | None = None,
) -> Flask:
    """Return the application that answers with ``answerer``.

    Verdicts on answers go to ``store``; without one, none are asked for. Articles that
    are brought go to ``intake``; without one, none are taken. Without
    ``settings``, the defaults hold, whatever the environment says. The application
    keeps no state but its last answers. Requests are served from several threads at
    once if the server has them, so the answerer must allow that.
    """
    settings = settings or Settings.defaults()
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = api.MAX_BODY_BYTES
    app.config["COMPRESS_MIMETYPES"] = _COMPRESSED
    # Ids of documents are paths: "a//b" is not "a/b".
    app.url_map.merge_slashes = False
    app.url_map.converters["document"] = DocumentIdConverter
    admission = Admission(settings.server_threads, settings.queue)
    metrics = Metrics(answerer, admission)
    app.extensions.update(
        settings=settings,
        answerer=answerer,
        admission=admission,
        metrics=metrics,
        answers=Answers(
            answerer,
            admission,
            metrics,
            deadline_seconds=settings.deadline,
            cached=settings.cache,
        ),
    )
    # Before all else, so that what is refused is logged as well.
    requests.register(app)
    access.register(app, settings)
    for each in (api, documents, openapi, pages, stream, verify):
        app.register_blueprint(each.blueprint)
    assets.register(app)
    if intake is not None:
        app.extensions["intake"] = intake
        app.register_blueprint(editing.blueprint)
    if store is not None:
        app.extensions["feedback"] = store
        app.register_blueprint(feedback.blueprint)
    errors.register(app)
    headers.register(app, settings.frame_ancestors)
    Compress(app)
    return app
