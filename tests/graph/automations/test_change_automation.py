"""Changing, pausing, copying and deleting automations and their actions; whose they are then."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.accounts import add_api_key
from tests.support.api import Api, Person
from tests.support.automation_calls import DELAY, change, make_automation, read_automation, runs_of, until_ended
from tests.support.automations import working
from tests.support.catalog import add_member, mutate
from tests.support.records import Records
from tests.support.tables import MadeTable, create_records, make_table
from tests.support.waiting import eventually


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a name and a count."""
    return await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "Count", "type": "NUMBER"}])


@pytest.fixture
async def admin(api: Api, table: MadeTable) -> Person:
    """An admin of the workspace."""
    person = await api.register()
    await add_member(api, table.owner, table.workspace_id, person, "ADMIN")
    return person


async def test_a_trigger_of_another_type_begins_with_its_own_config(api: Api, table: MadeTable) -> None:
    id = await make_automation(api, table, "FIELD_CHANGED", {"fieldId": "Count"})
    renamed = await change(api, table, "updateAutomation", {"id": id, "name": " New ", "description": "Why"})
    assert (renamed["name"], renamed["description"]) == ("New", "Why")
    assert renamed["triggerConfig"] == {"fieldId": table.fields["Count"]}
    other = await change(api, table, "updateAutomation", {"id": id, "triggerType": "RECORD_UPDATED"})
    assert (other["triggerType"], other["triggerConfig"]) == ("RECORD_UPDATED", {"fieldIds": None})
    wrong = {"id": id, "triggerType": "FIELD_CHANGED"}
    refused = await mutate(api, "updateAutomation", "automation { id }", wrong, as_=table.owner)
    assert refused.codes == ["VALIDATION_ERROR"]
    assert await read_automation(api, table, id) == other


async def test_who_changes_what_it_does_becomes_the_owner(api: Api, table: MadeTable, admin: Person) -> None:
    id = await make_automation(api, table, "RECORD_CREATED", actions=[DELAY])
    named = await change(api, table, "updateAutomation", {"id": id, "name": "New"}, as_=admin)
    assert named["owner"] == {"id": str(table.owner.id)}
    action = named["actions"][0]
    owners = []
    for name, given in (
        ("updateAutomation", {"id": id, "triggerConfig": None}),
        ("addAutomationAction", {"automationId": id, **DELAY}),
        ("takeOverAutomation", {"id": id}),
    ):
        owners.append((await change(api, table, name, given, as_=admin))["owner"]["id"])
        await change(api, table, "takeOverAutomation", {"id": id})
    assert owners == [str(admin.id)] * 3
    assert action["order"] == 0


async def test_a_limited_key_changes_none(api: Api, services: Services, table: MadeTable) -> None:
    id = await make_automation(api, table, "RECORD_CREATED")
    later = datetime.now(UTC) + timedelta(days=1)  # so that its use is not noted
    secret = await add_api_key(
        services.database, table.owner.id, workspace_ids=[table.workspace_id], base_ids=[], last_used_at=later
    )
    before = await snapshot(services.database)
    document = "mutation ($input: TakeOverAutomationInput!) { takeOverAutomation(input: $input) { automation { id } } }"
    result = await api.execute(document, {"input": {"id": id}}, headers={"X-API-Key": secret})
    assert result.codes == ["FORBIDDEN"]
    assert await snapshot(services.database) == before


async def test_actions_are_added_changed_ordered_and_deleted(api: Api, table: MadeTable) -> None:
    id = await make_automation(api, table, "RECORD_CREATED")
    query = "query ($id: ID!) { automation(id: $id) { actions { id config order } } }"

    async def actions() -> list[tuple[str, int, int]]:
        found = (await api.execute(query, {"id": id}, as_=table.owner)).ok["automation"]["actions"]
        return [(each["id"], each["config"]["seconds"], each["order"]) for each in found]

    for seconds, order in ((1, None), (2, None), (3, 0)):
        config = {"seconds": seconds}
        given = {"automationId": id, "type": "DELAY", "config": config, "order": order}
        await change(api, table, "addAutomationAction", given)
    found = await actions()
    assert [each[1:] for each in found] == [(3, 0), (1, 1), (2, 2)]
    third, first, second = (each[0] for each in found)
    await change(api, table, "reorderAutomationActions", {"automationId": id, "actionIds": [first, second, third]})
    assert [each[1:] for each in await actions()] == [(1, 0), (2, 1), (3, 2)]
    await change(api, table, "updateAutomationAction", {"id": first, "config": {"seconds": 9}, "order": 2})
    assert [each[1:] for each in await actions()] == [(2, 0), (3, 1), (9, 2)]
    await change(api, table, "deleteAutomationAction", {"id": third})
    assert await actions() == [(second, 2, 0), (first, 9, 1)]
    part = {"automationId": id, "actionIds": [first]}
    refused = await mutate(api, "reorderAutomationActions", "automation { id }", part, as_=table.owner)
    assert refused.codes == ["BAD_REQUEST"]


