"""What subscribers see of calls of `transact`."""

from typing import Any

from tests.graph.subscriptions.conftest import EVENTS
from tests.support.records import Records
from tests.support.sockets import Socket
from tests.support.tables import MadeTable

CALL = """
    mutation ($input: TransactInput!) { transact(input: $input) { results { records { id } } eventCursor } }
"""
MUTATIONS = """
    subscription ($table: ID!, $after: String) {
      recordEvents(tableId: $table, after: $after) { type recordId mutationId }
    }
"""


async def call(records: Records, *operations: dict[str, Any], dry: bool = False) -> Any:
    """The payload of a call."""
    return (await records.run(CALL, {"input": {"operations": operations, "dryRun": dry}})).ok["transact"]


async def test_a_call_is_seen_once_and_a_dry_run_never(owner: Socket, records: Records, table: MadeTable) -> None:
    [old, gone] = (await records.create_all([{"Name": "Old"}, {"Name": "Gone"}])).ok["createRecords"]["records"]
    after = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
    id = await owner.subscribe(MUTATIONS, {"table": table.id, "after": after})
    in_table = {"tableId": str(table.id)}
    operations = (
        {"create": {**in_table, "records": [{"fields": {"Name": "A"}}, {"fields": {"Name": "B"}}]}},
        {"update": {**in_table, "records": [{"id": old["id"], "fields": {"Price": 2}}]}},
        {"delete": {**in_table, "ids": [gone["id"]]}},
    )
    await call(records, *operations, dry=True)
    done = await call(records, *operations)
    events = [await owner.event(id) for _ in range(4)]
    a, b = (record["id"] for record in done["results"][0]["records"])
    assert [(event["type"], event["recordId"]) for event in events] == [
        ("DELETED", gone["id"]),
        ("UPDATED", old["id"]),
        ("CREATED", a),
        ("CREATED", b),
    ]
    assert len({event["mutationId"] for event in events}) == 1
    await owner.end(id)
    following = await owner.subscribe(EVENTS, {"table": table.id, "after": done["eventCursor"]})
    later = (await records.create({"Name": "Later"})).ok["createRecord"]["record"]
    assert (await owner.event(following))["recordId"] == later["id"]
