"""The action DELAY."""

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import asyncpg
import pytest

from domain.errors import ValidationFailed
from resolvers.services import Services
from tests.graph.automations.actions.conftest import Run
from tests.graph.automations.actions.test_conditional import create
from tests.graph.automations.actions.test_loop import loop
from tests.support.api import Api
from tests.support.automations import begin_run, checked, ended, found, working
from tests.support.records import Records
from tests.support.tables import MadeTable
from tests.support.waiting import eventually


def delay(**config: Any) -> dict[str, Any]:
    """One that waits."""
    return {"type": "DELAY", "config": config}


async def test_the_run_goes_on_later_with_what_it_knew(run: Run, records: Records) -> None:
    started = monotonic()
    done = await run([create("before"), delay(seconds=0.5), create("{{steps.1.record.Name}} and after")])
    assert (done.status, done.error) == ("SUCCEEDED", None)
    assert monotonic() - started >= 0.5
    assert [each["Name"] for each in await records.all()] == ["before", "before and after"]


async def test_delays_in_a_loop(run: Run, records: Records) -> None:
    done = await run([loop("{{trigger.names}}", create("{{item}}"), delay(seconds=0.1))], {"names": ["a", "b", "c"]})
    assert (done.status, done.error) == ("SUCCEEDED", None)
    assert [each["Name"] for each in await records.all()] == ["a", "b", "c"]


async def test_a_moment_that_is_past_is_now(run: Run) -> None:
    done = await run([delay(until="{{trigger.day}}")], {"day": "2020-01-31"})
    assert (done.status, done.outputs["1"]) == ("SUCCEEDED", {"until": "2020-01-31T00:00:00+00:00"})


async def test_a_run_that_waits_holds_nobody(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable
) -> None:
    until = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    id = await begin_run(api, table, [delay(until=until)])
    waiting = "SELECT status FROM jobs.pgqueuer WHERE execute_after > now() + interval '47 hours'"
    async with working(services):

        async def waits() -> bool:
            rows = await pg.fetch("SELECT status FROM jobs.pgqueuer")
            return len(rows) == 1 and [row[0] for row in await pg.fetch(waiting)] == ["queued"]

        await eventually(waits)
        assert (await found(pg, id)).status == "RUNNING"
        await pg.execute("UPDATE automation_runs SET status = 'CANCELLED' WHERE id = $1", id)
        await pg.execute("UPDATE jobs.pgqueuer SET execute_after = now()")
        await eventually(lambda: _is_empty(pg))
    assert (await ended(pg, id)).status == "CANCELLED"


async def test_a_run_whose_job_comes_early_waits_on(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable, records: Records
) -> None:
    """The clocks of the database and of the workers may differ, and be set back."""
    early = "UPDATE jobs.pgqueuer SET execute_after = now() WHERE execute_after > now() RETURNING id"
    id = await begin_run(api, table, [delay(seconds=8), create("after")])
    async with working(services):
        came: list[int] = []

        async def came_early() -> bool:
            came.extend(row["id"] for row in await pg.fetch(early))
            return bool(came)

        await eventually(came_early)
        await eventually(lambda: pg.fetchval("SELECT NOT EXISTS (SELECT FROM jobs.pgqueuer WHERE id = ANY($1))", came))
        assert await pg.fetchval("SELECT count(*) FROM jobs.pgqueuer") == 1
        assert (await ended(pg, id)).status == "SUCCEEDED"
    assert [each["Name"] for each in await records.all()] == ["after"]


async def _is_empty(pg: asyncpg.Connection) -> bool:
    return not await pg.fetchval("SELECT count(*) FROM jobs.pgqueuer")


async def test_more_than_a_year_is_refused(run: Run) -> None:
    done = await run([delay(seconds=1e12)])
    assert done.error == "Step 1 (DELAY): A delay is at most 366 days long."


@pytest.mark.parametrize("config", [{}, {"seconds": 1, "until": "2030-01-01"}, {"seconds": -1}])
async def test_one_of_the_two_is_needed(config: dict[str, Any]) -> None:
    with pytest.raises(ValidationFailed):
        checked([delay(**config)])
