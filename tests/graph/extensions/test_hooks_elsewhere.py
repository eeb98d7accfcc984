"""Hooks where a write is not a plain one: hidden fields, links of new records, keys, dry runs, uniqueness, forms."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.extensions import Extension, RecordWrite, Refused
from tests.graph.extensions.test_hooks import stored
from tests.graph.relations.conftest import make_world
from tests.graph.transact.conftest import Calls, create, temp
from tests.support.api import Api
from tests.support.catalog import add_field, add_member, mutate
from tests.support.forms import open_form, submit
from tests.support.tables import MadeTable, create_records

Extend = Callable[[Extension], None]


@pytest.fixture
def refusing(extend: Extend) -> None:
    """An extension that refuses every write."""
    extension = Extension("refusing")

    async def refuse(_: RecordWrite) -> None:
        raise Refused("Never.", record=7)

    for kind in ("create", "update", "delete"):
        getattr(extension, f"before_{kind}")()(refuse)
    extend(extension)


async def test_deletions_undo_and_restorations_can_be_refused(
    api: Api, parts: MadeTable, extend: Extend, request: pytest.FixtureRequest
) -> None:
    [gone, id] = await create_records(api, parts, [{"Name": "Gone"}, {"Name": "Nut"}])
    given = {"tableId": parts.id, "ids": [gone]}
    await mutate(api, "deleteRecords", "mutationId", given, as_=parts.owner)
    change = {"id": id, "fields": {"Price": 1}}
    undone = (await mutate(api, "updateRecord", "mutationId", change, as_=parts.owner)).ok["updateRecord"]
    before = await stored(api, parts)
    request.getfixturevalue("refusing")

    results = [
        await mutate(api, "deleteRecords", "mutationId", {**given, "ids": [id]}, as_=parts.owner),
        await mutate(api, "undo", "updatedIds", undone, as_=parts.owner),
        await mutate(api, "restoreRecords", "restoredIds", given, as_=parts.owner),
    ]

    assert [each.codes for each in results] == [["REFUSED"]] * 3
    assert [each.errors[0]["extensions"] for each in results] == [{"code": "REFUSED"}] * 3  # there is no record 7
    assert await stored(api, parts) == before == [{"Name": "Nut", "Price": 1, "Status": None}]


async def test_a_form_can_be_refused(api: Api, parts: MadeTable, request: pytest.FixtureRequest) -> None:
    token = await open_form(api, parts, ["Name"])
    request.getfixturevalue("refusing")

    result = await submit(api, token, {"Name": "Nut"})

    assert (result.codes, result.errors[0]["message"]) == (["REFUSED"], "Never.")
    assert await stored(api, parts) == []


async def test_behind_a_deletion_there_is_nothing(api: Api, parts: MadeTable, extend: Extend) -> None:
    [id] = await create_records(api, parts, [{"Name": "Nut"}])
    extension, seen = Extension("watching"), list[Any]()

    @extension.before_delete()
    async def before(write: RecordWrite) -> None:
        seen.append([fields["Name"] for fields in (await write.current()).values()])

    @extension.after_delete()
    async def after(write: RecordWrite) -> None:
        seen.append(await write.current())

    extend(extension)
    await mutate(api, "deleteRecords", "mutationId", {"tableId": parts.id, "ids": [id]}, as_=parts.owner)

    assert seen == [["Nut"], {}]


async def test_a_request_that_is_sent_again_calls_no_hook(api: Api, parts: MadeTable, extend: Extend) -> None:
    extension, count = Extension("counting"), list[int]()

    @extension.before_create()
    async def note(write: RecordWrite) -> None:
        count.append(len(write.records))

    extend(extension)
    given = {"tableId": parts.id, "records": [{"Name": "Nut"}], "idempotencyKey": "k"}
    for _ in range(2):
        (await mutate(api, "createRecords", "mutationId", given, as_=parts.owner)).ok  # noqa: B018

    assert count == [1]
    assert len(await stored(api, parts)) == 1


async def test_several_root_fields_are_refused_together(api: Api, parts: MadeTable, extend: Extend) -> None:
    extension = Extension("guarding")

    @extension.before_create()
    async def guard(write: RecordWrite) -> None:
        if write.records[0].values["Name"] == "Bad":
            raise Refused("No bad parts.", record=0)

    extend(extension)
    document = """
        mutation ($t: ID!) {
          a: createRecord(input: {tableId: $t, fields: {Name: "Good"}}) { record { id } }
          b: createRecord(input: {tableId: $t, fields: {Name: "Bad"}}) { record { id } }
        }
    """

    assert (await api.execute(document, {"t": parts.id}, as_=parts.owner)).codes == ["REFUSED"]
    assert await stored(api, parts) == []


async def test_what_a_hook_sets_must_be_unique_too(api: Api, parts: MadeTable, extend: Extend) -> None:
    unique = {"fieldId": parts.fields["Name"]}
    (await mutate(api, "createUniqueConstraint", "uniqueConstraint { id }", unique, as_=parts.owner)).ok  # noqa: B018
    extension = Extension("careless")

    @extension.before_create()
    async def same(write: RecordWrite) -> None:
        for draft in write.records:
            draft.values["Name"] = "Same"

    extend(extension)
    given = {"tableId": parts.id, "records": [{"Name": "A"}, {"Name": "B"}]}
    result = await mutate(api, "createRecords", "mutationId", given, as_=parts.owner)

    assert result.codes == ["DUPLICATE_VALUE"]
    assert await stored(api, parts) == []


async def test_a_dry_run_shows_what_hooks_change_and_leaves_nothing(api: Api, parts: MadeTable, extend: Extend) -> None:
    extension = Extension("opening")

    @extension.before_create()
    async def open_it(write: RecordWrite) -> None:
        for draft in write.records:
            draft.values["Status"] = "Open"

    extend(extension)
    given = {
        "operations": [{"create": {"tableId": parts.id, "records": [{"fields": {"Name": "Nut"}}]}}],
        "dryRun": True,
    }
    result = await mutate(api, "transact", "results { records { fields } }", given, as_=parts.owner)

    assert result.ok["transact"]["results"][0]["records"][0]["fields"]["Status"] == "Open"
    assert await stored(api, parts) == []


async def test_records_that_are_created_with_those_they_link_to_keep_their_links(api: Api, extend: Extend) -> None:
    calls = Calls(await make_world(api, allow_multiple=True))
    world, extension = calls.world, Extension("linking")
    wanted: list[dict[str, Any]] = [{"Age": 30}, {"Company": []}]

    @extension.before_create("People")
    async def change(write: RecordWrite) -> None:
        write.records[0].values |= wanted[0]

    extend(extension)
    operations = [
        create(world.people, {"Name": "Ann", "Company": [temp("a")]}),
        create(world.companies, {"Name": "A", "$": "a"}),
    ]
    await calls.done(*operations)
    wanted.pop(0)
    refused = await calls.send(*operations)

    assert refused.codes == ["FUNCTION_FAILED"]
    assert [(each["Name"], each["Age"], len(each["Company"])) for each in await world.people.all()] == [("Ann", 30, 1)]


async def test_hooks_see_and_set_fields_that_the_caller_may_not_see(api: Api, extend: Extend) -> None:
    world = await make_world(api)
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Rome"})
    editor, table = await api.register(), world.people.table
    await add_member(api, world.owner, table.workspace_id, editor, "EDITOR")
    hidden = {"userId": editor.id, "role": "NONE", "tableId": world.companies.table.id}
    (await mutate(api, "setRoleOverride", "roleOverride { role }", hidden, as_=world.owner)).ok  # noqa: B018
    extension, seen = Extension("employing"), list[Any]()

    @extension.before_create("People")
    async def employ(write: RecordWrite) -> None:
        write.records[0].values["Company"] = acme

    @extension.after_create("People")
    async def look(write: RecordWrite) -> None:
        seen.extend(fields["Company"] for fields in (await write.current()).values())

    extend(extension)
    given = {"tableId": table.id, "records": [{"Name": "Ann"}]}
    made = await mutate(api, "createRecords", "records { fields }", given, as_=editor)

    assert "Company" not in made.ok["createRecords"]["records"][0]["fields"]
    assert seen == [{"id": acme, "value": "Acme"}]
    assert await world.values(world.people, "Company") == {"Ann": {"id": acme, "value": "Acme"}}


async def test_hooks_set_fields_of_other_types(api: Api, parts: MadeTable, extend: Extend) -> None:
    values: dict[str, Any] = {
        "Tags": ["Red", "Blue"],
        "Due": "2026-01-31",
        "Seen": "2026-01-31T09:30:00Z",
        "Done": True,
        "Owner": str(parts.owner.id),
        "Weight": 12345678901234.5,
    }
    options = {"choices": [{"name": "Red"}, {"name": "Blue"}]}
    await add_field(api, parts, name="Tags", type="MULTI_SELECT", options=options)
    for name, type in (("Due", "DATE"), ("Seen", "DATETIME"), ("Done", "CHECKBOX"), ("Owner", "USER")):
        await add_field(api, parts, name=name, type=type)
    await add_field(api, parts, name="Weight", type="NUMBER", options={"precision": 8})
    extension, shown = Extension("filling"), list[dict[str, Any]]()

    @extension.before_create()
    async def fill(write: RecordWrite) -> None:
        for draft in write.records:
            draft.values |= values

    @extension.before_update()
    async def note(write: RecordWrite) -> None:
        shown.extend(draft.values for draft in write.records)

    extend(extension)
    [id] = await create_records(api, parts, [{"Name": "Nut"}])
    [made] = await stored(api, parts)
    (await mutate(api, "updateRecord", "mutationId", {"id": id, "fields": values}, as_=parts.owner)).ok  # noqa: B018

    assert shown == [{name: made[name] for name in values}]
    assert {name: made[name] for name in values if name != "Owner"} == {k: v for k, v in values.items() if k != "Owner"}
