"""A field that the caller may read, but not write: every writer refuses values for it, all or nothing."""

from typing import Any

import pytest

from adapters.database import Connection
from tests.graph.data_permissions.conftest import Office
from tests.support.catalog import mutate
from tests.support.forms import make_form, publish, submit
from tests.support.imports import run_import
from tests.support.refusals import refusal

ROW = {"Name": "Cid", "Age": 3}


@pytest.fixture(autouse=True)
async def fixed(office: Office) -> str:
    """The id of `Age` of people, which the editor may not write."""
    return await office.age()


async def names(office: Office) -> list[tuple[str, Any]]:
    """Names and ages of all people."""
    return [(each["Name"], each["Age"]) for each in await office.world.people.all()]


async def test_it_is_read_and_says_so(office: Office, fixed: str) -> None:
    (await office.world.people.update(office.ann, {"Age": 40})).ok  # noqa: B018
    listed = await office.ask("fields(tableId: $id) { name canWrite }", id=office.people)
    record = (await office.ask("record(id: $id) { fields }", id=office.ann)).ok["record"]["fields"]
    found = await office.ask(
        'records(tableId: $id, filter: {field: "Age", operator: EQ, value: 40}) { totalCount }', id=office.people
    )

    writable = {each["name"]: each["canWrite"] for each in listed.ok["fields"]}
    assert writable == {"Name": True, "Age": False, "Company": True, "City": False, "Place": False}
    assert (record["Age"], found.ok["records"]["totalCount"]) == (40, 1)
    query = "query ($id: ID!) { field(id: $id) { canWrite } }"
    assert (await office.api.execute(query, {"id": fixed}, as_=office.owner)).ok["field"] == {"canWrite": True}
    (await office.override("VIEWER", tableId=office.people)).ok  # noqa: B018
    viewed = await office.ask("fields(tableId: $id) { canWrite }", id=office.people)
    assert {each["canWrite"] for each in viewed.ok["fields"]} == {False}


@pytest.mark.parametrize("by", ["name", "id"])
async def test_values_for_it_are_refused_with_their_place(by: str, office: Office, fixed: str, pg: Connection) -> None:
    before = await pg.fetchval("SELECT count(*) FROM changes")
    key = "Age" if by == "name" else fixed
    rows = [{"Name": "Cid"}, {"Name": "Dan", key: 3}]

    made = await office.change("createRecords", "records { id }", tableId=office.people, records=rows)
    patches = [{"id": office.ann, "fields": {"Name": "X"}}, {"id": office.bob, "fields": {key: None}}]
    changed = await office.change("updateRecords", "records { id }", tableId=office.people, records=patches)

    first = refusal(made, "FORBIDDEN")
    assert (first["field"], first["recordIndex"]) == ("Age", 1)
    assert first["message"] == "Record 1: Field 'Age': You may read this field, but not write it."
    second = refusal(changed, "FORBIDDEN")
    assert (second["field"], second["recordIndex"], second["recordId"]) == ("Age", 1, office.bob)
    assert await pg.fetchval("SELECT count(*) FROM changes") == before


async def test_other_fields_are_written_as_ever(office: Office) -> None:
    (await office.change("createRecord", "record { id }", tableId=office.people, fields={"Name": "Cid"})).ok  # noqa: B018
    (await office.change("updateRecord", "record { id }", id=office.ann, fields={"Name": "Eve"})).ok  # noqa: B018

    assert await names(office) == [("Eve", None), ("Bob", None), ("Cid", None)]


@pytest.mark.parametrize("records", [[ROW], [{"Name": "Cid", "Age": None}]])
async def test_upserts_neither_set_it_nor_merge_on_it(records: list[Any], office: Office) -> None:
    for merge_on in (["Name"], ["Age"]):
        given = {"tableId": office.people, "mergeOn": merge_on, "records": records}
        assert (await office.change("upsertRecords", "records { id }", **given)).codes == ["FORBIDDEN"]
    assert len(await names(office)) == 2


