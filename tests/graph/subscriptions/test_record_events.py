"""`recordEvents`: what its events say."""

import asyncio
from datetime import datetime

import asyncpg
import pytest

from tests.graph.subscriptions.conftest import EVENTS
from tests.support.api import Api
from tests.support.catalog import add_field, mutate, update_field
from tests.support.records import Records
from tests.support.sockets import Socket
from tests.support.tables import MadeTable

WHOLE = """
    subscription ($table: ID!, $after: String) {
      recordEvents(tableId: $table, after: $after) {
        __typename type recordId tableId changedFields previous
        record { id revision fields(only: ["Name", "Price"]) createdBy { email } }
        who: actor { id email }
      }
    }
"""
CHANGES = """
    subscription ($table: ID!, $types: [RecordEventType!], $after: String) {
      recordEvents(tableId: $table, types: $types, after: $after) {
        type recordId changedFields previous record { fields }
      }
    }
"""
EMPTY = {"Name": None, "Price": None, "Ready": False, "At": None, "Status": None}


async def now(records: Records) -> str:
    """The cursor of this moment."""
    return (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]


async def test_a_created_record_arrives_with_its_values(owner: Socket, records: Records, table: MadeTable) -> None:
    id = await owner.subscribe(WHOLE, {"table": table.id, "after": await now(records)})
    made = (await records.create({"Name": 'a "b" \\', "Price": 2.5})).ok["createRecord"]["record"]
    assert await owner.event(id) == {
        "__typename": "RecordEvent",
        "type": "CREATED",
        "recordId": made["id"],
        "tableId": str(table.id),
        "changedFields": ["Name", "Price"],
        "previous": None,
        "record": {
            "id": made["id"],
            "revision": 1,
            "fields": {"Name": 'a "b" \\', "Price": 2.5},
            "createdBy": {"email": table.owner.email},
        },
        "who": {"id": str(table.owner.id), "email": table.owner.email},
    }


async def test_an_updated_record_arrives_with_the_values_before(
    owner: Socket, records: Records, table: MadeTable
) -> None:
    first = {"Name": "a", "Price": 1.50, "Ready": True, "At": "2026-01-01T10:00:00+02:00", "Status": "Open"}
    record = (await records.create(first)).ok["createRecord"]["record"]["id"]
    id = await owner.subscribe(CHANGES, {"table": table.id, "after": await now(records)})
    await records.update(record, {"Name": "a", "Price": 2, "Ready": None, "At": None, "Status": "Done"})
    assert await owner.event(id) == {
        "type": "UPDATED",
        "recordId": record,
        "changedFields": ["Price", "Ready", "At", "Status"],
        "previous": {"Price": 1.5, "Ready": True, "At": "2026-01-01T08:00:00Z", "Status": "Open"},
        "record": {"fields": {**EMPTY, "Name": "a", "Price": 2, "Status": "Done"}},
    }


async def test_a_value_that_comes_where_none_was_is_previously_empty(
    owner: Socket, records: Records, table: MadeTable
) -> None:
    record = (await records.create({})).ok["createRecord"]["record"]["id"]
    id = await owner.subscribe(CHANGES, {"table": table.id, "after": await now(records)})
    await records.update(record, {"Name": "a", "Ready": True})
    event = await owner.event(id)
    assert (event["changedFields"], event["previous"]) == (["Name", "Ready"], {"Name": None, "Ready": False})


async def test_a_deleted_record_arrives_with_the_values_it_had(
    owner: Socket, records: Records, table: MadeTable
) -> None:
    record = (await records.create({"Name": "a", "Price": 1})).ok["createRecord"]["record"]["id"]
    id = await owner.subscribe(CHANGES, {"table": table.id, "after": await now(records)})
    await records.delete([record])
    assert await owner.event(id) == {
        "type": "DELETED",
        "recordId": record,
        "changedFields": ["Name", "Price"],
        "previous": {"Name": "a", "Price": 1},
        "record": None,
    }


