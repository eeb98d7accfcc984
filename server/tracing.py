"""Operations as OpenTelemetry's spans. The one module that imports it: it comes with the extra `otel`, or not at all.

Spans are made when the operation is over, from what was noted of it, so that nothing is to be done on the way. Names
and attributes are those of the semantic conventions for GraphQL servers and for PostgreSQL clients. `OTEL_` variables
say where spans are sent, how many are kept and what the server calls itself, as the SDK reads them.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from time import perf_counter, time_ns
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from adapters.database import Database
from adapters.jobs import Attempt, AttemptOutcome
from adapters.statement_times import Run, StatementTimes, shown
from graph.execution.watch import FAILED, Watched
from resolvers.context import Client

NAME: Final = "tablegraph"
SECONDS_TO_SEND: Final = 3.0
"""How long a server that stops waits for its last spans to be taken."""
MAX_NAME_CHARACTERS: Final = 100
MAX_TEXT_CHARACTERS: Final = 10_000
"""Of a statement or a document."""

_EXPORTERS: Final = "opentelemetry_traces_exporter"
_FAULTS: Final = frozenset({FAILED, "UNAVAILABLE"})
"""Codes of what is the server's fault; the others are answers."""
_W3C: Final = TraceContextTextMapPropagator()

Attributes = Mapping[str, AttributeValue]


class UnknownExporter(Exception):
    """The exporter that `OTEL_TRACES_EXPORTER` names is not installed."""


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work to be told of as a span, with its statements below it: an operation, or an attempt at a job.

    Times are those of `perf_counter`, in seconds.
    """

    name: str
    kind: trace.SpanKind
    began: float
    ended: float
    attributes: Attributes
    statements: StatementTimes | None
    is_failure: bool


class Tracing:
    """Makes the spans of one process."""

    def __init__(self, provider: trace.TracerProvider, database: Database, *, shows_documents: bool) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer(NAME)
        self._shows_documents = shows_documents
        self._of_database = _database_attributes(database)

    def watch(self, operation: Watched) -> None:
        """Tell of an operation that is over."""
        work = Work(
            operation.type or "GraphQL Operation",
            trace.SpanKind.SERVER,
            operation.began,
            operation.ended,
            self._attributes(operation),
            operation.statements,
            operation.code in _FAULTS,
        )
        self.tell(work, _parent(operation.client))

    def watch_attempt(self, attempt: Attempt) -> None:
        """Tell of an attempt at a job that is over, by the conventions for messaging: it was taken from a queue."""
        attributes: Attributes = {
            "messaging.system": "pgqueuer",
            "messaging.operation.type": "process",
            "messaging.destination.name": attempt.kind,
            "messaging.message.id": str(attempt.job),
            "tablegraph.job.attempt": attempt.number,
            "tablegraph.job.outcome": attempt.outcome.value,
        }
        name, kind = f"process {attempt.kind}", trace.SpanKind.CONSUMER
        is_failure = attempt.outcome in (AttemptOutcome.RETRIED, AttemptOutcome.FAILED)
        self.tell(Work(name, kind, attempt.began, attempt.ended, attributes, attempt.statements, is_failure))

    def tell(self, work: Work, parent: Context | None = None) -> None:
        """Tell of a piece of work that is over, as a part of what goes on now, or of `parent`."""
        now = time_ns() - int(perf_counter() * 1e9)  # when perf_counter was 0
        span = self._tracer.start_span(
            work.name, parent, work.kind, work.attributes, start_time=now + int(work.began * 1e9)
        )
        if span.is_recording():
            if work.is_failure:
                span.set_status(trace.StatusCode.ERROR)
            around = trace.set_span_in_context(span)
            for run in work.statements.runs if work.statements else ():
                self._tell_run(run, around, now)
        span.end(now + int(work.ended * 1e9))

    def _tell_run(self, run: Run, around: Context, now: int) -> None:
        operation = _first_word(run.text)
        attributes: dict[str, AttributeValue] = {
            **self._of_database,
            "db.query.text": shown(run.text, MAX_TEXT_CHARACTERS),
            "db.operation.name": operation,
        }
        if run.error is not None:
            attributes["error.type"] = attributes["db.response.status_code"] = run.error
        name = f"PREPARE {operation}" if run.is_preparation else operation
        span = self._tracer.start_span(
            name, around, trace.SpanKind.CLIENT, attributes, start_time=now + int(run.began * 1e9)
        )
        if run.error is not None:
            span.set_status(trace.StatusCode.ERROR)
        span.end(now + int(run.ended * 1e9))

    def _attributes(self, operation: Watched) -> Attributes:
        attributes: dict[str, AttributeValue] = {"tablegraph.request_id": operation.client.request_id}
        if operation.type is not None:
            attributes["graphql.operation.type"] = operation.type
        if operation.name is not None:
            attributes["graphql.operation.name"] = operation.name[:MAX_NAME_CHARACTERS]
        if operation.cost is not None:
            attributes["tablegraph.cost"] = operation.cost
        if operation.code != "OK":
            attributes["error.type"] = operation.code
        if self._shows_documents:
            attributes["graphql.document"] = operation.document[:MAX_TEXT_CHARACTERS]
        return attributes

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send, at the end of the block, what is left, for as long as a server that stops may take for that."""
        try:
            yield
        finally:
            if isinstance(self._provider, TracerProvider):
                sending = threading.Thread(target=self._provider.shutdown, daemon=True)
                sending.start()
                await asyncio.to_thread(sending.join, SECONDS_TO_SEND)


def make_tracing(database: Database, exporter: str, *, shows_documents: bool) -> Tracing:
    """Tracing by the provider that `opentelemetry-instrument` has set up, or else by one of our own.

    Raises `UnknownExporter`.
    """
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
        provider.add_span_processor(BatchSpanProcessor(_exporter(exporter)))
    return Tracing(provider, database, shows_documents=shows_documents)


def _exporter(name: str) -> SpanExporter:
    found = entry_points(group=_EXPORTERS, name="otlp_proto_http" if name == "otlp" else name)
    if not found:
        raise UnknownExporter(name)
    exporter: SpanExporter = next(iter(found)).load()()
    return exporter


def _resource() -> Resource:
    """Who sends: what the variables say, or else the server's own name."""
    resource = Resource.create()
    if str(resource.attributes[SERVICE_NAME]).startswith("unknown_service"):
        resource = resource.merge(Resource({SERVICE_NAME: NAME}))
    return resource


def _parent(client: Client) -> Context | None:
    """What the client says that its request is a part of; None where it says nothing, or this is a part of ours."""
    if client.trace is None or trace.get_current_span().get_span_context().is_valid:
        return None
    return _W3C.extract(dict(zip(("traceparent", "tracestate"), client.trace, strict=True)), Context())


def _first_word(text: str) -> str:
    """What a statement does: `SELECT`, `COMMIT`."""
    return (text[:50].split() or [""])[0].strip(";(").upper()


def _database_attributes(database: Database) -> Attributes:
    url = database.url
    known = {
        "db.system.name": "postgresql",
        "db.namespace": url.database,
        "server.address": url.host,
        "server.port": url.port,
    }
    return {name: value for name, value in known.items() if value is not None}
