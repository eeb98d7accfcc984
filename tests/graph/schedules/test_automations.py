"""createSchedule of automations: what comes of each rule, of what was missed, and of rights and automations lost."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from resolvers.services import Services
from tests.graph.schedules.conftest import create, created, fire, read
from tests.support.api import Api, Person
from tests.support.automation_calls import DELAY, change, make_automation, runs_of, until_ended
from tests.support.automations import working
from tests.support.catalog import add_member, mutate
from tests.support.tables import MadeTable, make_table

RULES = {
    "once": {"once": "2030-06-01T09:00", "timeZone": "Europe/Oslo"},
    "interval": {"everySeconds": 3600, "start": "2030-01-01T00:00:00Z"},
    "cron": {"cron": "0 9 * * *", "timeZone": "Europe/Oslo"},
}
HOURLY = RULES["interval"]
MAY_NOT = "Who made this schedule may not set the automation off any longer."


@pytest.fixture
async def table(api: Api, person: Person) -> MadeTable:
    """A table of the person's."""
    return await make_table(api, [{"name": "Name", "type": "TEXT"}], owner=person)


@pytest.fixture
async def automation(api: Api, table: MadeTable) -> str:
    """An automation that does nothing, whatever sets it off."""
    return await make_automation(api, table, "BUTTON_CLICKED", actions=[DELAY])


@pytest.fixture
async def editor(api: Api, table: MadeTable) -> Person:
    """Somebody who may set it off, but not manage it."""
    other = await api.register()
    await add_member(api, table.owner, table.workspace_id, other, "EDITOR")
    return other


@pytest.mark.parametrize("rule", RULES)
async def test_each_rule_has_it_run_once(
    api: Api, services: Services, table: MadeTable, automation: str, rule: str
) -> None:
    made = await created(api, table.owner, automationId=automation, rule=RULES[rule])
    assert (made["automationId"], made["functionName"]) == (automation, None)
    due = datetime.fromisoformat(made["nextRunAt"])
    assert [await fire(services, due), await fire(services, due)] == [1, 0]
    async with working(services):
        [run] = await until_ended(api, table, automation, 1)
    assert (run["status"], run["depth"], run["trigger"]["type"]) == ("SUCCEEDED", 1, "scheduled")
    assert datetime.fromisoformat(run["trigger"]["at"]) == due
    assert run["trigger"]["schedule"] == {"id": made["id"], "name": "Nightly"}
    after = await read(api, table.owner, made["id"])
    assert (after["lastRunAt"], after["error"]) == (made["nextRunAt"], None)
    assert (after["nextRunAt"] is None) == (rule == "once")


@pytest.mark.parametrize(("policy", "hours"), [("SKIP", [5]), ("RUN_ONCE", [4, 5]), ("RUN_ALL", [2, 3, 4, 5])])
async def test_what_was_missed_comes_back_by_the_policy(
    api: Api,
    services: Services,
    pg: asyncpg.Connection,
    table: MadeTable,
    automation: str,
    policy: str,
    hours: list[int],
) -> None:
    """Nobody worked for three hours and ten seconds: three moments were missed, one is on time."""
    await created(api, table.owner, automationId=automation, rule=HOURLY, missedRuns=policy)
    await pg.execute("UPDATE schedules SET seen_at = '2030-01-01T01:30Z', next_run_at = '2030-01-01T02:00Z'")
    assert await fire(services, datetime(2030, 1, 1, 5, 0, 10, tzinfo=UTC)) == 1
    moments = [datetime.fromisoformat(run["trigger"]["at"]).hour for run in await runs_of(api, table, automation)]
    assert moments == hours


async def test_whoever_may_set_it_off_may_schedule_it_until_that_is_over(
    api: Api, services: Services, table: MadeTable, automation: str, editor: Person
) -> None:
    made = await created(api, editor, automationId=automation, rule=HOURLY)
    assert await fire(services, datetime(2030, 1, 1, 0, 0, 1, tzinfo=UTC)) == 1
    async with working(services):
        [run] = await until_ended(api, table, automation, 1)
    assert run["status"] == "SUCCEEDED"
    await _demote(api, table, editor)
    assert await fire(services, datetime(2030, 1, 1, 1, 0, 1, tzinfo=UTC)) == 1
    assert (await read(api, editor, made["id"]))["error"] == MAY_NOT
    assert len(await runs_of(api, table, automation)) == 1


async def test_others_may_not(api: Api, table: MadeTable, automation: str, editor: Person) -> None:
    await _demote(api, table, editor)
    refused = [await create(api, each, automationId=automation, rule=HOURLY) for each in (editor, await api.register())]
    assert [each.codes for each in refused] == [["FORBIDDEN"], ["NOT_FOUND"]]


@pytest.mark.parametrize(("off", "on"), [({"isEnabled": False}, {"isEnabled": True}), ("pause", "resume")])
async def test_while_the_automation_is_off_nothing_runs(
    api: Api, services: Services, table: MadeTable, automation: str, off: Any, on: Any
) -> None:
    """The schedule goes on, and what was due meanwhile is passed over."""
    made = await created(api, table.owner, automationId=automation, rule=HOURLY)
    await _turn(api, table, automation, off)
    assert await fire(services, datetime(2030, 1, 1, 0, 0, 1, tzinfo=UTC)) == 1
    assert await runs_of(api, table, automation) == []
    assert (await read(api, table.owner, made["id"]))["nextRunAt"] == "2030-01-01T01:00:00Z"
    await _turn(api, table, automation, on)
    assert await fire(services, datetime(2030, 1, 1, 1, 0, 1, tzinfo=UTC)) == 1
    [run] = await runs_of(api, table, automation)
    assert datetime.fromisoformat(run["trigger"]["at"]).hour == 1


async def test_with_the_automation_its_schedules_go(
    api: Api, services: Services, table: MadeTable, automation: str, editor: Person
) -> None:
    for person in (table.owner, editor):
        await created(api, person, automationId=automation, rule=HOURLY)
    assert (await mutate(api, "deleteAutomation", "deletedId", {"id": automation}, as_=table.owner)).ok
    await fire(services, datetime(2030, 1, 1, 0, 0, 1, tzinfo=UTC))
    assert await fire(services, datetime(2040, 1, 1, tzinfo=UTC)) == 0
    for person in (table.owner, editor):
        assert (await api.execute("{ schedules { id } }", as_=person)).ok == {"schedules": []}


async def _turn(api: Api, table: MadeTable, automation: str, how: Any) -> None:
    if isinstance(how, str):
        await change(api, table, f"{how}Automation", {"id": automation})
    else:
        await change(api, table, "updateAutomation", {"id": automation, **how})


async def _demote(api: Api, table: MadeTable, person: Person) -> None:
    query = "query ($id: ID!) { workspaceMembers(workspaceId: $id) { id user { id } } }"
    members = (await api.execute(query, {"id": table.workspace_id}, as_=table.owner)).ok["workspaceMembers"]
    [id] = [each["id"] for each in members if each["user"]["id"] == str(person.id)]
    given = {"id": id, "role": "VIEWER"}
    assert (await mutate(api, "updateWorkspaceMember", "workspaceMember { id }", given, as_=table.owner)).ok