async def test_the_record_of_an_event_is_as_the_change_left_it(
    owner: Socket, records: Records, table: MadeTable
) -> None:
    start = await now(records)
    kept = (await records.create({"Name": "a"})).ok["createRecord"]["record"]["id"]
    gone = (await records.create({"Name": "b"})).ok["createRecord"]["record"]["id"]
    await records.update(kept, {"Name": "c"})
    await records.delete([gone])
    id = await owner.subscribe(CHANGES, {"table": table.id, "after": start})
    events = [await owner.event(id) for _ in range(4)]
    assert [(event["type"], event["previous"], event["record"]) for event in events] == [
        ("CREATED", None, {"fields": {**EMPTY, "Name": "a"}}),
        ("CREATED", None, {"fields": {**EMPTY, "Name": "b"}}),
        ("UPDATED", {"Name": "a"}, {"fields": {**EMPTY, "Name": "c"}}),
        ("DELETED", {"Name": "b"}, None),
    ]


async def test_the_events_of_a_batch_come_in_its_order(owner: Socket, records: Records, table: MadeTable) -> None:
    id = await owner.subscribe(EVENTS, {"table": table.id, "after": await now(records)})
    made = (await records.create_all([{"Name": str(i)} for i in range(20)])).ok["createRecords"]["records"]
    assert [(await owner.event(id))["recordId"] for _ in made] == [record["id"] for record in made]


async def test_without_a_cursor_the_stream_begins_when_it_is_asked_for(
    owner: Socket, records: Records, table: MadeTable
) -> None:
    await records.create({"Name": "before"})
    id = await owner.subscribe(CHANGES, {"table": table.id})
    again = await owner.subscribe("{ me { id } }")
    assert await owner.next(again)
    assert (await owner.receive())["type"] == "complete"
    await asyncio.sleep(0.2)  # the subscription was sent first, but nothing says when it has begun
    await records.create({"Name": "after"})
    assert (await owner.event(id))["record"] == {"fields": {**EMPTY, "Name": "after"}}


async def test_types_choose_the_events(owner: Socket, records: Records, table: MadeTable) -> None:
    start = await now(records)
    record = (await records.create({"Name": "a"})).ok["createRecord"]["record"]["id"]
    await records.update(record, {"Name": "b"})
    await records.delete([record])
    id = await owner.subscribe(EVENTS, {"table": table.id, "after": start, "types": ["CREATED", "DELETED"]})
    assert [(await owner.event(id))["type"] for _ in range(2)] == ["CREATED", "DELETED"]
    none = await owner.subscribe(EVENTS, {"table": table.id, "after": start, "types": []})
    await records.create({})
    assert (await owner.event(id))["type"] == "CREATED"
    await owner.end(none)


async def test_the_cursor_of_a_mutation_is_behind_its_own_change(
    owner: Socket, records: Records, table: MadeTable
) -> None:
    own = (await records.create({"Name": "own"})).ok["createRecord"]
    id = await owner.subscribe(CHANGES, {"table": table.id, "after": own["eventCursor"]})
    await records.update(own["record"]["id"], {"Name": "next"})
    event = await owner.event(id)
    assert (event["type"], event["previous"]) == ("UPDATED", {"Name": "own"})


async def test_events_of_other_tables_do_not_arrive(
    owner: Socket, api: Api, records: Records, table: MadeTable
) -> None:
    given = {"baseId": table.base_id, "name": "Other", "fields": [{"name": "Name", "type": "TEXT"}]}
    made = await mutate(api, "createTable", "table { id }", given, as_=table.owner)
    id = await owner.subscribe(EVENTS, {"table": table.id, "after": await now(records)})
    await mutate(
        api,
        "createRecord",
        "eventCursor",
        {"tableId": made.ok["createTable"]["table"]["id"], "fields": {"Name": "x"}},
        as_=table.owner,
    )
    mine = (await records.create({})).ok["createRecord"]["record"]["id"]
    assert (await owner.event(id))["recordId"] == mine


async def test_a_field_that_was_deleted_is_left_out_and_a_renamed_one_has_its_new_name(
    owner: Socket, api: Api, records: Records, table: MadeTable
) -> None:
    extra = await add_field(api, table, name="Extra", type="TEXT")
    start = await now(records)
    record = (await records.create({"Name": "a", "Price": 1, "Extra": "x"})).ok["createRecord"]["record"]["id"]
    await records.update(record, {"Name": "b", "Price": 2, "Extra": "y"})
    await mutate(api, "deleteField", "deletedId", {"id": extra}, as_=table.owner)
    await update_field(api, table, "Price", name="Cost")
    await update_field(api, table, "Name", type="LONG_TEXT")
    id = await owner.subscribe(CHANGES, {"table": table.id, "after": start})
    events = [await owner.event(id) for _ in range(2)]
    assert [(event["changedFields"], event["previous"]) for event in events] == [
        (["Cost"], None),
        (["Cost"], {"Cost": 1}),
    ]


