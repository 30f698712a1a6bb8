"""The pages: the talk, what is promised, and that nothing is here."""

from __future__ import annotations

import json
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, current_app, render_template, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from index.errors import (
    IndexFormatError,
    IndexNotFoundError,
    IndexUnavailableError,
)
from index.intake.names import ADDED_SUFFIXES
from qa.answerer import MAX_QUESTION_CHARACTERS, Answerer
from web.errors import http_error

blueprint = Blueprint("pages", __name__)

_DESCRIPTION = "Ask articles, and get their own words, with the place where they stand."
_MAX_SHOWN = 300
_FIGURES = Path(__file__).parent / "figures.json"


@blueprint.get("/")
def show_chat() -> str:
    """Return the page; what it shows, it asks of the API.

    Its address may ask a question, which whoever shows a link to it should name.
    """
    return _chat(request.args.get("q", "").strip())


@blueprint.get("/documents/<document:doc_id>")
def show_source(doc_id: str) -> str:
    """Return the same page, which opens the document that its address names.

    A quote is named by its words. They are told to whoever shows a link only if the
    document has them.
    """
    answerer: Answerer = current_app.extensions["answerer"]
    document = None
    with suppress(IndexFormatError, IndexNotFoundError, IndexUnavailableError):
        document = answerer.documents().get(doc_id)
    if document is None:
        return _chat()
    quote = request.args.get("exact", "")
    # One search for one string, as this takes no turn: the page itself looks further.
    if quote and quote in document.text:
        return _chat(document.title, f"“{quote}”")
    return _chat(document.title, " ".join(document.text[:_MAX_SHOWN].split()))


@blueprint.get("/verbatim")
def show_promise() -> str:
    """Return what "verbatim" means, with the figures that were measured."""
    figures = json.loads(_FIGURES.read_text(encoding="utf-8"))
    return render_template("promise.html", figures=figures)


@blueprint.app_errorhandler(NotFound)
def show_missing(error: NotFound) -> tuple[str, int] | BaseResponse:
    """Return a page to who looks for one, and a problem to all others."""
    accepted: MIMEAccept = request.accept_mimetypes
    # Browsers want a page rather than JSON; programs take anything alike.
    is_browser = accepted["text/html"] > accepted["application/json"]
    if is_browser and not request.path.startswith("/api/"):
        return render_template("missing.html"), HTTPStatus.NOT_FOUND
    return http_error(error)


def _chat(title: str = "", description: str = _DESCRIPTION) -> str:
    return render_template(
        "index.html",
        title=_shorten(title),
        description=_shorten(description),
        max_characters=MAX_QUESTION_CHARACTERS,
        takes_feedback="feedback" in current_app.extensions,
        is_editable="intake" in current_app.extensions,
        suffixes=", ".join(each.lstrip(".").upper() for each in ADDED_SUFFIXES),
        accepted=",".join(ADDED_SUFFIXES),
    )


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"
