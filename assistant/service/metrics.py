"""What the operator watches, for Prometheus: questions by status, times by route and stage, the index that answers.

In: what happens, told to `Metrics`. Out: `GET /metrics` in Prometheus's text format. No label ever holds what was sent.
"""

from contextlib import AbstractContextManager
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The measurements of one app, in a registry of its own. Safe to share between threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._questions = Counter(
            "chapterverse_questions", "Questions by what came of them.", ["status"], registry=self.registry
        )
        self._requests = Histogram(
            "chapterverse_request_seconds",
            "Time from a request to the end of its response.",
            ["method", "route", "status"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self._stages = Histogram(
            "chapterverse_stage_seconds",
            "Time of each stage of answering.",
            ["stage"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self._not_kept = Counter(
            "chapterverse_answers_not_kept", "Answers given that the database did not take.", registry=self.registry
        )
        self._index = Gauge("chapterverse_index_info", "The index that answers.", ["version"], registry=self.registry)
        self._documents = Gauge("chapterverse_documents", "Documents in the index.", registry=self.registry)
        self.under_way = Gauge("chapterverse_requests_under_way", "Requests at work now.", registry=self.registry)
        for status in ("answered", "partial", "not_found"):
            self._questions.labels(status)  # a rate needs the zero before the first

    def answered(self, *statuses: str) -> None:
        """Count questions by the statuses of their answers."""
        for status in statuses:
            self._questions.labels(status).inc()

    def timed(self, stage: str) -> AbstractContextManager[object]:
        """Measure a stage of answering: as long as the block runs."""
        return self._stages.labels(stage).time()

    def stage(self, name: str, seconds: float) -> None:
        """Measure a stage of answering that is over."""
        self._stages.labels(name).observe(seconds)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Measure a request by its route (the template, never the path)."""
        self._requests.labels(method, route, str(status)).observe(seconds)

    def not_kept(self) -> None:
        """Count an answer that could not be stored."""
        self._not_kept.inc()

    def index_opened(self, version: str, documents: int) -> None:
        """Name the index that answers from now on."""
        self._index.clear()
        self._index.labels(version).set(1)
        self._documents.set(documents)


async def measuring(request: Request) -> Metrics:
    """The measurements of the app that the request came to."""
    metrics: Metrics = request.app.state.metrics
    return metrics


Measured = Annotated[Metrics, Depends(measuring)]


def add_metrics(app: FastAPI, metrics: Metrics) -> None:
    """Serve the measurements at /metrics."""
    router = APIRouter(include_in_schema=False)

    @router.get("/metrics")
    def get_metrics() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_PLAIN_1_0_0)

    app.include_router(router)
