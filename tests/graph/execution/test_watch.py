"""Watchers are told of each operation, once, with what became of it."""

import asyncio
from contextlib import aclosing
from time import perf_counter

import pytest

from adapters.database import Database
from adapters.statement_times import listening
from domain.accounts.viewer import Viewer
from graph.execution.engine import Answer, Engine, Request
from graph.execution.streams import Streams
from graph.execution.watch import Watched, Watching
from graph.schema import build_schema
from resolvers.context import Client, RequestContext
from resolvers.services import Services
from tests.support.api import Api
from tests.support.tables import MadeTable, make_table
from tests.support.waiting import eventually

SCHEMA = build_schema()
CLIENT = Client("request-1", "192.0.2.1")
COUNT = "query Count($table: ID!) { records(tableId: $table) { totalCount } }"
MAKE = 'mutation Make { createWorkspace(input: {name: "W"}) { workspace { id } } }'
EVENTS = "subscription Follow($table: ID!) { recordEvents(tableId: $table) { cursor } }"


@pytest.fixture
async def table(api: Api) -> MadeTable:
    return await make_table(api, [{"name": "Name", "type": "TEXT"}])


class Audience:
    """An engine that is watched, and what its watcher was told."""

    def __init__(self, services: Services, *, times_statements: bool = True, tells_times: bool = False) -> None:
        self.told: list[Watched] = []
        watching = Watching([self.told.append], times_statements=times_statements, tells_times=tells_times)
        self.engine = Engine(SCHEMA, services.limits, watching=watching)
        self._services = services

    async def answer(self, query: str, table: MadeTable | None = None, name: str | None = None) -> Answer:
        variables = {} if table is None else {"table": str(table.id)}
        request = Request(query, variables, operation_name=name)
        return await self.engine.answer(request, self.context(table))

    def context(self, table: MadeTable | None) -> RequestContext:
        return RequestContext(self._services, Viewer(table.owner.id) if table else None, CLIENT)


async def test_a_query_is_told_with_its_name_its_cost_and_its_statements(services: Services, table: MadeTable) -> None:
    audience = Audience(services)
    audience.engine.documents.registered = frozenset({COUNT})
    begun = perf_counter()
    answer = await audience.answer(COUNT, table, "Count")

    [told] = audience.told
    assert (told.name, told.type, told.code, told.document, told.client) == ("Count", "query", "OK", COUNT, CLIENT)
    assert told.is_registered
    assert f'"requested":{told.cost},' in answer.body.decode()
    assert begun < told.began < told.known < told.ended < perf_counter()
    assert told.seconds == told.ended - told.began
    assert told.statements is not None
    assert told.statements.count >= 1
    assert 0 < told.statements.seconds < told.seconds
    assert str(table.id) not in "".join(run.text for run in told.statements.runs)
    assert answer.watched is None
    assert listening.get() is None


@pytest.mark.parametrize(
    ("query", "name", "expected"),
    [
        ("{ me { id } }", None, (None, "query", "OK")),
        (MAKE, None, ("Make", "mutation", "UNAUTHENTICATED")),
        ("query A { me { id } } query B { __typename }", "B", ("B", "query", "OK")),
        ("query A { me { id } }", "C", (None, None, "BAD_REQUEST")),
        ("query Broken { nothing }", "Broken", (None, None, "BAD_REQUEST")),
        ("query Broken {", None, (None, None, "BAD_REQUEST")),
        (EVENTS, None, (None, None, "BAD_REQUEST")),
    ],
)
async def test_whatever_becomes_of_it(
    services: Services, query: str, name: str | None, expected: tuple[str | None, str | None, str]
) -> None:
    audience = Audience(services)
    answer = await audience.answer(query, name=name)

    [told] = audience.told
    assert (told.name, told.type, told.code) == expected
    assert told.code == answer.code
    assert not told.is_registered


async def test_an_operation_that_nobody_waits_for_is_told_as_cancelled(
    services: Services, database_url: str, table: MadeTable
) -> None:
    services.database = Database(database_url, pool_size=1)
    audience = Audience(services)
    async with services.database.unit():
        answering = asyncio.create_task(audience.answer(COUNT, table))
        await eventually(lambda: services.database.waiting == 1)
        answering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await answering
    await services.database.close()

    assert [(told.name, told.code) for told in audience.told] == [("Count", "CANCELLED")]


async def test_a_watcher_that_stumbles_costs_no_answer(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    def stumble(_: Watched) -> None:
        raise RuntimeError("a watcher stumbled")

    told: list[Watched] = []
    engine = Engine(SCHEMA, services.limits, watching=Watching([stumble, told.append]))
    answer = await engine.answer(Request("{ __typename }"), RequestContext(services, None, CLIENT))

    assert (answer.code, len(told)) == ("OK", 1)
    assert "a watcher stumbled" in caplog.text


async def test_statements_are_left_alone_where_nobody_wants_their_times(services: Services, table: MadeTable) -> None:
    audience = Audience(services, times_statements=False)
    await audience.answer(COUNT, table)

    assert [told.statements for told in audience.told] == [None]


async def test_the_answer_tells_it_where_that_is_wanted(services: Services, table: MadeTable) -> None:
    audience = Audience(services, tells_times=True)
    answers = [await audience.answer(COUNT, table), await audience.answer("{ nothing }")]

    assert [answer.watched for answer in answers] == audience.told
    assert [answer.code for answer in answers] == ["OK", "BAD_REQUEST"]


async def test_a_subscription_is_told_when_it_has_begun(services: Services, table: MadeTable) -> None:
    audience = Audience(services)
    request = Request(EVENTS, {"table": str(table.id)})
    # One who is signed in: the stream of another ends soon after it has begun.
    viewer = await services.authenticator.by_access_token(table.owner.access_token)
    async with services.bus.running(), services.streams.running():
        answers = Streams(audience.engine).answers(request, RequestContext(services, viewer, CLIENT))
        async with aclosing(answers):
            waiting = asyncio.ensure_future(anext(answers))
            await eventually(lambda: services.figures.subscribers["recordEvents"] == 1)
            told = list(audience.told)
            waiting.cancel()
            await asyncio.wait([waiting])

    assert [(each.name, each.type, each.code) for each in told] == [("Follow", "subscription", "OK")]
    assert len(audience.told) == 1
    assert told[0].statements is not None
    assert told[0].cost is not None


async def test_a_subscription_that_is_refused_is_told_with_its_code(services: Services, table: MadeTable) -> None:
    audience = Audience(services)
    hidden = Request(EVENTS, {"table": str(table.base_id)})
    anonymous = Request(EVENTS, {"table": str(table.id)})
    codes = []
    async with services.bus.running(), services.streams.running():
        for request, context in ((hidden, audience.context(table)), (anonymous, audience.context(None))):
            async with aclosing(Streams(audience.engine).answers(request, context)) as answers:
                codes += [answer.code async for answer in answers]

    assert codes == ["NOT_FOUND", "UNAUTHENTICATED"]
    assert [(told.type, told.code) for told in audience.told] == [("subscription", code) for code in codes]
