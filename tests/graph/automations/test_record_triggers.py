"""What happens to records sets automations off: created, updated, deleted, a field, conditions."""

import asyncio
from typing import Any

import pytest

from resolvers.services import Services
from tests.support.api import Api
from tests.support.automation_calls import DELAY, make_automation, runs_of, until_ended
from tests.support.automations import working
from tests.support.records import Records
from tests.support.tables import MadeTable, create_records, make_table

FORMULA = {"name": "Double", "type": "FORMULA", "options": {"formula": "{Count} * 2"}}


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a name and a count."""
    return await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "Count", "type": "NUMBER"}])


def made(runs: Any) -> list[Any]:
    """The names of the records that set runs off."""
    return [(run["trigger"]["record"] or run["trigger"]["previous_record"])["Name"] for run in runs]


async def test_record_created(api: Api, services: Services, table: MadeTable) -> None:
    id = await make_automation(api, table, "RECORD_CREATED", actions=[DELAY])
    async with working(services):
        [record] = await create_records(api, table, [{"Name": "Bolt", "Count": 2}])
        assert (await Records(api, table).update(record, {"Count": 3})).ok
        [run] = await until_ended(api, table, id, 1)
    trigger = run["trigger"]
    system = {"id": record, "revision": 1, **{name: trigger["record"][name] for name in ("created_at", "updated_at")}}
    assert (run["status"], run["depth"], run["error"]) == ("SUCCEEDED", 1, None)
    assert trigger == {
        "type": "record_created",
        "record_id": record,
        "record": {**system, "Name": "Bolt", "Count": 2},
        "previous_record": None,
        "changed_fields": ["Name", "Count"],
        "user": {"id": str(table.owner.id), "name": None, "email": table.owner.email},
        "at": trigger["at"],
    }


async def test_record_updated(api: Api, services: Services, table: MadeTable) -> None:
    any_field = await make_automation(api, table, "RECORD_UPDATED")
    count = await make_automation(api, table, "RECORD_UPDATED", {"fieldIds": ["Count"]})
    async with working(services):
        [record] = await create_records(api, table, [{"Name": "Bolt", "Count": 2}])
        assert (await Records(api, table).update(record, {"Name": "Nut"})).ok
        assert (await Records(api, table).update(record, {"Count": 3})).ok
        first, second = await until_ended(api, table, any_field, 2)
        [only] = await until_ended(api, table, count, 1)
    assert first["trigger"]["previous_record"] == {"id": record, "Name": "Bolt", "Count": 2}
    assert (first["trigger"]["record"]["Name"], first["trigger"]["changed_fields"]) == ("Nut", ["Name"])
    assert second["trigger"]["changed_fields"] == only["trigger"]["changed_fields"] == ["Count"]


async def test_record_deleted(api: Api, services: Services, table: MadeTable) -> None:
    id = await make_automation(api, table, "RECORD_DELETED")
    async with working(services):
        [record, _] = await create_records(api, table, [{"Name": "Bolt"}, {"Name": "Nut"}])
        assert (await Records(api, table).delete([record])).ok
        [run] = await until_ended(api, table, id, 1)
    assert (run["trigger"]["record"], run["trigger"]["record_id"], made([run])) == (None, record, ["Bolt"])


async def test_field_changed(api: Api, services: Services, table: MadeTable) -> None:
    id = await make_automation(api, table, "FIELD_CHANGED", {"fieldId": "Count"})
    async with working(services):
        [record] = await create_records(api, table, [{"Name": "Bolt", "Count": 2}])
        assert (await Records(api, table).update(record, {"Name": "Nut"})).ok
        assert (await Records(api, table).update(record, {"Name": "Nut", "Count": 3})).ok
        [run] = await until_ended(api, table, id, 1)
    assert (run["trigger"]["record"]["Count"], run["trigger"]["previous_record"]["Count"]) == (3, 2)


async def test_record_matches_conditions_of_a_computed_field_too(api: Api, services: Services) -> None:
    fields = [{"name": "Name", "type": "TEXT"}, {"name": "Count", "type": "NUMBER"}, FORMULA]
    table = await make_table(api, fields)
    conditions = {"field": "Double", "operator": "GT", "value": 10}
    id = await make_automation(api, table, "RECORD_MATCHES_CONDITIONS", {"conditions": conditions})
    records = Records(api, table)
    async with working(services):
        small, _ = await create_records(api, table, [{"Name": "small", "Count": 1}, {"Name": "large", "Count": 9}])
        assert (await records.update(small, {"Count": 6})).ok
        assert (await records.update(small, {"Count": 7})).ok
        await until_ended(api, table, id, 2)
        assert (await records.update(small, {"Count": 1})).ok
        assert (await records.update(small, {"Count": 8})).ok
        runs = await until_ended(api, table, id, 3)
    assert made(runs) == ["large", "small", "small"]
    assert [run["trigger"]["record"]["Count"] for run in runs] == [9, 6, 8]


async def test_what_was_there_before_sets_off_nothing(api: Api, services: Services, table: MadeTable) -> None:
    await create_records(api, table, [{"Name": "before"}])
    id = await make_automation(api, table, "RECORD_CREATED")
    async with working(services):
        await create_records(api, table, [{"Name": "behind"}])
        assert made(await until_ended(api, table, id, 1)) == ["behind"]


async def test_a_disabled_one_is_set_off_by_nothing(api: Api, services: Services, table: MadeTable) -> None:
    id = await make_automation(api, table, "RECORD_CREATED", isEnabled=False)
    other = await make_automation(api, table, "RECORD_CREATED")
    async with working(services):
        await create_records(api, table, [{"Name": "Bolt"}])
        await until_ended(api, table, other, 1)
        await asyncio.sleep(0.2)
    assert await runs_of(api, table, id) == []


async def test_two_processes_make_one_run_of_each_event(api: Api, services: Services, table: MadeTable) -> None:
    id = await make_automation(api, table, "RECORD_CREATED", actions=[DELAY])
    async with working(services), working(services):
        for n in range(10):
            await create_records(api, table, [{"Name": f"{n}.{m}"} for m in range(5)])
        runs = await until_ended(api, table, id, 50)
    assert sorted(made(runs)) == sorted(f"{n}.{m}" for n in range(10) for m in range(5))