async def test_transact_says_which_operation_sets_it(office: Office) -> None:
    operations = [
        {"create": {"tableId": office.companies, "records": [{"fields": {"Name": "Best"}}]}},
        {"update": {"tableId": office.people, "records": [{"id": office.ann, "fields": {"Age": 1}}]}},
    ]

    refused = refusal(await office.change("transact", "mutationId", operations=operations), "FORBIDDEN")

    assert (refused["operationIndex"], refused["recordIndex"], refused["field"]) == (1, 0, "Age")
    assert [each["Name"] for each in await office.world.companies.all()] == ["Acme"]


async def test_what_one_did_to_it_before_is_not_undone(office: Office, fixed: str) -> None:
    (await office.limit(fixed)).ok  # noqa: B018
    written = await office.change("updateRecord", "mutationId", id=office.ann, fields={"Age": 7, "Name": "Eve"})
    await office.age()

    undone = await office.change("undo", "updatedIds", mutationId=written.ok["updateRecord"]["mutationId"])

    assert refusal(undone, "FORBIDDEN")["message"] == (
        "The mutation changed fields that you may not write any longer; nothing was undone."
    )
    assert (await names(office))[0] == ("Eve", 7)


async def test_a_record_that_is_deleted_and_comes_back_keeps_it(office: Office) -> None:
    (await office.world.people.update(office.ann, {"Age": 40})).ok  # noqa: B018
    given = {"tableId": office.people, "ids": [office.ann]}
    (await office.change("deleteRecords", "mutationId", **given)).ok  # noqa: B018
    (await office.change("restoreRecords", "records { id }", **given)).ok  # noqa: B018
    deleted = await office.change("deleteRecords", "mutationId", **given)
    (await office.change("undo", "restoredIds", mutationId=deleted.ok["deleteRecords"]["mutationId"])).ok  # noqa: B018

    assert ("Ann", 40) in await names(office)


@pytest.mark.parametrize("limits", [{"write": "ADMIN"}, {"read": "ADMIN"}])
async def test_new_records_get_its_default(limits: dict[str, str], office: Office, fixed: str) -> None:
    given = {"id": fixed, "defaultValue": 18, "isRequired": True}
    (await office.world.people.update(office.ann, {"Age": 1})).ok  # noqa: B018
    (await office.world.people.update(office.bob, {"Age": 2})).ok  # noqa: B018
    (await mutate(office.api, "updateField", "field { id }", given, as_=office.owner)).ok  # noqa: B018
    (await office.limit(fixed, **limits)).ok  # noqa: B018

    (await office.change("createRecord", "record { fields }", tableId=office.people, fields={"Name": "Cid"})).ok  # noqa: B018
    upserted = {"tableId": office.people, "mergeOn": ["Name"], "records": [{"Name": "Dan"}]}
    (await office.change("upsertRecords", "records { id }", **upserted)).ok  # noqa: B018
    operations = [{"create": {"tableId": office.people, "records": [{"fields": {"Name": "Eve"}}]}}]
    (await office.change("transact", "mutationId", operations=operations)).ok  # noqa: B018
    (await run_import(office.api, office.editor, "Name\nFay\n", tableId=office.people)).ok  # noqa: B018

    assert await names(office) == [("Ann", 1), ("Bob", 2), *((name, 18) for name in ("Cid", "Dan", "Eve", "Fay"))]


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"write": "ADMIN"}, "Field 'Age': The field is required, has no default value, and you may not write it."),
        (
            {"read": "ADMIN"},
            "The table requires a value of a field that you may not see, and that has no default value.",
        ),
    ],
)
async def test_without_a_default_a_required_one_lets_no_record_in(
    limits: dict[str, str], message: str, office: Office, fixed: str
) -> None:
    for id in (office.ann, office.bob):
        (await office.world.people.update(id, {"Age": 1})).ok  # noqa: B018
    given = {"id": fixed, "isRequired": True}
    (await mutate(office.api, "updateField", "field { id }", given, as_=office.owner)).ok  # noqa: B018
    (await office.limit(fixed, **limits)).ok  # noqa: B018

    made = await office.change("createRecord", "record { id }", tableId=office.people, fields={"Name": "Cid"})
    loaded = await run_import(office.api, office.editor, "Name\nFay\n", tableId=office.people)

    assert refusal(made, "REQUIRED_FIELD")["message"] == f"Record 0: {message}"
    assert refusal(loaded, "REQUIRED_FIELD")["message"] == message
    assert len(await names(office)) == 2
    assert (await office.change("updateRecord", "record { id }", id=office.ann, fields={"Name": "Eve"})).codes == []


