"""Traces as a collector gets them: spans of operations and of their statements, where the environment asks for them."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from structlog.testing import capture_logs

from adapters.statement_times import StatementTimes
from graph.execution.watch import Watched
from resolvers.context import Client
from resolvers.services import Services
from server.app import create_app
from server.settings import Settings
from server.telemetry import wanted_exporter
from tests.support.api import Api, Person, bearer, client_of
from tests.support.collector import Collector, collecting, plain
from tests.support.program import ROOT
from tests.support.sockets import opened, served
from tests.support.tables import make_table
from tests.support.waiting import eventually

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"
UNSAMPLED = f"00-{TRACE}-{PARENT}-00"
RENAME = "mutation Make($name: String!) { createWorkspace(input: {name: $name}) { workspace { id } } }"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of OpenTelemetry's variables is set."""
    for name in ("SDK_DISABLED", "TRACES_EXPORTER", "EXPORTER_OTLP_ENDPOINT", "EXPORTER_OTLP_TRACES_ENDPOINT"):
        monkeypatch.delenv(f"OTEL_{name}", raising=False)
    for name in ("SERVICE_NAME", "RESOURCE_ATTRIBUTES", "TRACES_SAMPLER", "TRACES_SAMPLER_ARG"):
        monkeypatch.delenv(f"OTEL_{name}", raising=False)


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector that the environment names."""
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        yield collector


@asynccontextmanager
async def traced(settings: Settings, services: Services, **update: object) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that runs; its spans have been sent after the block."""
    app = create_app(settings.model_copy(update=update), services)
    async with app.state.telemetry.running(), client_of(app) as http:
        yield http


async def send(
    http: httpx.AsyncClient, query: str, person: Person | None = None, variables: Any = None, **headers: str
) -> None:
    body = {"query": query, "variables": variables or {}}
    await http.post("/graphql", json=body, headers={**(bearer(person) if person else {}), **headers})


def operations(collector: Collector) -> list[Span]:
    return [span for span in collector.spans if span.kind == Span.SPAN_KIND_SERVER]


async def test_an_operation_is_a_span_and_its_statements_are_spans_below_it(
    settings: Settings, services: Services, api: Api, collector: Collector
) -> None:
    person = await api.register()
    async with traced(settings, services) as http:
        await send(http, RENAME, person, {"name": "a secret"}, **{"X-Request-ID": "the-id"})

    [span] = operations(collector)
    statements = collector.below(span)
    attributes = plain(span.attributes)
    assert span.name == "mutation"
    assert attributes.pop("tablegraph.cost") > 0
    assert attributes == {
        "graphql.operation.name": "Make",
        "graphql.operation.type": "mutation",
        "tablegraph.request_id": "the-id",
    }
    assert span.parent_span_id == b""
    assert span.status.code == Status.STATUS_CODE_UNSET
    executed = [each.name for each in statements if not each.name.startswith("PREPARE")]
    assert (executed[0], executed[-1]) == ("BEGIN", "COMMIT")
    assert len(collector.spans) == 1 + len(statements)
    assert "a secret" not in repr(collector.spans)


async def test_a_statement_has_what_the_conventions_ask_for(
    settings: Settings, services: Services, api: Api, collector: Collector
) -> None:
    person = await api.register()
    async with traced(settings, services) as http:
        await send(http, "query Mine { workspaces { id } }", person)

    [span] = operations(collector)
    statement = collector.below(span)[-1]
    attributes = plain(statement.attributes)
    url = services.database.url
    assert "FROM workspaces" in attributes["db.query.text"]
    assert "$1" in attributes["db.query.text"]
    expected = {
        "db.system.name": "postgresql",
        "db.operation.name": "SELECT",
        "db.namespace": url.database,
        "db.query.text": attributes["db.query.text"],
        "server.address": url.host,
        "server.port": url.port,
    }
    assert attributes == {name: value for name, value in expected.items() if value is not None}
    assert (statement.name, statement.kind, statement.trace_id) == ("SELECT", Span.SPAN_KIND_CLIENT, span.trace_id)
    assert span.start_time_unix_nano < statement.start_time_unix_nano
    assert statement.start_time_unix_nano < statement.end_time_unix_nano < span.end_time_unix_nano


