"""Forms, buttons, the clock and people set automations off."""

import asyncio
import gc
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from resolvers.automations.clock import AutomationClock
from resolvers.automations.reader import AUTOMATION, AutomationReader
from resolvers.followers.turn import Outcome, take_turn
from resolvers.schedules.ticker import Ticker
from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.api import Api
from tests.support.automation_calls import DELAY, change, make_automation, read_automation, runs_of, until_ended
from tests.support.automations import working
from tests.support.catalog import add_field, mutate
from tests.support.tables import MadeTable, create_records, make_table
from tests.support.views import make_view

RUN = "run { id status trigger }"


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a name."""
    return await make_table(api, [{"name": "Name", "type": "TEXT"}])


async def publish(api: Api, table: MadeTable, name: str, fields: Sequence[str] = ("Name",)) -> tuple[str, str]:
    """The id and the token of a new form."""
    view = await make_view(api, table, name, "FORM", config={"fields": [table.fields[each] for each in fields]})
    made = await mutate(api, "publishForm", "token", {"id": view["id"]}, as_=table.owner)
    return view["id"], made.ok["publishForm"]["token"]


async def submit(api: Api, token: str, name: str, *, idempotencyKey: str | None = None, **more: str) -> None:  # noqa: N803  # as the API names it
    """Submit a form, as nobody."""
    given = {"token": token, "fields": {"Name": name, **more}, "idempotencyKey": idempotencyKey}
    document = "mutation ($input: SubmitFormInput!) { submitForm(input: $input) { submitText } }"
    assert (await api.execute(document, {"input": given})).ok


async def test_a_form_of_a_table_with_links_sets_automations_off(api: Api, table: MadeTable) -> None:
    await add_field(api, table, name="Related", type="LINKED_RECORD", options={"linked_table_id": str(table.id)})
    _, token = await publish(api, table, "First")
    id = await make_automation(api, table, "FORM_SUBMITTED")

    await submit(api, token, "Ada")

    [run] = await runs_of(api, table, id)
    assert (run["trigger"]["record"]["Name"], run["trigger"]["record"]["Related"]) == ("Ada", [])


async def test_form_submitted(api: Api, services: Services, table: MadeTable) -> None:
    (first, token), (_, other) = await publish(api, table, "First"), await publish(api, table, "Other")
    of_one = await make_automation(api, table, "FORM_SUBMITTED", {"viewId": first})
    of_any = await make_automation(api, table, "FORM_SUBMITTED")
    async with working(services):
        await submit(api, token, "Ada", idempotencyKey="once")
        await submit(api, token, "Ada", idempotencyKey="once")
        await submit(api, other, "Bob")
        [run] = await until_ended(api, table, of_one, 1)
        both = await until_ended(api, table, of_any, 2)
    trigger = run["trigger"]
    assert (trigger["record"]["Name"], trigger["user"], trigger["form"]) == (
        "Ada",
        None,
        {"id": first, "name": "First"},
    )
    assert [each["trigger"]["record"]["Name"] for each in both] == ["Ada", "Bob"]


async def test_button_clicked(api: Api, services: Services, table: MadeTable) -> None:
    id = await make_automation(api, table, "BUTTON_CLICKED", {"buttonId": "go"}, actions=[DELAY])
    [record] = await create_records(api, table, [{"Name": "Bolt"}])
    given = {"automationId": id, "recordId": record, "idempotencyKey": "once"}
    first = (await mutate(api, "clickButton", RUN, given, as_=table.owner)).ok["clickButton"]["run"]
    again = (await mutate(api, "clickButton", RUN, given, as_=table.owner)).ok["clickButton"]["run"]
    assert first == again
    async with working(services):
        [run] = await until_ended(api, table, id, 1)
    assert (run["id"], run["status"]) == (first["id"], "SUCCEEDED")
    assert run["trigger"]["record"]["Name"] == "Bolt"
    assert run["trigger"]["user"] == {"id": str(table.owner.id), "name": None, "email": table.owner.email}


async def test_a_click_must_fit_the_automation(api: Api, services: Services, table: MadeTable) -> None:
    button = await make_automation(api, table, "BUTTON_CLICKED")
    created = await make_automation(api, table, "RECORD_CREATED")
    [record] = await create_records(api, table, [{"Name": "Bolt"}])
    other = await make_table(api, [{"name": "Name", "type": "TEXT"}], owner=table.owner)
    [foreign] = await create_records(api, other, [{"Name": "Nut"}])
    await change(api, table, "pauseAutomation", {"id": button})
    before = await snapshot(services.database)
    for automation, record_id, code in (
        (created, record, "BAD_REQUEST"),
        (button, record, "CONFLICT"),
        (button, foreign, "NOT_FOUND"),
    ):
        given = {"automationId": automation, "recordId": record_id}
        assert (await mutate(api, "clickButton", RUN, given, as_=table.owner)).codes == [code]
    assert await snapshot(services.database) == before


async def test_by_hand_also_when_it_is_off(api: Api, services: Services, table: MadeTable) -> None:
    id = await make_automation(api, table, "RECORD_CREATED", isEnabled=False, actions=[DELAY])
    given = {"automationId": id}
    run = (await mutate(api, "triggerAutomation", RUN, given, as_=table.owner)).ok["triggerAutomation"]["run"]
    assert (run["status"], run["trigger"]["type"], run["trigger"]["record"]) == ("QUEUED", "manual", None)
    async with working(services):
        assert [each["status"] for each in await until_ended(api, table, id, 1)] == ["SUCCEEDED"]


async def test_scheduled(api: Api, services: Services, table: MadeTable, pg: asyncpg.Connection) -> None:
    id = await make_automation(api, table, "SCHEDULED", {"cron_expression": "30 9 * * *", "timezone": "Europe/Berlin"})
    next = datetime.fromisoformat((await read_automation(api, table, id))["nextRunAt"])
    assert (next.minute, next > datetime.now(UTC), next < datetime.now(UTC) + timedelta(hours=25)) == (30, True, True)
    tickers = [Ticker(services, {AUTOMATION: AutomationClock(services)}) for _ in range(2)]
    assert [await ticker.fire_one(datetime.now(UTC)) for ticker in tickers] == [False, False]
    assert [await ticker.fire_one(next) for ticker in tickers] == [True, False]
    [run] = await runs_of(api, table, id)
    assert datetime.fromisoformat(run["trigger"]["at"]) == next
    row = await pg.fetchrow("SELECT last_run_at, next_run_at FROM schedules")
    assert (row["last_run_at"], row["next_run_at"] > next) == (next, True)


async def test_of_what_was_missed_the_last_is_made_up_for(api: Api, services: Services, table: MadeTable) -> None:
    id = await make_automation(api, table, "SCHEDULED", {"cron": "0 * * * *"})
    next = datetime.fromisoformat((await read_automation(api, table, id))["nextRunAt"])
    late = next + timedelta(hours=5, minutes=30)
    assert await Ticker(services, {AUTOMATION: AutomationClock(services)}).fire_one(late)
    [run] = await runs_of(api, table, id)
    assert datetime.fromisoformat(run["trigger"]["at"]) == next + timedelta(hours=5)


async def test_at_scheduled_time(api: Api, services: Services, table: MadeTable) -> None:
    at = datetime.now(UTC) + timedelta(seconds=1)
    id = await make_automation(api, table, "AT_SCHEDULED_TIME", {"datetime": at.isoformat()}, actions=[DELAY])
    async with working(services), working(services):
        [run] = await until_ended(api, table, id, 1)
    assert run["status"] == "SUCCEEDED"
    assert (await read_automation(api, table, id))["nextRunAt"] is None


async def test_one_that_is_paused_has_no_next_time(api: Api, table: MadeTable, pg: asyncpg.Connection) -> None:
    id = await make_automation(api, table, "SCHEDULED", {"cron": "@daily"})
    assert (await change(api, table, "pauseAutomation", {"id": id}))["nextRunAt"] is None
    assert await pg.fetchval("SELECT count(*) FROM schedules") == 0
    assert (await change(api, table, "resumeAutomation", {"id": id}))["nextRunAt"] is not None


@pytest.mark.parametrize("change", ["DELETE FROM automations", "UPDATE automations SET is_paused = true"])
async def test_who_sets_off_what_goes_at_the_same_moment_is_told(
    api: Api, table: MadeTable, pg: asyncpg.Connection, change: str
) -> None:
    [record] = await create_records(api, table, [{"Name": "Bolt"}])
    given = {"automationId": await make_automation(api, table, "BUTTON_CLICKED"), "recordId": record}
    async with pg.transaction():
        await pg.execute(change)
        clicking = asyncio.create_task(mutate(api, "clickButton", RUN, given, as_=table.owner))
        await asyncio.sleep(0.3)
    result = await clicking
    assert result.codes == (["CONFLICT"] if change.startswith("DELETE") else [])


@pytest.mark.parametrize("gone", ["deleteTable", "deleteAutomation", "deleteBase"])
async def test_schedules_go_with_what_they_set_off(
    api: Api, table: MadeTable, pg: asyncpg.Connection, gone: str
) -> None:
    rule = {"cron": "0 9 * * *"}
    id = await make_automation(api, table, "SCHEDULED", rule)
    given = {"name": "Mine", "automationId": id, "rule": rule}
    (await mutate(api, "createSchedule", "schedule { id }", given, as_=table.owner)).ok  # noqa: B018
    assert await pg.fetchval("SELECT count(*) FROM schedules") == 2
    target = {"deleteTable": table.id, "deleteAutomation": id, "deleteBase": table.base_id}[gone]

    (await mutate(api, gone, "deletedId", {"id": target}, as_=table.owner)).ok  # noqa: B018

    assert await pg.fetchval("SELECT count(*) FROM schedules") == 0


async def test_nothing_is_kept_in_a_process_of_automations_that_were_read_for(
    api: Api, services: Services, table: MadeTable
) -> None:
    reader = AutomationReader(services)
    id = await make_automation(api, table, "RECORD_CREATED")
    await create_records(api, table, [{"Name": "Ada"}])

    assert await take_turn(services, {AUTOMATION: reader}, UUID(id)) is Outcome.DONE
    gc.collect()

    assert len(await runs_of(api, table, id)) == 1
    assert len(reader._read_by) == 0