async def test_a_file_with_a_column_for_it_is_refused(office: Office) -> None:
    refused = await run_import(office.api, office.editor, "Name,Age\nFay,3\n", tableId=office.people)

    assert refusal(refused, "FORBIDDEN")["field"] == "Age"
    assert len(await names(office)) == 2


async def test_neither_side_of_a_link_is_written(office: Office) -> None:
    await office.link(write="ADMIN")
    [other] = [
        each for each in (await office.world.fields(office.world.companies)).values() if each["type"] == "LINKED_RECORD"
    ]

    mine = await office.change("updateRecord", "record { id }", id=office.bob, fields={"Company": office.acme})
    theirs = await office.change("updateRecord", "record { id }", id=office.acme, fields={other["name"]: [office.bob]})
    made = await office.change(
        "createRecord", "record { id }", tableId=office.companies, fields={"Name": "B", other["name"]: [office.ann]}
    )

    assert (mine.codes, theirs.codes, made.codes) == (["FORBIDDEN"],) * 3
    listed = await office.ask("field(id: $id) { canWrite }", id=other["id"])
    assert listed.ok["field"] == {"canWrite": False}
    people = await office.world.people.all()
    assert [each["Company"] and each["Company"]["value"] for each in people] == ["Acme", None]


async def test_a_published_form_goes_on_asking_for_it_and_comes_to_ask_by_nobody_else(
    office: Office, fixed: str
) -> None:
    table = office.world.people.table
    asking = await publish(office.api, table, await make_form(office.api, table, ["Name", "Age"]))
    other = await make_form(office.api, table, ["Name"], name="Other")
    token = await publish(office.api, table, other)
    config = {"fields": [str(table.fields["Name"]), fixed]}

    refused = await office.change("updateView", "view { id }", id=other, config=config)
    made = await office.change(
        "createView", "view { id }", tableId=office.people, name="Mine", type="FORM", config=config
    )

    assert refusal(refused, "FORBIDDEN")["message"] == "You may not have a form ask for 'Age': you may not write it."
    assert made.codes == ["FORBIDDEN"]
    assert (await submit(office.api, asking, ROW)).codes == []
    assert (await submit(office.api, token, {"Name": "Dan", "Age": 3})).codes == ["VALIDATION_ERROR"]
    assert await names(office) == [("Ann", None), ("Bob", None), ("Cid", 3)]


async def test_what_must_be_unique_tells_nothing_of_a_hidden_value(office: Office, fixed: str) -> None:
    (await office.world.people.update(office.ann, {"Age": 18})).ok  # noqa: B018
    (await mutate(office.api, "updateField", "field { id }", {"id": fixed, "defaultValue": 18}, as_=office.owner)).ok  # noqa: B018
    unique = {"fieldId": fixed}
    (await mutate(office.api, "createUniqueConstraint", "uniqueConstraint { id }", unique, as_=office.owner)).ok  # noqa: B018
    (await office.limit(fixed, read="ADMIN")).ok  # noqa: B018

    made = await office.change("createRecord", "record { id }", tableId=office.people, fields={"Name": "Cid"})

    refused = refusal(made, "DUPLICATE_VALUE")
    assert (
        refused["message"] == "Another record has a value already that must be unique, in a field that you may not see."
    )
    assert set(refused) == {"code", "message"}
    assert len(await names(office)) == 2
