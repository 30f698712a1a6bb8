"""Making answers for HTTP: from the cache, or in turn, within the request's limits."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import request

from qa.answerer import Answerer, Stage
from qa.context import RequestContext
from web.guard.admission import Admission
from web.guard.cache import AnswerCache
from web.schemas.answers import AnswerReply
from web.schemas.incoming import AnswerRequest
from web.sight.metrics import Metrics


class Answers:
    """Answers requests; one for an application, which threads may share."""

    def __init__(
        self,
        answerer: Answerer,
        admission: Admission,
        metrics: Metrics,
        *,
        deadline_seconds: float,
        cached: int,
    ) -> None:
        self._answerer = answerer
        self._admission = admission
        self._metrics = metrics
        self._deadline_seconds = deadline_seconds
        self._cache: AnswerCache[AnswerReply] = AnswerCache(cached)

    def limits(
        self,
        *,
        is_explained: bool = False,
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> RequestContext:
        """Return the limits of the request under way, which begins now."""
        # Only waitress tells whether its client is there; others find out by writing.
        is_gone = request.environ.get("waitress.client_disconnected", lambda: False)
        return RequestContext(
            deadline=time.monotonic() + self._deadline_seconds,
            is_cancelled=lambda: is_stopped() or is_gone(),
            is_explained=is_explained,
        )

    def known(
        self, wanted: AnswerRequest, context: RequestContext
    ) -> AnswerReply | None:
        """Return the reply to the same request to the same index, if it is kept."""
        reply = self._cache.get(
            _key(self._answerer.index_version(), wanted, context.is_explained)
        )
        if reply is not None:
            self._metrics.cached.inc()
        return reply

    @contextmanager
    def turn(self, context: RequestContext) -> Iterator[None]:
        """Wait for a turn to make an answer, and hold it; see ``Admission``."""
        waited_from = time.perf_counter()
        with self._admission.admitted(context):
            context.timings_ms["wait"] = 1000 * (time.perf_counter() - waited_from)
            yield

    def make(
        self,
        wanted: AnswerRequest,
        context: RequestContext,
        report: Callable[[Stage], None] = lambda stage: None,
    ) -> AnswerReply:
        """Return the answer to what was asked; see ``Answerer.answer``.

        To be called in a turn. What it raises is told by ``web.errors``.
        """
        context.check()
        answer = self._answerer.answer(
            wanted.question,
            k=wanted.k,
            history=[each.turn() for each in wanted.history],
            doc_ids=wanted.document_ids,
            interpret=wanted.interpret,
            without_terms=wanted.without_terms,
            report=report,
            context=context,
        )
        self._metrics.count_answer(answer, context.timings_ms)
        reply = AnswerReply.of(answer, context)
        self._cache.keep(
            _key(answer.index_version, wanted, context.is_explained), reply
        )
        return reply


def _key(index_version: str, wanted: AnswerRequest, is_explained: bool) -> str:
    # A checksum: a request may be half a megabyte, and hundreds are kept.
    asked = f"{index_version} {is_explained} {wanted.model_dump_json()}"
    return hashlib.sha256(asked.encode()).hexdigest()
