"""createSchedule, updateSchedule, deleteSchedule, schedules: what is due when, and what comes of it, once."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from resolvers.services import Services
from tests.graph.schedules.conftest import SCHEDULE, create, created, fire, read
from tests.support.api import Api, Person
from tests.support.catalog import mutate
from tests.support.jobs import until_idle, working
from tests.support.statements import StatementLog

pytestmark = pytest.mark.usefixtures("greetings")
DAILY = {"cron": "0 9 * * *", "timeZone": "Europe/Oslo"}
CALLS = "{ functionCalls { nodes { function status output mode } } }"


async def calls(api: Api, person: Person) -> list[dict[str, Any]]:
    """The calls of a person's functions."""
    found: list[dict[str, Any]] = (await api.execute(CALLS, as_=person)).ok["functionCalls"]["nodes"]
    return found


async def test_a_schedule_says_when_it_is_due(api: Api, person: Person) -> None:
    made = await created(api, person, functionName="greet", arguments={"name": "Ada"}, rule=DAILY)
    id, next = made.pop("id"), made.pop("nextRunAt")
    assert made == {
        "name": "Nightly",
        "functionName": "greet",
        "automationId": None,
        "once": None,
        "everySeconds": None,
        "cron": "0 9 * * *",
        "timeZone": "Europe/Oslo",
        "description": made["description"],
        "missedRuns": "RUN_ONCE",
        "isEnabled": True,
        "lastRunAt": None,
        "error": None,
    }
    moment = datetime.fromisoformat(next)
    assert datetime.now(UTC) < moment <= datetime.now(UTC) + timedelta(days=1, hours=1)
    assert (moment.hour, moment.minute) in {(7, 0), (8, 0)}
    assert (await read(api, person, id))["nextRunAt"] == next


async def test_what_is_due_is_called_with_the_rights_of_who_made_it(
    api: Api, person: Person, services: Services
) -> None:
    made = await created(api, person, functionName="greet", arguments={"name": "Ada"}, rule=DAILY)
    due = datetime.fromisoformat(made["nextRunAt"])
    assert await fire(services, due - timedelta(seconds=1)) == 0
    assert await fire(services, due) == 1
    assert await fire(services, due) == 0
    async with working(services):
        await until_idle(services.database)
    [call] = await calls(api, person)
    assert (call["function"], call["status"], call["mode"]) == ("greet", "SUCCEEDED", "QUEUED")
    after = await read(api, person, made["id"])
    assert datetime.fromisoformat(after["lastRunAt"]) == due
    assert timedelta(hours=23) <= datetime.fromisoformat(after["nextRunAt"]) - due <= timedelta(hours=25)


async def test_several_processes_fire_it_once(api: Api, person: Person, services: Services) -> None:
    made = await created(api, person, functionName="greet", arguments={"name": "Ada"}, rule=DAILY)
    due = datetime.fromisoformat(made["nextRunAt"])
    assert sum(await asyncio.gather(*(fire(services, due) for _ in range(5)))) == 1
    assert len(await calls(api, person)) == 1


@pytest.mark.parametrize(("policy", "count"), [("SKIP", 1), ("RUN_ONCE", 2), ("RUN_ALL", 4)])
async def test_what_was_missed_comes_back_by_the_policy(
    api: Api, person: Person, services: Services, pg: asyncpg.Connection, policy: str, count: int
) -> None:
    """Nobody worked for three hours and ten seconds: three moments were missed, one is on time."""
    rule = {"everySeconds": 3600, "start": "2030-01-01T00:00:00Z"}
    await created(api, person, functionName="greet", arguments={"name": "Ada"}, rule=rule, missedRuns=policy)
    await pg.execute("UPDATE schedules SET seen_at = '2030-01-01T01:30Z', next_run_at = '2030-01-01T02:00Z'")
    assert await fire(services, datetime(2030, 1, 1, 5, 0, 10, tzinfo=UTC)) == 1
    assert len(await calls(api, person)) == count


async def test_one_that_is_due_once_is_over_then(api: Api, person: Person, services: Services) -> None:
    rule = {"once": "2030-06-01T09:00", "timeZone": "Europe/Oslo"}
    made = await created(api, person, functionName="greet", arguments={"name": "Ada"}, rule=rule)
    assert made["nextRunAt"] == "2030-06-01T07:00:00Z"
    assert await fire(services, datetime(2030, 6, 1, 7, tzinfo=UTC)) == 1
    after = await read(api, person, made["id"])
    assert (after["nextRunAt"], after["lastRunAt"]) == (None, "2030-06-01T07:00:00Z")
    assert await fire(services, datetime(2031, 6, 1, 7, tzinfo=UTC)) == 0


