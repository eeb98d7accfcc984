"""`schemaEvents`: the changes of a base, its tables and their fields."""

from dataclasses import replace
from typing import Any

from resolvers.services import Services
from tests.support.api import Api
from tests.support.catalog import add_field, mutate, update_field
from tests.support.constraints import delete, disable, make_unique
from tests.support.records import Records
from tests.support.sockets import Socket
from tests.support.tables import MadeTable, create_records
from tests.support.views import change_view, make_view

EVENTS = """
    subscription ($base: ID!, $after: String) {
      schemaEvents(baseId: $base, after: $after) {
        cursor type object objectId tableId changedProperties previous
        table { name } field { name type } actor { email } mutationId
      }
    }
"""


async def next_event(socket: Socket, id: str) -> dict[str, Any]:
    event: dict[str, Any] = (await socket.next(id))["schemaEvents"]
    return event


async def now(records: Records) -> str:
    return (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]


def what(event: dict[str, Any]) -> tuple[str, str, list[str]]:
    return event["object"], event["type"], event["changedProperties"]


async def test_a_fields_life_is_told(owner: Socket, api: Api, records: Records, table: MadeTable) -> None:
    id = await owner.subscribe(EVENTS, {"base": table.base_id, "after": await now(records)})
    field = await add_field(api, table, name="Extra", type="TEXT", description="More")
    created = await next_event(owner, id)
    assert what(created) == (
        "FIELD", "CREATED", ["name", "description", "position", "type", "options", "isRequired", "isIndexed"],
    )  # fmt: skip
    assert (created["objectId"], created["tableId"], created["previous"]) == (field, str(table.id), None)
    assert created["field"] == {"name": "Extra", "type": "TEXT"}
    assert (created["table"], created["actor"]) == ({"name": "Parts"}, {"email": table.owner.email})
    assert created["mutationId"]
    await mutate(api, "updateField", "field { id }", {"id": field, "name": "Renamed"}, as_=table.owner)
    renamed = await next_event(owner, id)
    assert what(renamed) == ("FIELD", "UPDATED", ["name"])
    assert (renamed["previous"], renamed["field"]["name"]) == ({"name": "Extra"}, "Renamed")
    assert renamed["mutationId"] != created["mutationId"]
    await mutate(api, "deleteField", "deletedId", {"id": field}, as_=table.owner)
    deleted = await next_event(owner, id)
    assert (deleted["object"], deleted["type"], deleted["field"]) == ("FIELD", "DELETED", None)
    assert (deleted["previous"]["name"], deleted["previous"]["type"]) == ("Renamed", "TEXT")


async def test_a_conversion_is_an_update_of_the_type(
    owner: Socket, api: Api, records: Records, table: MadeTable
) -> None:
    id = await owner.subscribe(EVENTS, {"base": table.base_id, "after": await now(records)})
    await update_field(api, table, "Price", type="TEXT")
    event = await next_event(owner, id)
    assert (event["type"], event["previous"]["type"], event["field"]["type"]) == ("UPDATED", "NUMBER", "TEXT")


async def test_choices_that_a_write_makes_are_told_as_a_change_of_their_own(
    owner: Socket, api: Api, records: Records, table: MadeTable
) -> None:
    start = await now(records)
    id = await owner.subscribe(EVENTS, {"base": table.base_id, "after": start})
    given = {"tableId": table.id, "fields": {"Status": "Late"}, "typecast": True, "createMissingChoices": True}
    done = await mutate(api, "createRecord", "mutationId", given, as_=table.owner)
    event = await next_event(owner, id)
    assert what(event) == ("FIELD", "UPDATED", ["options"])
    assert [each["name"] for each in event["previous"]["options"]["choices"]] == ["Open", "Done"]
    assert event["actor"] == {"email": table.owner.email}
    assert event["mutationId"] != done.ok["createRecord"]["mutationId"]  # which can be undone, and this cannot

    document = """
        subscription ($table: ID!, $after: String) {
          recordEvents(tableId: $table, after: $after) { type record { fields } mutationId }
        }
    """
    id = await owner.subscribe(document, {"table": table.id, "after": start})
    created = (await owner.next(id))["recordEvents"]
    assert (created["type"], created["record"]["fields"]["Status"]) == ("CREATED", "Late")
    assert created["mutationId"] == done.ok["createRecord"]["mutationId"]


async def test_a_constraints_life_is_told(owner: Socket, api: Api, records: Records, table: MadeTable) -> None:
    document = EVENTS.replace("field { name type }", "uniqueConstraint { status }")
    id = await owner.subscribe(document, {"base": table.base_id, "after": await now(records)})
    made = await make_unique(api, table, "Name")
    created = await next_event(owner, id)
    assert what(created) == ("CONSTRAINT", "CREATED", ["caseSensitive", "status"])
    assert (created["objectId"], created["tableId"]) == (made["id"], str(table.id))
    assert created["uniqueConstraint"] == {"status": "ACTIVE"}
    await disable(api, table, made["id"])
    disabled = await next_event(owner, id)
    assert (disabled["previous"], disabled["uniqueConstraint"]) == ({"status": "ACTIVE"}, {"status": "DISABLED"})
    await delete(api, table, made["id"])
    deleted = await next_event(owner, id)
    assert (deleted["object"], deleted["type"], deleted["uniqueConstraint"]) == ("CONSTRAINT", "DELETED", None)
    assert (deleted["table"], deleted["actor"]) == ({"name": "Parts"}, {"email": table.owner.email})