async def test_an_operation_is_a_part_of_the_trace_that_its_request_names(
    settings: Settings, services: Services, collector: Collector
) -> None:
    async with traced(settings, services) as http:
        await send(http, "query A { __typename }", traceparent=TRACEPARENT, tracestate="vendor=value")
        await send(http, "query B { __typename }", traceparent="00-nonsense")
        await send(http, "query C { __typename }", traceparent=UNSAMPLED)

    [named, unnamed] = sorted(operations(collector), key=lambda span: span.start_time_unix_nano)
    assert (named.trace_id.hex(), named.parent_span_id.hex(), named.trace_state) == (TRACE, PARENT, "vendor=value")
    assert unnamed.parent_span_id == b""
    assert unnamed.trace_id.hex() != TRACE


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"traceparent": TRACEPARENT}, (TRACE, PARENT)),
        ({"traceparent": TRACEPARENT, "tracestate": 7}, (TRACE, PARENT)),
        ({"traceparent": 7}, None),
        ({"traceparent": "00-nonsense"}, None),
    ],
)
async def test_operations_of_a_socket_are_parts_of_the_trace_that_its_first_message_names(
    settings: Settings, services: Services, collector: Collector, payload: Any, expected: tuple[str, str] | None
) -> None:
    async with served(settings, services) as address, opened(address) as socket:
        await socket.initialise(payload=payload)
        await socket.next(await socket.subscribe("query Mine { me { id } }"))

    [span] = operations(collector)
    parent = (span.trace_id.hex(), span.parent_span_id.hex()) if span.parent_span_id else None
    assert parent == expected


async def test_a_subscription_is_a_span_until_it_has_begun(
    settings: Settings, services: Services, api: Api, collector: Collector
) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    follow = "subscription Follow($table: ID!) { recordEvents(tableId: $table) { record { fields } } }"
    async with served(settings, services) as address, opened(address) as socket:
        await socket.initialise(table.owner)
        await socket.subscribe(follow, {"table": table.id})
        await eventually(lambda: services.figures.subscribers["recordEvents"] == 1)

    [span] = [each for each in operations(collector) if each.name == "subscription"]
    assert plain(span.attributes)["graphql.operation.name"] == "Follow"
    assert len(collector.below(span)) >= 1


async def test_the_document_is_a_part_where_a_setting_says_so(
    settings: Settings, services: Services, collector: Collector
) -> None:
    document = "query Mine { me { id } }"
    async with traced(settings, services, trace_documents=True) as http:
        await send(http, document)

    [span] = operations(collector)
    assert plain(span.attributes)["graphql.document"] == document


@pytest.mark.parametrize(
    ("query", "code", "is_failure"),
    [
        ("query Broken { nothing }", "BAD_REQUEST", False),
        (RENAME.replace("$name: String!", '$name: String! = "x"'), "UNAUTHENTICATED", False),
    ],
)
async def test_a_refusal_has_its_code_and_is_no_failure_of_the_server(
    settings: Settings, services: Services, collector: Collector, query: str, code: str, is_failure: bool
) -> None:
    async with traced(settings, services) as http:
        await send(http, query)

    [span] = operations(collector)
    assert plain(span.attributes)["error.type"] == code
    assert (span.status.code == Status.STATUS_CODE_ERROR) is is_failure


