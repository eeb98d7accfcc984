"""What the server counts about itself, in Prometheus's format at `/metrics`.

With several workers each writes its numbers into files of a folder that all share (`PROMETHEUS_MULTIPROC_DIR`, set
before prometheus_client is imported), and any of them answers for all.
"""

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response

from adapters.database import Database

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
MULTIPROCESS_MODE = MULTIPROCESS in os.environ
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The numbers of one application."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self._requests = Counter(
            "tablegraph_requests",
            "Requests answered, by operation (query, mutation, or none for all else) and error code or HTTP status.",
            ["operation", "code"],
            registry=registry,
        )
        self._seconds = Histogram(
            "tablegraph_request_seconds", "Seconds to an answer.", ["operation"], buckets=BUCKETS, registry=registry
        )
        self._in_flight_gauge = Gauge(
            "tablegraph_requests_in_flight",
            "Requests that are being answered.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self._connections = Gauge(
            "tablegraph_database_connections_in_use",
            "Connections taken from the pools.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self._pool_size = Gauge(
            "tablegraph_database_connections_max",
            "Connections that the pools may open.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self._in_flight = 0
        self._database: Database | None = None
        self._known_requests: dict[tuple[str, str], Counter] = {}
        self._known_seconds: dict[str, Histogram] = {}
        if not MULTIPROCESS_MODE:
            for collector in (ProcessCollector, PlatformCollector, GCCollector):
                collector(registry=self._registry)
            self._in_flight_gauge.set_function(lambda: self._in_flight)
            self._connections.set_function(self._connections_in_use)

    def begun(self) -> None:
        """Count a request that is going to be answered."""
        self._in_flight += 1

    def answered(self, operation: str, code: str, seconds: float) -> None:
        """Count one request that has begun and is over."""
        self._in_flight -= 1
        if MULTIPROCESS_MODE:  # other workers read what was set last; alone, this process is asked when it matters
            self._in_flight_gauge.set(self._in_flight)
            self._connections.set(self._connections_in_use())
        counter = self._known_requests.get((operation, code))
        if counter is None:
            counter = self._known_requests[operation, code] = self._requests.labels(operation, code)
        counter.inc()
        histogram = self._known_seconds.get(operation)
        if histogram is None:
            histogram = self._known_seconds[operation] = self._seconds.labels(operation)
        histogram.observe(seconds)

    def watch(self, database: Database, pool_size: int) -> None:
        """Count the connections that are out of this pool."""
        self._pool_size.set(pool_size)
        self._database = database

    def _connections_in_use(self) -> int:
        return self._database.connections_in_use if self._database else 0

    async def page(self, _: Request) -> Response:
        """The handler of `/metrics`."""
        registry = self._registry
        if MULTIPROCESS_MODE:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus_client leaves it untyped
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
