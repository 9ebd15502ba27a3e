"""Figures for Prometheus. Labels are routes and statuses, never a name or a text."""

from collections.abc import Callable

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_SEGMENTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """The figures of one server."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "dragoman_requests",
            "Requests answered",
            ["route", "method", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "dragoman_request_seconds",
            "From a request's head to the end of its answer",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._characters = Counter(
            "dragoman_source_characters", "Characters of source translated", registry=registry
        )
        self._batch_segments = Histogram(
            "dragoman_batch_segments", "Segments in a batch", buckets=_SEGMENTS, registry=registry
        )
        self._batch_seconds = Histogram(
            "dragoman_batch_seconds", "Decoding of a batch", buckets=_SECONDS, registry=registry
        )
        self._waiting = Gauge(
            "dragoman_waiting_segments", "Segments that no batch has taken yet", registry=registry
        )
        self._in_flight = Gauge(
            "dragoman_requests_in_flight", "Translations asked for, not answered", registry=registry
        )

    def watch(self, *, waiting: Callable[[], int], in_flight: Callable[[], int]) -> None:
        """Where to look for what changes by itself."""
        self._waiting.set_function(waiting)
        self._in_flight.set_function(in_flight)

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request was."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def translated(self, characters: int) -> None:
        """So much of source."""
        self._characters.inc(characters)

    def batch(self, segments: int, seconds: float) -> None:
        """One was decoded."""
        self._batch_segments.observe(segments)
        self._batch_seconds.observe(seconds)

    def text(self) -> bytes:
        """As Prometheus reads it."""
        return generate_latest(self._registry)
