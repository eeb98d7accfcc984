"""The action UPDATE_RECORD."""

from uuid import uuid4

from tests.graph.automations.actions.conftest import Run
from tests.support.api import Api
from tests.support.records import Records
from tests.support.tables import MadeTable, create_records, make_table


async def test_values_are_changed_and_others_stay(run: Run, records: Records, api: Api, table: MadeTable) -> None:
    [id] = await create_records(api, table, [{"Name": "Bolt", "Count": 1}])
    ended = await run(
        [{"type": "UPDATE_RECORD", "config": {"recordId": "{{trigger.record.id}}", "fields": {"Count": "2"}}}],
        {"record": {"id": id}},
    )
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    assert await records.all() == [{"Name": "Bolt", "Count": 2, "Due": None, "Full name": None, "Email": None}]
    assert ended.outputs["1"]["record"]["Count"] == 2


async def test_a_record_that_is_gone_fails_the_run(run: Run) -> None:
    ended = await run([{"type": "UPDATE_RECORD", "config": {"recordId": str(uuid4()), "fields": {}}}])
    assert ended.status == "FAILED"
    assert "There is no record with id" in (ended.error or "")


async def test_it_does_what_the_owner_may_and_no_more(run: Run, api: Api) -> None:
    other = await make_table(api, [{"name": "Name", "type": "TEXT"}], name="Others")
    [id] = await create_records(api, other, [{"Name": "kept"}])
    ended = await run([{"type": "UPDATE_RECORD", "config": {"recordId": id, "fields": {"Name": "changed"}}}])
    assert ended.status == "FAILED"
    assert ended.error == f"Step 1 (UPDATE_RECORD): There is no record with id {id}."
    assert [each["Name"] for each in await Records(api, other).all()] == ["kept"]


async def test_what_is_no_id_is_an_error(run: Run) -> None:
    ended = await run([{"type": "UPDATE_RECORD", "config": {"recordId": "{{now}}", "fields": {}}}])
    assert (ended.error or "").endswith("is no id.")
