"""What the server tells of its work in the background: spans of attempts at jobs, and how long they took."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from adapters.database import Database
from adapters.jobs import GiveUp, Job, JobKind, Pace, Worker, enqueue
from resolvers.services import Services
from server.app import create_app
from server.settings import Settings
from tests.support.api import client_of
from tests.support.collector import Collector, collecting, plain
from tests.support.jobs import queued
from tests.support.waiting import eventually

PACE = Pace(poll=timedelta(milliseconds=200))


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector that the environment names."""
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        yield collector


async def put(database: Database, kind: str) -> None:
    """A job in the queue."""
    async with database.transaction() as unit:
        await enqueue(unit.connection, [Job(kind)])


async def look(database: Database, _: Job) -> None:
    """A job with a statement."""
    async with database.unit() as unit:
        await unit.connection.fetchval("SELECT 1")


async def fail(_: Job) -> None:
    """A job that fails for good."""
    raise GiveUp("never")


async def test_attempts_at_jobs_are_spans_with_their_statements_and_are_counted(
    settings: Settings, services: Services, collector: Collector
) -> None:
    database = services.database

    app = create_app(settings, services)
    kinds = [JobKind("look", partial(look, database)), JobKind("fail", fail)]
    await put(database, "look")
    await put(database, "fail")

    async def is_over() -> bool:
        return [status for _, status, _ in await queued(database)] == ["failed"]

    async with app.state.telemetry.running(), Worker(database, kinds, PACE, app.state.telemetry.job_watching).running():
        await eventually(is_over)
    spans = {span.name: span for span in collector.spans if span.kind == Span.SPAN_KIND_CONSUMER}
    assert set(spans) == {"process look", "process fail"}
    attributes = plain(spans["process look"].attributes)
    assert int(attributes.pop("messaging.message.id")) > 0
    assert attributes == {
        "messaging.system": "pgqueuer",
        "messaging.operation.type": "process",
        "messaging.destination.name": "look",
        "tablegraph.job.attempt": 1,
        "tablegraph.job.outcome": "done",
    }
    statements = [plain(each.attributes)["db.query.text"] for each in collector.below(spans["process look"])]
    assert "SELECT 1" in statements
    assert spans["process look"].status.code == Status.STATUS_CODE_UNSET
    assert spans["process fail"].status.code == Status.STATUS_CODE_ERROR
    async with client_of(app) as http:
        text = (await http.get("/metrics")).text
    assert 'tablegraph_job_seconds_count{kind="look",outcome="done"} 1.0' in text
    assert 'tablegraph_job_seconds_count{kind="fail",outcome="failed"} 1.0' in text
