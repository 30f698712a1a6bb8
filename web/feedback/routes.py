"""The endpoints for what readers say of answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Self

from flask import Blueprint, current_app
from pydantic import Field, StringConstraints, model_validator
from werkzeug.exceptions import Conflict, NotFound, UnprocessableEntity

from index.documents import Document
from qa.answerer import Answerer
from web.contract.endpoint import endpoint
from web.feedback.store import Feedback, FeedbackStore, Place, Verdict
from web.schemas.incoming import PlaceRequest, Question, Request
from web.schemas.service import FeedbackReply

blueprint = Blueprint("feedback", __name__)

# As much of an answer as can be sent back in a conversation.
_MAX_ANSWER_CHARACTERS = 8000
_MAX_QUOTE_CHARACTERS = 8000
_MAX_VERSION_CHARACTERS = 100
_MAX_COMMENT_CHARACTERS = 2000


Comment = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=_MAX_COMMENT_CHARACTERS)
]


class ChangedFeedbackRequest(Request):
    """What a reader says of the same answer now."""

    verdict: Verdict
    comment: Comment | None = None


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
    comment: Comment | None = None

    @model_validator(mode="after")
    def _has_a_passage(self) -> Self:
        if self.verdict == "wrong_passage" and self.citation is None:
            raise ValueError("wrong_passage needs the citation of the passage")
        return self


@endpoint(
    blueprint,
    "POST",
    "/api/feedback",
    body=FeedbackRequest,
    reply=FeedbackReply,
    status=HTTPStatus.CREATED,
    tag="feedback",
    problems=(409,),
)
def create_feedback(body: FeedbackRequest) -> FeedbackReply:
    """Keep the verdict in the body, with the text that it is about.

    By the `id` of the reply, it can be changed or taken back; nobody else knows it.
    """
    token = _store().add(
        Feedback(
            question=body.question,
            verdict=body.verdict,
            answer=body.answer,
            place=_place(body) if body.citation else None,
            index_version=body.index_version,
            comment=body.comment or None,
        )
    )
    return FeedbackReply(id=token)


@endpoint(
    blueprint,
    "PUT",
    "/api/feedback/<token>",
    body=ChangedFeedbackRequest,
    reply=FeedbackReply,
    tag="feedback",
    problems=(404,),
)
def change_feedback(token: str, body: ChangedFeedbackRequest) -> FeedbackReply:
    """Change a verdict that was kept."""
    if not _store().change(token, body.verdict, body.comment or None):
        raise NotFound(_NO_VERDICT)
    return FeedbackReply(id=token)


@endpoint(
    blueprint,
    "DELETE",
    "/api/feedback/<token>",
    reply=None,
    status=HTTPStatus.NO_CONTENT,
    tag="feedback",
    problems=(404,),
)
def remove_feedback(token: str) -> None:
    """Take a verdict back."""
    if not _store().remove(token):
        raise NotFound(_NO_VERDICT)


_NO_VERDICT = "no verdict of that id; it may have been taken back"


def _store() -> FeedbackStore:
    store: FeedbackStore = current_app.extensions["feedback"]
    return store


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
    if end - start > _MAX_QUOTE_CHARACTERS:
        raise UnprocessableEntity(
            f"a verdict is on at most {_MAX_QUOTE_CHARACTERS} characters of a "
            f"document, not {end - start}"
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
