"""Who watches the operations of a process: metrics always, the log of slow ones and traces where they are wanted."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

import structlog

from adapters.database import Database
from adapters.jobs import JobWatching
from graph.execution.watch import Watching
from server.metrics import Metrics
from server.settings import Settings
from server.slow_operations import SlowOperations

logger = structlog.get_logger(__name__)

_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


class Telemetry:
    """The watchers of one process, made from its settings and the `OTEL_` variables."""

    def __init__(self, settings: Settings, database: Database, metrics: Metrics) -> None:
        watchers = [metrics.operations.observe]
        self._parts: list[Any] = []
        self._tracings: list[Any] = []
        seconds = settings.slow_operation_time.total_seconds()
        if seconds:
            slow = SlowOperations(database, seconds, settings.max_slow_operations_per_minute)
            self._parts.append(slow)
        exporter = wanted_exporter()
        if exporter is not None:
            self._tracings = _tracing(database, exporter, shows_documents=settings.trace_documents)
            self._parts += self._tracings
        watchers += [part.watch for part in self._parts]
        job_watchers = [metrics.attempted, *(part.watch_attempt for part in self._tracings)]
        self.job_watching = JobWatching(job_watchers, times_statements=bool(self._tracings))
        self.watching = Watching(
            watchers, times_statements=bool(self._parts) or settings.shows_timing, tells_times=settings.shows_timing
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Bring to an end, with the block, what the watchers still have to do."""
        async with AsyncExitStack() as stack:
            for part in self._parts:
                await stack.enter_async_context(part.running())
            yield


def wanted_exporter() -> str | None:
    """The exporter of traces that the environment asks for, by naming it or where it sends to; None for no traces."""
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return None
    named = os.environ.get("OTEL_TRACES_EXPORTER", "").strip()
    if not named and any(os.environ.get(name, "").strip() for name in _ENDPOINTS):
        return "otlp"
    return None if named in ("", "none") else named


def _tracing(database: Database, exporter: str, *, shows_documents: bool) -> list[Any]:
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.sdk") is None:
        logger.warning("no traces: the extra that makes them is missing", remedy="pip install tablegraph[otel]")
        return []
    tracing = import_module("server.tracing")
    try:
        return [tracing.make_tracing(database, exporter, shows_documents=shows_documents)]
    except tracing.UnknownExporter as error:  # a server serves, watched or not
        logger.warning("no traces: no package that is installed has this exporter", exporter=str(error))
        return []
