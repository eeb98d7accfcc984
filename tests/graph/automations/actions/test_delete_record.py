"""The action DELETE_RECORD."""

from tests.graph.automations.actions.conftest import Run
from tests.support.api import Api
from tests.support.records import Records
from tests.support.tables import MadeTable, create_records, make_table


async def test_a_record_is_deleted(run: Run, records: Records, api: Api, table: MadeTable) -> None:
    [first, _] = await create_records(api, table, [{"Name": "gone"}, {"Name": "kept"}])
    ended = await run(
        [{"type": "DELETE_RECORD", "config": {"recordId": "{{trigger.record.id}}"}}], {"record": {"id": first}}
    )
    assert (ended.status, ended.outputs) == ("SUCCEEDED", {"1": {"record_id": first}})
    assert [each["Name"] for each in await records.all()] == ["kept"]


async def test_it_does_what_the_owner_may_and_no_more(run: Run, api: Api) -> None:
    other = await make_table(api, [{"name": "Name", "type": "TEXT"}], name="Others")
    [id] = await create_records(api, other, [{"Name": "kept"}])
    ended = await run([{"type": "DELETE_RECORD", "config": {"recordId": id}}])
    assert ended.error == f"Step 1 (DELETE_RECORD): There is no record with id {id}."
    assert [each["Name"] for each in await Records(api, other).all()] == ["kept"]