async def test_a_stream_outlives_changes_of_its_tables_fields(
    owner: Socket, api: Api, records: Records, table: MadeTable
) -> None:
    id = await owner.subscribe(CHANGES, {"table": table.id, "after": await now(records)})
    await records.create({"Name": "a"})
    assert (await owner.event(id))["changedFields"] == ["Name"]
    await add_field(api, table, name="Extra", type="TEXT")
    await records.create({"Extra": "x"})
    event = await owner.event(id)
    assert (event["changedFields"], event["record"]["fields"]["Extra"]) == (["Extra"], "x")


async def test_a_selection_that_is_not_rendered_in_the_database_is_resolved_to_the_same(
    owner: Socket, records: Records, table: MadeTable
) -> None:
    # No cursor: the snapshots in it count the transactions of the whole server, those of other tests too.
    members = """
        __typename type recordId tableId changedFields previous at actor { email }
        record { id revision createdAt fields value(field: "Price") updatedBy { id } }
    """
    rendered = (
        f"subscription ($table: ID!, $after: String) {{ recordEvents(tableId: $table, after: $after) {{ {members} }} }}"
    )
    resolved = rendered.replace("record {", "record { table { primaryField { name } }")
    start = await now(records)
    record = (await records.create({"Name": "a", "Price": 0.1})).ok["createRecord"]["record"]["id"]
    await records.update(record, {"Price": 12345678901234567890.5, "At": "2026-01-01T00:00:00.250Z"})
    await records.delete([record])
    await records.create({"Price": 3})
    first = await owner.subscribe(rendered, {"table": table.id, "after": start})
    expected = [await owner.event(first) for _ in range(4)]
    second = await owner.subscribe(resolved, {"table": table.id, "after": start})
    events = [await owner.event(second) for _ in range(4)]
    for event in events:
        assert event["record"] is None or event["record"].pop("table") == {"primaryField": {"name": "Name"}}
    assert events == expected
    assert [datetime.fromisoformat(event["at"]).tzinfo is not None for event in events] == [True] * 4


async def test_the_actor_is_null_when_the_account_is_gone(
    owner: Socket, records: Records, table: MadeTable, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    start = await now(records)
    await records.create({})
    await pg.execute("UPDATE changes SET actor_id = gen_random_uuid()")
    both = """
        subscription ($table: ID!, $after: String) {
          recordEvents(tableId: $table, after: $after) { actor { email } record { table { id } } }
        }
    """
    for document in (both, both.replace("record {", "record { id")):
        id = await owner.subscribe(document, {"table": table.id, "after": start})
        assert (await owner.event(id))["actor"] is None


@pytest.mark.parametrize("alias", ["recordEvents", "it"])
async def test_aliases_and_fragments_are_the_clients_to_choose(
    alias: str, owner: Socket, records: Records, table: MadeTable
) -> None:
    document = f"""
        subscription S($table: ID!, $after: String, $all: Boolean = false) {{ ...Root }}
        fragment Root on Subscription {{
          {alias}: recordEvents(tableId: $table, after: $after) {{ ...Event c: cursor }}
        }}
        fragment Event on RecordEvent {{
          cursor kind: type
          record {{ id }} record {{ revision }} other: record {{ fields(only: ["Name"]) }}
          at @include(if: $all)
        }}
    """
    id = await owner.subscribe(document, {"table": table.id, "after": await now(records)})
    made = (await records.create({"Name": "a"})).ok["createRecord"]["record"]["id"]
    event = (await owner.next(id))[alias]
    assert list(event) == ["cursor", "kind", "record", "other", "c"]
    assert event["cursor"] == event["c"]
    assert (event["record"], event["other"]) == ({"id": made, "revision": 1}, {"fields": {"Name": "a"}})
