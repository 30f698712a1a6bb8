"""The chat page."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template

from qa.answerer import MAX_QUESTION_CHARACTERS

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def show_chat() -> str:
    """Return the page; what it shows, it asks of the API."""
    return render_template(
        "index.html",
        max_characters=MAX_QUESTION_CHARACTERS,
        takes_feedback="feedback" in current_app.extensions,
    )


@blueprint.get("/documents/<path:doc_id>")
def show_source(doc_id: str) -> str:
    """Return the same page, which opens the document that its address names.

    With ``#start-end``, a quote in it is marked.
    """
    return show_chat()