async def test_what_happens_while_it_is_paused_is_passed_over(api: Api, services: Services, table: MadeTable) -> None:
    id = await make_automation(api, table, "RECORD_CREATED")
    async with working(services):
        assert (await change(api, table, "pauseAutomation", {"id": id}))["isPaused"] is True
        await create_records(api, table, [{"Name": "meanwhile"}])
        assert (await change(api, table, "resumeAutomation", {"id": id}))["isPaused"] is False
        await create_records(api, table, [{"Name": "behind"}])
        [run] = await until_ended(api, table, id, 1)
        await asyncio.sleep(0.2)
        assert len(await runs_of(api, table, id)) == 1
    assert run["trigger"]["record"]["Name"] == "behind"


async def test_a_copy_is_disabled_and_the_callers(api: Api, table: MadeTable, admin: Person) -> None:
    id = await make_automation(api, table, "FIELD_CHANGED", {"fieldId": "Count"}, actions=[DELAY])
    source = await read_automation(api, table, id)
    copy = await change(api, table, "duplicateAutomation", {"id": id}, as_=admin)
    assert copy == {
        **source,
        "id": copy["id"],
        "name": "Automation (copy)",
        "isEnabled": False,
        "owner": {"id": str(admin.id)},
    }


async def test_a_copy_of_the_base_names_the_copies_of_fields(api: Api, table: MadeTable) -> None:
    await make_automation(api, table, "FIELD_CHANGED", {"fieldId": "Count"}, actions=[DELAY])
    selection = "base { tables { id fields { id name } automations { isEnabled triggerConfig actions { type } } } }"
    made = await mutate(api, "duplicateBase", selection, {"baseId": table.base_id}, as_=table.owner)
    [copied] = made.ok["duplicateBase"]["base"]["tables"]
    [count] = [field["id"] for field in copied["fields"] if field["name"] == "Count"]
    [automation] = copied["automations"]
    assert automation == {"isEnabled": False, "triggerConfig": {"fieldId": count}, "actions": [{"type": "DELAY"}]}


async def test_who_may_not_manage_automations_copies_none(api: Api, table: MadeTable) -> None:
    await make_automation(api, table, "RECORD_CREATED")
    viewer = await api.register()
    await add_member(api, table.owner, table.workspace_id, viewer, "VIEWER")
    other = await make_table(api, owner=viewer)
    given = {"baseId": table.base_id, "workspaceId": other.workspace_id}
    made = await mutate(api, "duplicateBase", "base { tables { automations { id } } }", given, as_=viewer)
    assert made.ok["duplicateBase"]["base"]["tables"] == [{"automations": []}]


async def test_deleting_it_ends_all_that_is_of_it(
    api: Api, services: Services, table: MadeTable, pg: asyncpg.Connection
) -> None:
    id = await make_automation(api, table, "RECORD_CREATED", actions=[DELAY])
    async with working(services):

        async def create() -> None:
            for n in range(10):
                await create_records(api, table, [{"Name": str(n)}])

        async def delete() -> None:
            await asyncio.sleep(0.1)
            result = await mutate(api, "deleteAutomation", "deletedId", {"id": id}, as_=table.owner)
            assert result.ok == {"deleteAutomation": {"deletedId": id}}

        await asyncio.gather(create(), delete())
        await asyncio.sleep(0.3)
    for name in ("automations", "automation_actions", "automation_runs", "automation_run_steps", "log_followers"):
        assert await pg.fetchval(f"SELECT count(*) FROM {name}") == 0


async def until_resting(api: Api, table: MadeTable, id: str) -> Any:
    """The automation, once it says why it rests."""

    async def has_error() -> bool:
        return (await read_automation(api, table, id))["error"] is not None

    await eventually(has_error)
    return await read_automation(api, table, id)


async def test_one_whose_field_is_gone_rests_and_says_why(
    api: Api, services: Services, table: MadeTable, pg: asyncpg.Connection
) -> None:
    id = await make_automation(api, table, "FIELD_CHANGED", {"fieldId": "Count"})
    field = table.fields["Count"]
    [record] = await create_records(api, table, [{"Name": "Bolt"}])
    assert (await mutate(api, "deleteField", "deletedId", {"id": field}, as_=table.owner)).ok
    async with working(services):
        assert (await Records(api, table).update(record, {"Name": "Nut"})).ok
        assert (await until_resting(api, table, id))["error"] == (
            "Its trigger does not fit the table any longer: triggerConfig.fieldId: The table 'Parts' has no field with "
            f"id or name '{field}'."
        )
        await change(api, table, "updateAutomation", {"id": id, "triggerConfig": {"fieldId": "Name"}})
        [run] = await until_ended(api, table, id, 1)
    assert run["trigger"]["record"]["Name"] == "Nut"
    assert (await read_automation(api, table, id))["error"] is None


async def test_one_without_an_owner_rests_until_it_is_taken_over(
    api: Api, services: Services, table: MadeTable, admin: Person, pg: asyncpg.Connection
) -> None:
    id = await make_automation(api, table, "RECORD_CREATED")
    await change(api, table, "takeOverAutomation", {"id": id}, as_=admin)
    await pg.execute("DELETE FROM users WHERE id = $1", admin.id)
    async with working(services):
        await create_records(api, table, [{"Name": "Bolt"}])
        automation = await until_resting(api, table, id)
        assert automation["owner"] is None
        assert automation["error"] == "Its owner has no account here any more: somebody has to take it over."
        await change(api, table, "takeOverAutomation", {"id": id})
        [run] = await until_ended(api, table, id, 1)
    assert run["trigger"]["record"]["Name"] == "Bolt"
