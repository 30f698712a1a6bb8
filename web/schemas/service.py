"""What the service says of itself, and of what went wrong."""

from __future__ import annotations

from typing import Literal

from web.schemas.base import Reply


class FeedbackReply(Reply):
    """A verdict was kept, under this id."""

    id: str


class LivenessReply(Reply):
    """The process answers."""

    status: Literal["alive"] = "alive"


class ReadinessReply(Reply):
    """The service can answer questions, from this index."""

    status: Literal["ready"] = "ready"
    index_version: str
    documents: int


class FieldProblem(Reply):
    """What is wrong with one field; ``pointer`` is a JSON Pointer to it."""

    detail: str
    pointer: str


class Problem(Reply):
    """An error as in RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem]
