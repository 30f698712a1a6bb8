"""What readers say of answers: right, wrong, or from the wrong passage."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Self

from flask import Blueprint, Response, current_app
from pydantic import Field, StringConstraints, model_validator
from werkzeug.exceptions import Conflict, UnprocessableEntity

from index.documents import Document
from qa.answerer import Answerer
from web.feedback_store import Feedback, FeedbackStore, Place, Verdict
from web.incoming import PlaceRequest, Question, Request
from web.parsing import read_body
from web.schemas import FeedbackReply

blueprint = Blueprint("feedback", __name__)

# As much of an answer as can be sent back in a conversation.
_MAX_ANSWER_CHARACTERS = 8000
_MAX_VERSION_CHARACTERS = 100


class FeedbackRequest(Request):
    """A verdict on an answer.

    Attributes:
        answer: As replied; ``null`` when there was none.
        citation: What the answer rests on first; for no answer, the passage that was
            nearest. ``null`` when the reply had neither.
        index_version: As replied.
    """

    question: Question
    verdict: Verdict
    answer: Annotated[str, StringConstraints(max_length=_MAX_ANSWER_CHARACTERS)] | None
    citation: PlaceRequest | None
    index_version: Annotated[
        str, Field(min_length=1, max_length=_MAX_VERSION_CHARACTERS)
    ]

    @model_validator(mode="after")
    def _has_a_passage(self) -> Self:
        if self.verdict == "wrong_passage" and self.citation is None:
            raise ValueError("wrong_passage needs the citation of the passage")
        return self


@blueprint.post("/api/feedback")
def create_feedback() -> Response:
    """Keep the verdict in the body, with the text that it is about."""
    wanted = read_body(FeedbackRequest)
    store: FeedbackStore = current_app.extensions["feedback"]
    number = store.add(
        Feedback(
            question=wanted.question,
            verdict=wanted.verdict,
            answer=wanted.answer,
            place=_place(wanted) if wanted.citation else None,
            index_version=wanted.index_version,
        )
    )
    return Response(
        FeedbackReply(id=number).model_dump_json(),
        HTTPStatus.CREATED,
        content_type="application/json",
    )


def _place(wanted: FeedbackRequest) -> Place:
    assert wanted.citation is not None
    answerer: Answerer = current_app.extensions["answerer"]
    doc_id, start, end = (
        wanted.citation.document_id,
        wanted.citation.start,
        wanted.citation.end,
    )
    document = answerer.documents().get(doc_id)
    if document is None:
        raise UnprocessableEntity(
            f"no document {doc_id!r}; GET /api/documents lists those known"
        )
    if not start < end <= len(document.text):
        raise UnprocessableEntity(
            f"[{start}, {end}) is no part of the {len(document.text)} characters of "
            f"document {doc_id!r}"
        )
    # A newer index may have another text there; only an answer tells.
    is_newer = wanted.index_version != answerer.index_version()
    if is_newer and document.text[start:end] not in (wanted.answer or ""):
        raise Conflict(
            f"document {doc_id!r} has changed since index {wanted.index_version}; "
            "ask again"
        )
    return place_of(document, start, end)


# Lines that reach further than this are cut: a whole book may be one line.
_MAX_AROUND = 2000


def place_of(document: Document, start: int, end: int) -> Place:
    """Return a piece of a document with the lines that it stands in."""
    text = document.text
    low, high = max(0, start - _MAX_AROUND), min(len(text), end + _MAX_AROUND)
    low = max(low, text.rfind("\n", low, start) + 1)
    line_end = text.find("\n", end, high)
    high = high if line_end < 0 else line_end
    return Place(
        doc_id=document.doc_id,
        document_sha256=document.sha256,
        start=start,
        end=end,
        context=text[low:high],
        context_start=low,
    )
