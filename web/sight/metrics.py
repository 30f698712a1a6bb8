"""Figures for Prometheus."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric

from index.errors import (
    IndexFormatError,
    IndexNotFoundError,
    IndexUnavailableError,
)
from qa.answerer import Answerer
from qa.answers import Answer
from web.guard.admission import Admission

_SECONDS = (0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_SHARES = tuple(tenth / 10 for tenth in range(1, 11))


class Metrics:
    """The figures of one application; threads may share them."""

    def __init__(self, answerer: Answerer, admission: Admission) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "qa_requests",
            "Requests answered",
            ("endpoint", "method", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "qa_request_seconds",
            "Time from a request to its reply",
            ("endpoint",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._stages = Histogram(
            "qa_stage_seconds",
            "Time spent in a stage of an answer",
            ("stage",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._answers = Counter(
            "qa_answers", "Answers made, by kind", ("kind",), registry=self.registry
        )
        self._confidence = Histogram(
            "qa_answer_confidence",
            "Confidence of the answers shown",
            buckets=_SHARES,
            registry=self.registry,
        )
        self._dropped = Counter(
            "qa_citations_dropped",
            "Citations not shown, as their text was not where they said",
            registry=self.registry,
        )
        self.cached = Counter(
            "qa_answers_cached",
            "Answers that were made before",
            registry=self.registry,
        )
        self.shed = Counter(
            "qa_shed",
            "Questions turned away or given up",
            ("reason",),
            registry=self.registry,
        )
        running = Gauge(
            "qa_answers_running", "Answers being made", registry=self.registry
        )
        running.set_function(lambda: admission.running)
        waiting = Gauge(
            "qa_answers_waiting", "Questions that wait", registry=self.registry
        )
        waiting.set_function(lambda: admission.waiting)
        self.registry.register(_IndexCollector(answerer))

    def count_answer(self, answer: Answer, stages_ms: dict[str, float]) -> None:
        """Count an answer that was made."""
        self._answers.labels(answer.kind).inc()
        self._dropped.inc(answer.dropped_citations)
        if answer.citations and answer.confidence is not None:
            self._confidence.observe(answer.confidence)
        for stage, milliseconds in stages_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1000)


class _IndexCollector:
    """Which index is answered from, and how old it is."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they are now; none while there is no index."""
        try:
            version = self._answerer.index_version()
            documents = len(self._answerer.documents())
        except (IndexNotFoundError, IndexFormatError, IndexUnavailableError):
            return
        info = GaugeMetricFamily(
            "qa_index_info", "The index that is answered from", labels=["version"]
        )
        info.add_metric([version], 1)
        yield info
        yield GaugeMetricFamily(
            "qa_index_documents", "Documents in the index", value=documents
        )
        age = _age_seconds(version)
        if age is not None:
            yield GaugeMetricFamily(
                "qa_index_age_seconds", "Time since the index was built", value=age
            )


def _age_seconds(version: str) -> float | None:
    """Return how old a version is: its name begins with when it was made."""
    try:
        made = datetime.strptime(version.partition("-")[0], "%Y%m%dT%H%M%SZ")
    except ValueError:
        return None
    return time.time() - made.replace(tzinfo=UTC).timestamp()
