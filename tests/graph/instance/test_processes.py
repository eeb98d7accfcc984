"""Instance settings in several processes: who takes a change over, when, and what it costs."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import TypeAlias

import asyncpg
import orjson
import pytest
from sqlalchemy import make_url

from adapters.database import Database
from adapters.passwords import Passwords
from domain.instance.state import InstanceState
from resolvers.instance import live
from server.app import create_app
from server.services import make_services
from server.settings import Settings
from tests.graph.instance.documents import name_of, put, reset
from tests.support.api import Api, Person, client_of
from tests.support.proxy import proxied
from tests.support.statements import StatementLog
from tests.support.waiting import eventually

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@pytest.fixture
async def other(settings: Settings, database: Database, passwords: Passwords) -> AsyncIterator[Api]:
    """A second application of the same database, with its own bus, that looks for settings; its name is its own."""
    services = make_services(settings.model_copy(update={"instance_name": "Second"}), database)
    services.passwords = passwords
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(services.bus.running())
        await stack.enter_async_context(services.instance.running())
        http = await stack.enter_async_context(client_of(create_app(settings, services)))
        await eventually(lambda: services.bus.is_connected)
        yield Api(http, services)


async def test_a_change_counts_in_another_process_within_a_second(api: Api, other: Api, root: Person) -> None:
    async with api.services.bus.running():
        await eventually(lambda: api.services.bus.is_connected)
        await put(api, root, instance_name="Workshop")
        since = time.monotonic()
        await eventually(lambda: other.services.profile.instance_name == "Workshop")
        assert time.monotonic() - since < 1
        await reset(api, root, "instance_name")
        await eventually(lambda: other.services.profile.instance_name == "Second")  # its own environment's

    assert await name_of(other) == "Second"


async def test_what_the_bus_loses_is_seen_within_a_second(api: Api, other: Api, root: Person) -> None:
    since = time.monotonic()
    await put(api, root, instance_name="Workshop")  # whose bus does not run: nobody is woken

    await eventually(lambda: other.services.profile.instance_name == "Workshop")

    assert time.monotonic() - since < live.SECONDS_BETWEEN + 1  # the look itself takes a moment


async def test_a_process_that_starts_later_has_what_was_set_before(
    api: Api, root: Person, settings: Settings, database: Database
) -> None:
    await put(api, root, instance_name="Workshop", registration="CLOSED")

    services = make_services(settings, database)
    async with services.instance.running():
        assert (services.profile.instance_name, services.registration_open) == ("Workshop", False)


async def test_a_request_asks_nothing_about_settings(
    api: Api, root: Person, statements: Callable[[], StatementLog]
) -> None:
    await put(api, root, max_query_cost=50_000)
    await api.execute("{ me { id } }", as_=root)

    with statements() as seen:
        for _ in range(5):
            await api.execute("{ instanceInfo { name registration minPasswordLength } }", as_=root)
            await api.execute("{ __typename }", as_=root)

    assert seen.texts == []


async def test_a_process_asks_once_a_second(other: Api, statements: Callable[[], StatementLog]) -> None:
    with statements() as seen:
        await asyncio.sleep(2.5)

    assert 2 <= len([text for text in seen.texts if "FROM instance" in text]) <= 3


async def test_a_process_that_was_away_from_the_database_goes_on_and_catches_up(
    api: Api, root: Person, settings: Settings, database_url: str
) -> None:
    url = make_url(database_url)
    socket = Path(str(url.query["host"])) / ".s.PGSQL.5432"
    await put(api, root, instance_name="Before")
    async with proxied(partial(asyncio.open_unix_connection, socket)) as proxy:
        through = url.set(host="127.0.0.1", port=proxy.port, query={})
        away = Database(through.render_as_string(hide_password=False), pool_size=2)
        services = make_services(settings, away)
        async with services.instance.running():
            assert services.profile.instance_name == "Before"
            await proxy.close()
            await put(api, root, instance_name="Meanwhile")
            await asyncio.sleep(1.5)
            assert services.profile.instance_name == "Before"
            await proxy.open()
            await eventually(lambda: services.profile.instance_name == "Meanwhile")
        await away.close()


async def test_a_look_that_began_before_a_change_here_does_not_undo_it(
    api: Api, root: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, began, goes_on = live.load_state, asyncio.Event(), asyncio.Event()

    async def slow(unit: object) -> InstanceState:
        state = await read(unit)  # type: ignore[arg-type]
        began.set()
        await goes_on.wait()
        return state

    monkeypatch.setattr(live, "load_state", slow)
    look = asyncio.create_task(api.services.instance.look())
    await began.wait()
    await put(api, root, instance_name="Workshop")
    goes_on.set()
    await look

    assert (api.services.profile.instance_name, api.services.instance.state.revision) == ("Workshop", 1)


async def test_what_another_version_has_set_is_left_alone(api: Api, root: Person, pg: Connection) -> None:
    kept = {"colour": "red", "mail_attempts": 99, "instance_name": "Workshop"}  # unknown here, out of bounds, good
    await pg.execute("INSERT INTO instance VALUES (1, 7, $1, now())", orjson.dumps(kept).decode())

    await api.services.instance.look()
    assert (await name_of(api), api.services.limits.mail_attempts) == ("Workshop", 5)

    assert (await put(api, root, if_revision=7, mail_attempts=3)).codes == []
    values = orjson.loads(await pg.fetchval("SELECT values FROM instance"))
    assert values == {**kept, "mail_attempts": 3}


async def test_there_is_one_row(pg: Connection) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await pg.execute("INSERT INTO instance VALUES (2, 1, '{}', now())")