async def test_failures_of_the_server_and_of_statements_are_failures(
    settings: Settings, services: Services, collector: Collector
) -> None:
    times = StatementTimes()
    times.ran("SELECT $1 / 0", 1.0, 2.0, True, None)
    times.ran("SELECT $1 / 0", 2.0, 3.0, False, "22012")
    app = create_app(settings, services)
    async with app.state.telemetry.running():
        operation = Watched("", Client("x"), statements=times)
        operation.name, operation.type, operation.code = "N" * 500, "query", "INTERNAL_ERROR"
        operation.began, operation.ended = 1.0, 4.0
        for watch in app.state.telemetry.watching.watchers:
            watch(operation)

    [span] = operations(collector)
    [prepared, failed] = collector.below(span)
    assert span.status.code == Status.STATUS_CODE_ERROR
    assert len(plain(span.attributes)["graphql.operation.name"]) == 100
    assert (prepared.name, prepared.status.code) == ("PREPARE SELECT", Status.STATUS_CODE_UNSET)
    assert failed.status.code == Status.STATUS_CODE_ERROR
    assert plain(failed.attributes)["db.response.status_code"] == "22012"
    assert [each.end_time_unix_nano - each.start_time_unix_nano for each in (span, failed)] == [3_000_000_000, 10**9]


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({}, "tablegraph"),
        ({"OTEL_SERVICE_NAME": "stock"}, "stock"),
        ({"OTEL_RESOURCE_ATTRIBUTES": "service.name=parts"}, "parts"),
    ],
)
async def test_the_server_calls_itself_what_the_environment_says(
    settings: Settings,
    services: Services,
    collector: Collector,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    name: str,
) -> None:
    for key, value in variables.items():
        monkeypatch.setenv(key, value)
    async with traced(settings, services) as http:
        await send(http, "{ __typename }")

    assert collector.resource["service.name"] == name


async def test_a_sampler_of_the_environment_is_used(
    settings: Settings, services: Services, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")
    async with traced(settings, services) as http:
        await send(http, "{ __typename }", traceparent=TRACEPARENT)

    assert collector.spans == []


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, None),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://h"}, "otlp"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://h"}, "otlp"),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, "otlp"),
        ({"OTEL_TRACES_EXPORTER": "console"}, "console"),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://h"}, None),
        ({"OTEL_SDK_DISABLED": "TRUE", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://h"}, None),
    ],
)
def test_the_environment_asks_for_traces(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str | None
) -> None:
    for key, value in variables.items():
        monkeypatch.setenv(key, value)

    assert wanted_exporter() == expected


async def test_without_the_extra_a_server_says_so_and_serves(
    settings: Settings, services: Services, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with capture_logs() as lines:
        async with traced(settings, services) as http:
            answer = await http.post("/graphql", json={"query": "{ __typename }"})

    assert answer.json() == {"data": {"__typename": "Query"}}
    assert [line["remedy"] for line in lines if line["log_level"] == "warning"] == ["pip install tablegraph[otel]"]


async def test_an_exporter_that_is_not_installed_is_said(
    settings: Settings, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "carrier-pigeon")
    with capture_logs() as lines:
        create_app(settings, services)

    assert [line["exporter"] for line in lines if line["log_level"] == "warning"] == ["carrier-pigeon"]


async def test_a_collector_that_is_away_keeps_no_server_from_stopping(
    settings: Settings, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setattr("server.tracing.SECONDS_TO_SEND", 0.1)
    async with traced(settings, services) as http:
        answer = await http.post("/graphql", json={"query": "{ __typename }"})

    assert answer.json() == {"data": {"__typename": "Query"}}


PROGRAM = """
import os, sys
os.environ["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
os.environ["TABLEGRAPH_SECRET_KEY"] = "a secret for tests only, 32+ letters"
import server.asgi
server.asgi.create()
names = ("server.tracing", "opentelemetry.sdk.trace.export", "opentelemetry.exporter")  # redis takes others if it can
print([name for name in names if name in sys.modules])
"""


@pytest.mark.parametrize("variables", [{}, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://h", "OTEL_SDK_DISABLED": "true"}])
def test_nothing_is_imported_where_nobody_asks_for_traces(variables: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=variables, capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
