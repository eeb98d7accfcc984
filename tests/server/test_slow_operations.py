"""A line for each operation that took long: what it has, what it never has, and how many there are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
from structlog.testing import capture_logs

from adapters.statement_times import StatementTimes
from graph.execution.watch import Watched
from graph.trusted.registered import sha256_of
from resolvers.context import Client
from resolvers.services import Services
from server.app import create_app
from server.settings import Settings
from server.slow_operations import MAX_STATEMENTS, SlowOperations
from tests.support.api import Api, bearer, client_of
from tests.support.sockets import opened, served
from tests.support.tables import create_records, make_table
from tests.support.waiting import eventually

EVERYTHING = timedelta(microseconds=1)
FILTERED = """query Expensive($table: ID!, $name: JSON) {
  records(tableId: $table, filter: {field: "Name", operator: EQ, value: $name}) { totalCount nodes { id } }
}"""
TYPE = "{ __typename }"


@asynccontextmanager
async def slow_server(settings: Settings, services: Services, **update: object) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that takes every operation for slow."""
    changed = settings.model_copy(update={"slow_operation_time": EVERYTHING, **update})
    async with client_of(create_app(changed, services)) as http:
        yield http


def slow(lines: list[Any]) -> list[Any]:
    return [line for line in lines if line["event"] == "slow operation"]


async def test_a_line_has_the_operation_its_statements_and_a_plan(
    settings: Settings, services: Services, api: Api
) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    await create_records(api, table, [{"Name": "a secret"}])
    request = {"query": FILTERED, "variables": {"table": str(table.id), "name": "a secret"}}
    headers = {**bearer(table.owner), "X-Request-ID": "the-id"}
    services.limits = replace(services.limits, report_cost=True)
    async with slow_server(settings, services) as http:
        with capture_logs() as lines:
            answer = await http.post("/graphql", json=request, headers=headers)
            await eventually(lambda: len(slow(lines)) == 1)

    [line] = slow(lines)
    assert answer.json()["data"]["records"]["totalCount"] == 1
    assert {key: line[key] for key in ("log_level", "request_id", "operation", "name", "code", "left_out")} == {
        "log_level": "warning",
        "request_id": "the-id",
        "operation": "query",
        "name": "Expensive",
        "code": "OK",
        "left_out": 0,
    }
    assert line["sha256"] == sha256_of(FILTERED)
    assert line["cost"] == answer.json()["extensions"]["cost"]["requested"]
    assert 0 < line["database_ms"] <= line["ms"]
    [statement] = line["statements"]
    assert (statement["count"], line["statement_count"]) == (1, 1)
    assert statement["sql"].startswith(("SELECT", "WITH"))
    assert "$1" in statement["sql"]
    assert "Scan on " in line["plan"]
    assert "user_id = $" in line["plan"]
    assert "a secret" not in repr(line)
    assert str(table.id) not in repr(line)


async def test_quick_operations_have_no_line(api: Api) -> None:
    with capture_logs() as lines:
        await api.execute(TYPE)
        await asyncio.sleep(0)

    assert slow(lines) == []


async def test_zero_switches_it_off(settings: Settings, services: Services) -> None:
    async with slow_server(settings, services, slow_operation_time=timedelta(0)) as http:
        with capture_logs() as lines:
            await http.post("/graphql", json={"query": TYPE})
            await asyncio.sleep(0)

    assert slow(lines) == []


async def test_the_answer_does_not_wait_for_the_plan(settings: Settings, services: Services, api: Api) -> None:
    person = await api.register()
    async with slow_server(settings, services) as http:
        with capture_logs() as lines:
            answer = await http.post("/graphql", json={"query": "{ workspaces { id } }"}, headers=bearer(person))
            seen = list(slow(lines))
            await eventually(lambda: len(slow(lines)) == 1)

    assert answer.json() == {"data": {"workspaces": []}}
    assert seen == []
    assert " on workspaces " in slow(lines)[0]["plan"]


async def test_there_are_only_so_many_a_minute_and_the_next_line_counts_the_others(services: Services) -> None:
    watching = SlowOperations(services.database, 0.5, 2)
    with capture_logs() as lines:
        async with watching.running():
            for _ in range(5):
                watching.watch(ended(1.0))
            await eventually(lambda: len(slow(lines)) == 2)
            watching._minute_began -= 60
            watching.watch(ended(1.0))
            await eventually(lambda: len(slow(lines)) == 3)

    assert [line["left_out"] for line in slow(lines)] == [3, 0, 0]


async def test_the_longest_statements_are_shown_and_runs_are_added_up(services: Services) -> None:
    times = StatementTimes()
    for number in range(30):
        times.ran(f"SELECT {number}", 0.0, number / 1000, False, None)
    times.ran("SELECT 3", 0.0, 0.5, True, None)
    times.ran("SELECT 3", 0.0, 0.25, False, None)
    watching = SlowOperations(services.database, 0.5, 2)
    with capture_logs() as lines:
        watching.watch(ended(0.5, times))
        watching.watch(ended(0.499, times))
        await eventually(lambda: len(slow(lines)) == 1)

    [line] = slow(lines)
    assert line["statements"][:2] == [
        {"sql": "SELECT 3", "count": 2, "ms": 753.0},
        {"sql": "SELECT 29", "count": 1, "ms": 29.0},
    ]
    assert len(line["statements"]) == MAX_STATEMENTS
    assert (line["statement_count"], line["database_ms"]) == (31, 1185.0)
    assert line["plan"].startswith("Result ")


async def test_a_line_is_bounded(services: Services) -> None:
    times = StatementTimes()
    times.ran(f"SELECT '{'x' * 100_000}' {'y' * 100_000}", 0.0, 1.0, False, None)
    watching = SlowOperations(services.database, 0.5, 2)
    with capture_logs() as lines:
        watching.watch(ended(1.0, times, name="n" * 50_000))
        await eventually(lambda: len(slow(lines)) == 1)

    assert len(repr(slow(lines)[0])) < 15_000


async def test_lines_that_wait_are_given_up_when_the_server_stops(services: Services) -> None:
    times = StatementTimes()
    times.ran("SELECT 1", 0.0, 1.0, False, None)
    watching = SlowOperations(services.database, 0.5, 2)
    with capture_logs() as lines:
        async with watching.running():
            watching.watch(ended(1.0, times))

    assert slow(lines) == []


async def test_operations_of_sockets_have_lines_too(settings: Settings, services: Services) -> None:
    changed = settings.model_copy(update={"slow_operation_time": EVERYTHING})
    with capture_logs() as lines:
        async with served(changed, services, with_bus=False) as address, opened(address) as socket:
            await socket.initialise()
            await socket.next(await socket.subscribe("query Mine { me { id } }"))
            await eventually(lambda: len(slow(lines)) == 1)

    assert [(line["name"], line["operation"]) for line in slow(lines)] == [("Mine", "query")]


def ended(seconds: float, times: StatementTimes | None = None, name: str = "Slow") -> Watched:
    """An operation that took so long."""
    made = Watched(TYPE, Client("test"), statements=times)
    made.name, made.type, made.code = name, "query", "OK"
    made.began, made.ended = 10.0, 10.0 + seconds
    return made