async def test_the_end_of_a_build_is_told(
    owner: Socket, api: Api, records: Records, table: MadeTable, services: Services
) -> None:
    services.limits = replace(services.limits, max_records_indexed_at_once=1)
    await create_records(api, table, [{"Name": "a"}, {"Name": "b"}])
    await make_unique(api, table, "Name")
    id = await owner.subscribe(EVENTS, {"base": table.base_id, "after": await now(records)})
    await services.constraints.build_pending()
    event = await next_event(owner, id)
    assert (what(event), event["actor"]) == (("CONSTRAINT", "UPDATED", ["status"]), None)


async def test_a_table_and_its_fields_come_in_one_operation(
    owner: Socket, api: Api, records: Records, table: MadeTable
) -> None:
    id = await owner.subscribe(EVENTS, {"base": table.base_id, "after": await now(records)})
    given = {"baseId": table.base_id, "name": "Other", "fields": [{"name": "Name", "type": "TEXT"}]}
    made = await mutate(api, "createTable", "table { id }", given, as_=table.owner)
    other = made.ok["createTable"]["table"]["id"]
    events = [await next_event(owner, id) for _ in range(2)]
    assert [(event["object"], event["type"]) for event in events] == [("TABLE", "CREATED"), ("FIELD", "CREATED")]
    assert len({event["mutationId"] for event in events}) == 1
    await mutate(api, "deleteTable", "deletedId", {"id": other}, as_=table.owner)
    gone = await next_event(owner, id)
    assert (gone["object"], gone["type"], gone["table"], gone["tableId"]) == ("TABLE", "DELETED", None, other)


async def test_a_base_is_renamed_and_records_are_none_of_its_business(
    owner: Socket, api: Api, records: Records, table: MadeTable
) -> None:
    id = await owner.subscribe(EVENTS, {"base": table.base_id, "after": await now(records)})
    await records.create({"Name": "a"})
    await mutate(api, "updateBase", "base { id }", {"id": table.base_id, "name": "New"}, as_=table.owner)
    event = await next_event(owner, id)
    assert what(event) == ("BASE", "UPDATED", ["name"])
    await mutate(api, "deleteBase", "deletedId", {"id": table.base_id}, as_=table.owner)
    assert (await owner.refusal(id))["extensions"]["code"] == "NOT_FOUND"


async def test_what_is_rolled_back_is_not_told(owner: Socket, api: Api, records: Records, table: MadeTable) -> None:
    id = await owner.subscribe(EVENTS, {"base": table.base_id, "after": await now(records)})
    document = """
        mutation ($table: ID!) {
          a: createField(input: { tableId: $table, field: { name: "A", type: TEXT } }) { field { id } }
          b: createField(input: { tableId: $table, field: { name: "Name", type: TEXT } }) { field { id } }
        }
    """
    assert (await api.execute(document, {"table": table.id}, as_=table.owner)).codes == ["DUPLICATE_VALUE"]
    await add_field(api, table, name="Told", type="TEXT")
    assert (await next_event(owner, id))["field"]["name"] == "Told"


async def test_a_stream_resumes_behind_any_event(owner: Socket, api: Api, records: Records, table: MadeTable) -> None:
    start = await now(records)
    for name in "abc":
        await add_field(api, table, name=name, type="TEXT")
    id = await owner.subscribe(EVENTS, {"base": table.base_id, "after": start})
    events = [await next_event(owner, id) for _ in range(3)]
    await owner.end(id)
    for i, event in enumerate(events[:-1]):
        again = await owner.subscribe(EVENTS, {"base": table.base_id, "after": event["cursor"]})
        names = [(await next_event(owner, again))["field"]["name"] for _ in events[i + 1 :]]
        assert names == ["abc"[n] for n in range(i + 1, 3)]
        await owner.end(again)


async def test_a_views_life_is_told_unless_it_is_personal(
    owner: Socket, api: Api, records: Records, table: MadeTable
) -> None:
    document = EVENTS.replace("mutationId", "mutationId view { name }")
    id = await owner.subscribe(document, {"base": table.base_id, "after": await now(records)})
    await make_view(api, table, "Mine", isPersonal=True)
    view = await make_view(api, table, "Ours", filter={"field": "Name", "operator": "IS_EMPTY"})
    created = await next_event(owner, id)
    assert what(created) == (
        "VIEW",
        "CREATED",
        [
            "name",
            "position",
            "type",
            "isIndexed",
            "config",
            "filter",
            "orderBy",
            "fieldIds",
            "hiddenFieldIds",
            "colorRules",
            "isLocked",
        ],
    )
    assert (created["objectId"], created["tableId"], created["view"]) == (view["id"], str(table.id), {"name": "Ours"})
    await change_view(api, table, view["id"], filter=None)
    changed = await next_event(owner, id)
    assert what(changed) == ("VIEW", "UPDATED", ["filter"])
    assert changed["previous"] == {"filter": view["filter"]}
    await mutate(api, "deleteView", "deletedId", {"id": view["id"]}, as_=table.owner)
    deleted = await next_event(owner, id)
    assert (*what(deleted)[:2], deleted["view"], deleted["previous"]["type"]) == ("VIEW", "DELETED", None, "GRID")
