"""An answer as server-sent events, so that its stages show as they happen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue
from threading import Event

from flask import Blueprint, Response, current_app, stream_with_context

from qa.answerer import Stage
from qa.context import RequestContext
from web.answers import Answers
from web.api import note_answer
from web.contract.endpoint import endpoint
from web.schemas.answers import AnswerReply, StageReply
from web.schemas.incoming import AnswerRequest, ExplainQuery

blueprint = Blueprint("stream", __name__)


@endpoint(
    blueprint,
    "POST",
    "/api/answer/stream",
    body=AnswerRequest,
    query=ExplainQuery,
    reply=None,
    produces="text/event-stream",
    tag="answers",
    problems=(504,),
)
def stream_answer(body: AnswerRequest, query: ExplainQuery) -> Response:
    """Answer the question in the body, telling the stages as they happen.

    The events are `stage`, with `searching` or `reading`, and at the end `answer`,
    with the reply of `/api/answer`, or `error`, with a problem. What is wrong with the
    request, or that too many ask, is a plain problem.
    """
    answers: Answers = current_app.extensions["answers"]
    stopped = Event()
    context = answers.limits(is_explained=query.explain, is_stopped=stopped.is_set)
    if (reply := answers.known(body, context)) is not None:
        note_answer(body, reply, context, is_known=True)
        return _response(iter([_event("answer", reply.model_dump_json())]))
    turn = ExitStack()
    turn.enter_context(answers.turn(context))
    events = _events(answers, body, context, stopped)
    response = _response(stream_with_context(events))
    # Also when nobody reads an event: a generator that never began has no end.
    response.call_on_close(turn.close)
    return response


def _response(events: Iterator[str]) -> Response:
    return Response(
        events,
        content_type="text/event-stream",
        # A proxy that waits for the end of a reply would hold the stages back.
        headers={"X-Accel-Buffering": "no"},
    )


def _events(
    answers: Answers, wanted: AnswerRequest, context: RequestContext, stopped: Event
) -> Iterator[str]:
    """Yield the stages, then the answer or what went wrong.

    The answer is made in a thread of its own, and this one waits for it, also when
    nobody does any more: the turn is held until nothing is computed.
    """
    news: SimpleQueue[Stage | Future[AnswerReply]] = SimpleQueue()
    with ThreadPoolExecutor(max_workers=1) as executor:
        task = executor.submit(answers.make, wanted, context, news.put)
        task.add_done_callback(news.put)
        try:
            while not isinstance(each := news.get(), Future):
                yield _event("stage", StageReply(stage=each).model_dump_json())
        finally:
            stopped.set()
    try:
        reply = task.result()
        note_answer(wanted, reply, context, is_known=False)
        yield _event("answer", reply.model_dump_json())
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
