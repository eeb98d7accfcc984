"""What the server counts about itself, in Prometheus's format at `/metrics`.

With several workers each writes its numbers into files of a folder that all share (`PROMETHEUS_MULTIPROC_DIR`, set
before prometheus_client is imported), and any of them answers for all.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import psutil
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
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from starlette.requests import Request
from starlette.responses import Response

from adapters.database import Database
from adapters.jobs import Attempt
from adapters.tasks import end_task
from graph.execution.admission import Admission
from resolvers.services import Services
from server.live_metrics import LiveMetrics
from server.operation_metrics import BUCKETS, AllWorkersOperations, OperationMetrics

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
MULTIPROCESS_MODE = MULTIPROCESS in os.environ

REFRESH_SECONDS = 1
"""How far the numbers that are not written as they are counted may lag behind, with several workers."""


class Metrics:
    """The numbers of one application."""

    def __init__(self, services: Services, max_operations: int) -> None:
        registry = self._registry = CollectorRegistry()
        self.operations = OperationMetrics(max_operations)
        self._live = LiveMetrics(registry, services.figures, services.bus)
        self._requests = Counter(
            "tablegraph_requests",
            "Requests answered, by operation (query, mutation, or none for all else) and error code or HTTP status.",
            ["operation", "code"],
            registry=registry,
        )
        self._seconds = Histogram(
            "tablegraph_request_seconds", "Seconds to an answer.", ["operation"], buckets=BUCKETS, registry=registry
        )
        self._job_seconds = Histogram(
            "tablegraph_job_seconds",
            "Seconds that an attempt at a job took, by its kind and outcome: done, retried, failed or cancelled.",
            ["kind", "outcome"],
            buckets=BUCKETS,
            registry=registry,
        )
        self._make_gauges(registry)
        self._in_flight = 0
        self._database: Database | None = None
        self._known_requests: dict[tuple[str, str], Counter] = {}
        self._known_seconds: dict[str, Histogram] = {}
        if not MULTIPROCESS_MODE:
            self._ask_this_process()

    def _make_gauges(self, registry: CollectorRegistry) -> None:
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

    def _ask_this_process(self) -> None:
        """Alone, have the numbers looked up when somebody reads them."""
        self._registry.register(self.operations)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)
        self._in_flight_gauge.set_function(lambda: self._in_flight)
        self._connections.set_function(self._connections_in_use)

    def attempted(self, attempt: Attempt) -> None:
        """Count an attempt at a job that is over."""
        self._job_seconds.labels(attempt.kind, attempt.outcome.value).observe(attempt.seconds)

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

    def watch_admission(self, admission: Admission) -> None:
        """Count the requests that this refuses."""
        self._live.admission = admission

    def _connections_in_use(self) -> int:
        return self._database.connections_in_use if self._database else 0

    @contextmanager
    def socket_open(self) -> Iterator[None]:
        """Count a WebSocket for as long as the block lasts."""
        self._live.sockets += 1
        try:
            yield
        finally:
            self._live.sockets -= 1

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """With several workers, write the numbers of open connections where the others read them, again and again."""
        refreshing = asyncio.create_task(self._refresh()) if MULTIPROCESS_MODE else None
        try:
            yield
        finally:
            if refreshing is not None:
                await end_task(refreshing)
                self._share()  # what is counted stays when the worker has ended

    async def _refresh(self) -> None:
        while True:
            self._share()
            await asyncio.sleep(REFRESH_SECONDS)

    def _share(self) -> None:
        """Write, where the others read them, the numbers that are not written as they are counted."""
        self._live.refresh()
        self.operations.save(Path(os.environ[MULTIPROCESS]))

    async def page(self, _: Request) -> Response:
        """The handler of `/metrics`."""
        registry = self._registry
        if MULTIPROCESS_MODE:
            folder = Path(os.environ[MULTIPROCESS])
            self._share()
            _forget_dead_workers(folder)
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus_client leaves it untyped
            registry.register(AllWorkersOperations(folder))
        else:
            self._live.refresh()
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _forget_dead_workers(folder: Path) -> None:
    """Remove what a worker that was killed said of the present; what it counted stays."""
    for pid in {int(file.stem.rpartition("_")[2]) for file in folder.glob("gauge_live*.db")}:
        if not psutil.pid_exists(pid):
            with suppress(FileNotFoundError):  # another worker was quicker
                mark_process_dead(pid)  # type: ignore[no-untyped-call]  # likewise
