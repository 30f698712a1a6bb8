"""An answer as server-sent events, so that its stages show as they happen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue

from flask import Blueprint, Response, current_app, stream_with_context

from qa.answerer import Answerer, Stage
from qa.answers import Answer
from web.api import make_answer
from web.incoming import AnswerRequest
from web.parsing import read_body
from web.schemas import AnswerReply, StageReply

blueprint = Blueprint("stream", __name__)


class _StoppedError(Exception):
    """Whoever asked has gone."""


@blueprint.post("/api/answer/stream")
def stream_answer() -> Response:
    """Answer the question in the body; what is wrong with the body is a plain error."""
    wanted = read_body(AnswerRequest)
    answerer: Answerer = current_app.extensions["answerer"]
    return Response(
        stream_with_context(_events(answerer, wanted)),
        content_type="text/event-stream",
        # A proxy that waits for the end of a reply would hold the stages back.
        headers={"X-Accel-Buffering": "no"},
    )


def _events(answerer: Answerer, wanted: AnswerRequest) -> Iterator[str]:
    """Yield the stages, then the answer or what went wrong.

    The answer is made in a thread of its own, and this one waits for it, also when
    nobody does any more: so no more answers are made at once than there are threads.
    """
    news: SimpleQueue[Stage | Future[Answer]] = SimpleQueue()
    is_stopped = False

    def report(stage: Stage) -> None:
        if is_stopped:
            raise _StoppedError
        news.put(stage)

    with ThreadPoolExecutor(max_workers=1) as executor:
        task = executor.submit(make_answer, answerer, wanted, report)
        task.add_done_callback(news.put)
        try:
            while not isinstance(each := news.get(), Future):
                yield _event("stage", StageReply(stage=each).model_dump_json())
        finally:
            is_stopped = True
    try:
        yield _event("answer", AnswerReply.of(task.result()).model_dump_json())
    except Exception as error:  # noqa: BLE001 -- reported as the plain endpoint would
        yield _event("error", _problem(error))


def _problem(error: Exception) -> str:
    """Return what Flask would send for an error."""
    try:
        returned = current_app.handle_user_exception(error)
    except Exception as unforeseen:  # noqa: BLE001 -- logged, told without its message
        return current_app.handle_exception(unforeseen).get_data(as_text=True)
    return current_app.make_response(returned).get_data(as_text=True)


def _event(name: str, data: str) -> str:
    # JSON has no line break of its own, so one line of data holds it.
    return f"event: {name}\ndata: {data}\n\n"
