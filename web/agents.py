"""Answers for assistants, over the Model Context Protocol.

An assistant that asks here quotes articles instead of remembering them, and can prove
its quotes. Needs the extra ``mcp``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event
from typing import Annotated, TypeVar

from anyio import to_thread
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from qa.answerer import (
    DEFAULT_K,
    MAX_K,
    MAX_QUESTION_CHARACTERS,
    Answerer,
    QuestionError,
    UnknownDocumentError,
)
from qa.answers import Answer
from qa.context import DeadlineExceededError, RequestContext
from web.guard.admission import Admission, OverloadedError
from web.schemas.answers import AnswerReply, CitationReply, VerifyReply
from web.schemas.base import Reply
from web.schemas.documents import DocumentSummary
from web.schemas.incoming import QuoteRequest
from web.verify import verified

_INSTRUCTIONS = """\
Answers questions about a collection of articles in the articles' own words. Quote what
`ask` and `search` return verbatim, with the document's title, and let `verify_quotes`
confirm each quote before you show it. When `ask` says no_answer, the articles do not
say; do not fill in from memory."""

# As much of a text as an assistant reads at once.
_MAX_CHARACTERS = 20_000

Question = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION_CHARACTERS)]
Passages = Annotated[int, Field(ge=1, le=MAX_K)]
Result = TypeVar("Result")


class PassagesReply(Reply):
    """Passages, best first."""

    passages: list[CitationReply]


class TextReply(Reply):
    """A part of a document's text: ``[start, end)`` of its ``characters``."""

    document: DocumentSummary
    start: int
    end: int
    characters: int
    text: str


def create_mcp_server(
    answerer: Answerer, deadline_seconds: float, admission: Admission
) -> MCPServer:
    """Return a server of the protocol that answers with ``answerer``, in turn."""
    server = MCPServer("verbatim-qa", instructions=_INSTRUCTIONS)

    @server.tool()
    async def ask(
        question: Question, document_ids: list[str] | None = None
    ) -> AnswerReply:
        """Answer a question in the articles' own words, with exact citations."""
        is_given_up = Event()
        context = RequestContext(
            time.monotonic() + deadline_seconds, is_cancelled=is_given_up.is_set
        )

        def answer() -> Answer:
            with admission.admitted(context):
                return answerer.answer(question, doc_ids=document_ids, context=context)

        try:
            # Left to itself when the assistant gives up; it ends at the next check.
            made = await to_thread.run_sync(_told, answer, abandon_on_cancel=True)
        finally:
            is_given_up.set()
        return AnswerReply.of(made, context)

    @server.tool()
    def search(
        query: Question, k: Passages = DEFAULT_K, document_ids: list[str] | None = None
    ) -> PassagesReply:
        """Find the passages nearest to a query, without choosing an answer."""
        found = _told(lambda: answerer.search(query, k, document_ids))
        return PassagesReply(passages=[CitationReply.of(each) for each in found])

    @server.tool()
    def read_document(
        document_id: str, start: Annotated[int, Field(ge=0)] = 0
    ) -> TextReply:
        """Read an article's text from an offset on.

        It comes in parts: go on from `end` until that is `characters`.
        """
        document = answerer.documents().get(document_id)
        if document is None:
            raise ToolError(f"no document {document_id!r}; search names those known")
        text = document.text[start : start + _MAX_CHARACTERS]
        return TextReply(
            document=DocumentSummary.of(document),
            start=start,
            end=start + len(text),
            characters=len(document.text),
            text=text,
        )

    @server.tool()
    def verify_quotes(
        citations: Annotated[list[QuoteRequest], Field(min_length=1, max_length=100)],
    ) -> VerifyReply:
        """Say of each quote whether it stands, has moved, or is gone."""
        context = RequestContext(time.monotonic() + deadline_seconds)

        def verify() -> VerifyReply:
            with admission.admitted(context):
                return verified(answerer, citations, context)

        return _told(verify)

    return server


def _told(call: Callable[[], Result]) -> Result:
    """Return a call's result; what it refuses is told to the assistant."""
    try:
        return call()
    except OverloadedError as error:
        told = f"{error}; ask again in {error.retry_after} seconds"
        raise ToolError(told) from error
    except (DeadlineExceededError, QuestionError, UnknownDocumentError) as error:
        raise ToolError(str(error)) from error
