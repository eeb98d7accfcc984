"""What cannot be fired is told and tried again; its moment is not lost, and the others are fired meanwhile."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from adapters.database import Database, Unit
from domain.errors import Unavailable
from domain.schedules.contract import Schedule
from domain.schedules.missed import MissedRuns
from domain.schedules.once import Once
from resolvers.schedules.keeping import keep_schedule
from resolvers.schedules.ticker import Ticker
from resolvers.services import Services
from tests.graph.schedules.conftest import created, fire, read
from tests.graph.schedules.test_schedules import DAILY, calls
from tests.support.api import Api, Person
from tests.support.waiting import eventually

DUE = datetime(2030, 1, 1, tzinfo=UTC)
GOOD, BAD = UUID(int=2), UUID(int=1)


class Bell:
    """A kind whose targets are due once; one of them never succeeds."""

    def __init__(self, due: datetime, fault: str | Exception) -> None:
        self.due, self.fault = due, fault
        self.rung: list[UUID] = []

    async def schedule(self, unit: Unit, target_id: UUID) -> Schedule | None:
        """The same for all."""
        return Once(self.due)

    async def fire(self, unit: Unit, target_id: UUID, moments: Sequence[datetime]) -> None:
        """Rings, or runs into the fault: a statement that the database refuses, or an error."""
        if target_id == BAD and isinstance(self.fault, Exception):
            raise self.fault
        if target_id == BAD and isinstance(self.fault, str):
            await unit.connection.execute(self.fault)
        self.rung += [target_id for _ in moments]


async def keep(database: Database, services: Services, due: datetime) -> None:
    """The bad one is due first."""
    async with database.transaction() as unit:
        for target, moment in ((BAD, due), (GOOD, due + timedelta(milliseconds=1))):
            await keep_schedule(unit, services.bus, "bell", target, Once(moment), MissedRuns.RUN_ONCE)


@pytest.mark.parametrize(
    "fault", ["SELECT 1 / 0", "SELECT FROM nothing", Unavailable("not now"), ValueError(), OSError("no disk")], ids=str
)
async def test_others_are_fired_beside_one_that_always_fails(
    fault: str | Exception, database: Database, services: Services, pg: asyncpg.Connection
) -> None:
    await keep(database, services, DUE)
    bell = Bell(DUE, fault)
    ticker = Ticker(services, {"bell": bell})
    now = DUE + timedelta(seconds=1)
    assert [await ticker.fire_one(now) for _ in range(3)] == [True, True, False]
    assert bell.rung == [GOOD]
    row = await pg.fetchrow("SELECT error, next_run_at FROM schedules WHERE target_id = $1", BAD)
    assert row["error"]
    assert row["next_run_at"] == now + timedelta(seconds=30)


async def test_what_fails_on_and_on_is_tried_less_often(
    database: Database, services: Services, pg: asyncpg.Connection
) -> None:
    await keep(database, services, DUE)
    ticker = Ticker(services, {"bell": Bell(DUE, Unavailable("not now"))})
    at = DUE + timedelta(seconds=1)
    for seconds in (30, 600, 600):
        while await ticker.fire_one(at):
            pass
        next = await pg.fetchval("SELECT next_run_at FROM schedules WHERE target_id = $1", BAD)
        assert next - at == timedelta(seconds=seconds)
        at = next


@pytest.mark.usefixtures("greetings")
async def test_the_moment_of_one_that_failed_comes_back(
    api: Api, person: Person, services: Services, pg: asyncpg.Connection
) -> None:
    made = await created(api, person, functionName="greet", arguments={"name": "Ada"}, rule=DAILY)
    due = datetime.fromisoformat(made["nextRunAt"])
    await pg.execute("UPDATE timers SET function = 'gone'")
    assert await fire(services, due) == 1
    assert (await read(api, person, made["id"]))["error"] == "There is no function 'gone'."
    await pg.execute("UPDATE timers SET function = 'greet'")
    assert await fire(services, due + timedelta(minutes=2)) == 1
    assert len(await calls(api, person)) == 1
    after = await read(api, person, made["id"])
    assert after["error"] is None
    assert datetime.fromisoformat(after["lastRunAt"]) == due
    assert await fire(services, due + timedelta(minutes=20)) == 0


async def test_the_clock_goes_on_behind_a_fault_of_its_own(database: Database, services: Services) -> None:
    due = datetime.now(UTC) + timedelta(milliseconds=300)
    bell = Bell(due, "SELECT")
    ticker = Ticker(services, {"bell": bell})
    fire_one, failed = ticker.fire_one, []

    async def fails_once(now: datetime) -> bool:
        if not failed:
            failed.append(now)
            raise RuntimeError("out of order")
        return await fire_one(now)

    ticker.fire_one = fails_once  # type: ignore[method-assign]
    await keep(database, services, due)
    async with ticker.running():

        async def has_rung() -> bool:
            await asyncio.sleep(0)
            return bool(bell.rung)

        await eventually(has_rung)
    assert failed