async def test_it_is_turned_off_and_on_and_changed(api: Api, person: Person, services: Services) -> None:
    made = await created(api, person, functionName="greet", arguments={"name": "Ada"}, rule=DAILY)
    given = {"id": made["id"], "isEnabled": False}
    off = (await mutate(api, "updateSchedule", SCHEDULE, given, as_=person)).ok["updateSchedule"]["schedule"]
    assert (off["isEnabled"], off["nextRunAt"]) == (False, None)
    assert await fire(services, datetime(2040, 1, 1, tzinfo=UTC)) == 0
    given = {"id": made["id"], "isEnabled": True, "name": "Once", "rule": {"once": "2035-01-01T00:00:00Z"}}
    on = (await mutate(api, "updateSchedule", SCHEDULE, given, as_=person)).ok["updateSchedule"]["schedule"]
    assert (on["name"], on["cron"], on["nextRunAt"]) == ("Once", None, "2035-01-01T00:00:00Z")


async def test_a_deleted_one_is_gone(api: Api, person: Person, services: Services) -> None:
    made = await created(api, person, functionName="greet", arguments={"name": "Ada"}, rule=DAILY)
    gone = await mutate(api, "deleteSchedule", "deletedId", {"id": made["id"]}, as_=person)
    assert gone.ok["deleteSchedule"] == {"deletedId": made["id"]}
    assert await fire(services, datetime(2040, 1, 1, tzinfo=UTC)) == 0
    assert (await mutate(api, "deleteSchedule", "deletedId", {"id": made["id"]}, as_=person)).codes == ["NOT_FOUND"]


async def test_those_of_others_are_not_there(api: Api, person: Person) -> None:
    made = await created(api, person, functionName="greet", arguments={"name": "Ada"}, rule=DAILY)
    other = await api.register()
    assert (await api.execute("{ schedules { id } }", as_=other)).ok == {"schedules": []}
    document = "query ($id: ID!) { schedule(id: $id) { id } }"
    assert (await api.execute(document, {"id": made["id"]}, as_=other)).codes == ["NOT_FOUND"]
    given = {"id": made["id"], "isEnabled": False}
    assert (await mutate(api, "updateSchedule", SCHEDULE, given, as_=other)).codes == ["NOT_FOUND"]
    assert (await mutate(api, "deleteSchedule", "deletedId", {"id": made["id"]}, as_=other)).codes == ["NOT_FOUND"]
    assert (await read(api, person, made["id"]))["isEnabled"]


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"cron": "0 9 * * *", "everySeconds": 3600},
        {"cron": "61 9 * * *"},
        {"cron": "0 0 30 2 *"},
        {"cron": "* * * * *", "timeZone": "Atlantis/Deep"},
        {"everySeconds": 1},
        {"everySeconds": -3600},
        {"once": "tomorrow"},
    ],
)
async def test_a_rule_that_cannot_be_kept_is_refused(
    api: Api, person: Person, pg: asyncpg.Connection, rule: dict[str, Any]
) -> None:
    result = await create(api, person, functionName="greet", arguments={"name": "Ada"}, rule=rule)
    assert result.codes == ["BAD_REQUEST"]
    assert await pg.fetchval("SELECT count(*) FROM timers") == 0


async def test_a_function_that_is_not_there_or_other_arguments_are_refused(api: Api, person: Person) -> None:
    assert (await create(api, person, functionName="nothing", rule=DAILY)).codes == ["NOT_FOUND"]
    wrong = await create(api, person, functionName="greet", arguments={"name": 3}, rule=DAILY)
    assert wrong.codes == ["VALIDATION_ERROR"]
    both = await create(api, person, functionName="greet", automationId=str(person.id), rule=DAILY)
    assert both.codes == ["BAD_REQUEST"]
    assert (await create(api, person, rule=DAILY)).codes == ["BAD_REQUEST"]
    assert (await create(api, person, automationId=str(person.id), rule=DAILY)).codes == ["NOT_FOUND"]


async def test_a_user_has_so_many(api: Api, person: Person, services: Services) -> None:
    services.limits = replace(services.limits, max_schedules_per_user=1)
    await created(api, person, functionName="greet", arguments={"name": "Ada"}, rule=DAILY)
    more = await create(api, person, functionName="greet", arguments={"name": "Ada"}, rule=DAILY)
    assert more.codes == ["BAD_REQUEST"]


async def test_the_list_is_one_statement(api: Api, person: Person, statements: Callable[[], StatementLog]) -> None:
    for _ in range(3):
        await created(api, person, functionName="greet", arguments={"name": "Ada"}, rule=DAILY)
    with statements() as seen:
        found = (await api.execute("{ schedules { id nextRunAt } }", as_=person)).ok["schedules"]
    assert (len(found), seen.count) == (3, 1)


async def test_a_function_that_went_with_its_extension_is_told_and_tried_again(
    api: Api, person: Person, services: Services, pg: asyncpg.Connection
) -> None:
    made = await created(api, person, functionName="greet", arguments={"name": "Ada"}, rule=DAILY)
    await pg.execute("UPDATE timers SET function = 'gone'")
    assert await fire(services, datetime.fromisoformat(made["nextRunAt"])) == 1
    after = await read(api, person, made["id"])
    assert after["error"] == "There is no function 'gone'."
    assert after["nextRunAt"] is not None
    assert await calls(api, person) == []
