"""Files and forms where a table is hidden: nothing is linked to it by a name, and forms ask for what they ask for."""

from tests.graph.data_permissions.conftest import Office
from tests.support.catalog import mutate
from tests.support.forms import make_form, publish, submit
from tests.support.imports import run_import


async def test_a_file_goes_into_no_hidden_table_and_into_no_hidden_field(office: Office) -> None:
    await office.hide()
    csv = "Name,Company\nCid,Acme\n"

    refused = await run_import(office.api, office.editor, csv, tableId=office.companies)
    loaded = await run_import(office.api, office.editor, csv, tableId=office.people)

    assert refused.codes == ["NOT_FOUND"]
    payload = loaded.ok["importRecords"]
    assert (payload["rowCount"], [each["fieldName"] for each in payload["columns"]]) == (1, ["Name"])
    assert [each["name"] for each in payload["ignoredColumns"]] == ["Company"]
    assert [person["Company"] for person in await office.world.people.all() if person["Name"] == "Cid"] == [None]


async def test_a_file_is_taken_by_the_role_in_the_table(office: Office) -> None:
    (await office.override("VIEWER", baseId=office.base)).ok  # noqa: B018
    (await office.override("EDITOR", tableId=office.people)).ok  # noqa: B018
    csv = "Name\nCid\n"

    refused = await run_import(office.api, office.editor, csv, tableId=office.companies)
    loaded = await run_import(office.api, office.editor, csv, tableId=office.people)

    assert (refused.codes, loaded.codes) == (["FORBIDDEN"], [])


async def test_a_form_takes_a_record_from_who_may_not_see_its_table(office: Office) -> None:
    table = office.world.people.table
    token = await publish(office.api, table, await make_form(office.api, table, ["Name"]))
    await office.hide(tableId=office.people)

    given = {"token": token, "fields": {"Name": "Cid"}}
    submitted = await mutate(office.api, "submitForm", "submitText", given, as_=office.editor)

    assert submitted.codes == []
    assert (await submit(office.api, token, {"Name": "Dan"})).codes == []
    assert [person["Name"] for person in await office.world.people.all()] == ["Ann", "Bob", "Cid", "Dan"]
