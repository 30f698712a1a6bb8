"""The chat page."""

from __future__ import annotations

from flask import Blueprint, render_template

from qa.answerer import MAX_QUESTION_CHARACTERS

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def show_chat() -> str:
    """Return the page; what it shows, it asks of the API."""
    return render_template("index.html", max_characters=MAX_QUESTION_CHARACTERS)
