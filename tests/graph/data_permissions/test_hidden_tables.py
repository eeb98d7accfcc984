"""A table with the role NONE: every reader and writer says what it says of a table that is not there."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from adapters.database import Connection
from tests.graph.data_permissions.conftest import Office
from tests.support.api import Result
from tests.support.catalog import mutate
from tests.support.statements import StatementLog
from tests.support.tables import make_workspace
from tests.support.views import make_view

READS = {
    "table": "table(id: $id) { id }",
    "fields": "fields(tableId: $id) { id }",
    "views": "views(tableId: $id) { id }",
    "node": "node(id: $id) { id }",
    "records": "records(tableId: $id) { totalCount }",
    "aggregate": "aggregate(tableId: $id, metrics: [{function: COUNT}]) { totalCount }",
    "deletedRecords": "deletedRecords(tableId: $id) { nodes { deletedAt } }",
    "recordChanges": 'recordChanges(tableId: $id, after: "313a313a") { cursor }',
    "uniqueConstraints": "uniqueConstraints(tableId: $id) { id }",
}
OF_PERSON = {"Name": "Ann", "Age": None}
"""What is left of the fields of a person: `Company`, `City` and `Place` are made of companies."""


@pytest.fixture(autouse=True)
async def hidden(office: Office) -> None:
    """The companies' table is hidden from the editor."""
    await office.hide()


async def change(office: Office, mutation: str, selection: str, **given: Any) -> Result:
    """Run a mutation as the editor."""
    return await mutate(office.api, mutation, selection, given, as_=office.editor)


@pytest.mark.parametrize("query", READS.values(), ids=READS)
async def test_reads_find_no_table(query: str, office: Office) -> None:
    assert (await office.ask(query, id=office.companies)).codes == ["NOT_FOUND"]


@pytest.mark.parametrize("query", ["record(id: $id) { id }", "node(id: $id) { id }"])
async def test_its_records_are_not_found(query: str, office: Office) -> None:
    assert (await office.ask(query, id=office.acme)).codes == ["NOT_FOUND"]


async def test_its_fields_and_views_are_not_found(office: Office) -> None:
    view = (await make_view(office.api, office.world.companies.table))["id"]
    field = office.world.companies.table.fields["City"]

    for query, id in (("field", field), ("view", view), ("node", field), ("node", view)):
        assert (await office.ask(f"{query}(id: $id) {{ id }}", id=id)).codes == ["NOT_FOUND"]
    records = "records(tableId: $id, viewId: $view) { totalCount }"
    assert (await office.ask(records, id=office.companies, view=view)).codes == ["NOT_FOUND"]


async def test_lists_leave_it_out(office: Office) -> None:
    listed = await office.ask("tables(baseId: $id) { name } base(id: $id) { tables { name } }", id=office.base)

    assert listed.ok == {"tables": [{"name": "People"}], "base": {"tables": [{"name": "People"}]}}


async def test_a_hidden_base_is_left_out_with_all_that_is_in_it(office: Office) -> None:
    await office.hide(baseId=office.base)
    (await office.override(None)).ok  # noqa: B018
    workspace = office.world.people.table.workspace_id

    listed = await office.ask("bases(workspaceId: $id) { id } workspace(id: $id) { bases { id } }", id=workspace)

    assert listed.ok == {"bases": [], "workspace": {"bases": []}}
    for query in ("base(id: $id) { id }", "tables(baseId: $id) { id }", "node(id: $id) { id }"):
        assert (await office.ask(query, id=office.base)).codes == ["NOT_FOUND"]
    assert (await office.ask("record(id: $id) { id }", id=office.ann)).codes == ["NOT_FOUND"]


async def test_fields_that_are_made_of_it_are_absent(office: Office) -> None:
    record = "record(id: $id) { fields byId: fields(keyBy: ID) history { nodes { changedFields values previous } } }"
    found = (await office.ask(record, id=office.ann)).ok["record"]
    catalog = "table(id: $id) { fields { name } } fields(tableId: $id) { name }"
    listed = (await office.ask(catalog, id=office.people)).ok

    assert found["fields"] == OF_PERSON
    assert len(found["byId"]) == 2
    assert found["history"]["nodes"] == [{"changedFields": ["Name"], "values": {"Name": "Ann"}, "previous": None}]
    names = [{"name": "Name"}, {"name": "Age"}]
    assert listed == {"table": {"fields": names}, "fields": names}
    link = (await office.world.fields(office.world.people))["Company"]["id"]
    assert (await office.ask("field(id: $id) { id }", id=link)).codes == ["NOT_FOUND"]


@pytest.mark.parametrize(
    "arguments",
    [
        'filter: {field: "Company", operator: IS_NOT_EMPTY}',
        'filter: {field: "City", operator: IS_NOT_EMPTY}',
        'filter: {field: "Place", operator: EQ, value: "Rome!"}',
        'filter: {field: "Company.City", operator: EQ, value: "Rome"}',
        'orderBy: [{field: "City"}]',
        'orderBy: [{field: "Company.Size"}]',
    ],
)
async def test_filters_and_orders_by_them_are_refused(arguments: str, office: Office) -> None:
    assert (await office.ask(f"records(tableId: $id, {arguments}) {{ totalCount }}", id=office.people)).codes == [
        "BAD_REQUEST"
    ]


async def test_links_groups_and_searches_do_not_lead_there(office: Office) -> None:
    linked = 'record(id: $id) { linked(field: "Company") { nodes { fields } } }'
    value = 'record(id: $id) { value(field: "City") }'
    for query in (linked, value):
        assert (await office.ask(query, id=office.ann)).codes == ["BAD_REQUEST"]
    for field in ("Company", "City"):
        grouped = (
            f'aggregate(tableId: $id, groupBy: [{{field: "{field}"}}], metrics: [{{function: COUNT}}]) {{ totalCount }}'
        )
        assert (await office.ask(grouped, id=office.people)).codes == ["BAD_REQUEST"]
    for sought, count in (("Acme", 0), ("Rome", 0), ("Ann", 1)):
        found = await office.ask(f'records(tableId: $id, search: "{sought}") {{ totalCount }}', id=office.people)
        assert found.ok["records"]["totalCount"] == count


async def test_nothing_is_written_there(office: Office, pg: Connection) -> None:
    before = await pg.fetchval("SELECT count(*) FROM changes")
    table, record = office.companies, office.acme
    row = {"Name": "X"}
    tries = [
        ("createRecord", "record { id }", {"tableId": table, "fields": row}),
        ("updateRecord", "record { id }", {"id": record, "fields": row}),
        ("deleteRecords", "deletedIds", {"tableId": table, "ids": [record]}),
        ("restoreRecords", "restoredIds", {"tableId": table, "ids": [record]}),
        ("upsertRecords", "records { id }", {"tableId": table, "mergeOn": ["Name"], "records": [row]}),
        ("createView", "view { id }", {"tableId": table, "name": "V", "type": "GRID"}),
    ]
    for mutation, selection, given in tries:
        assert (await change(office, mutation, selection, **given)).codes == ["NOT_FOUND"], mutation
    operations = [{"create": {"tableId": table, "records": [{"fields": row}]}}]
    transact = await change(office, "transact", "results { __typename }", operations=operations)
    assert transact.codes == ["NOT_FOUND"]
    assert await pg.fetchval("SELECT count(*) FROM changes") == before


async def test_links_to_it_cannot_be_written_and_stay_as_they_are(office: Office) -> None:
    refused = await change(office, "updateRecord", "record { id }", id=office.bob, fields={"Company": office.acme})
    named = await change(
        office, "createRecord", "record { id }", tableId=office.people, fields={"Company": "Acme"}, typecast=True
    )
    written = await change(office, "updateRecord", "record { fields }", id=office.ann, fields={"Age": 40})

    assert (refused.codes, named.codes) == (["VALIDATION_ERROR"], ["VALIDATION_ERROR"])
    assert written.ok["updateRecord"]["record"]["fields"] == {"Name": "Ann", "Age": 40}
    [ann, _] = await office.world.people.all()
    assert (ann["Company"]["value"], ann["City"], ann["Age"]) == ("Acme", "Rome", 40)


async def test_a_record_that_is_deleted_and_restored_keeps_its_links(office: Office) -> None:
    given = {"tableId": office.people, "ids": [office.ann]}
    deleted = (await change(office, "deleteRecords", "mutationId", **given)).ok["deleteRecords"]
    trash = "deletedRecords(tableId: $id) { nodes { record { fields } } }"
    assert (await office.ask(trash, id=office.people)).ok["deletedRecords"]["nodes"] == [
        {"record": {"fields": OF_PERSON}}
    ]
    restored = await change(office, "restoreRecords", "records { fields }", **given)
    assert restored.ok["restoreRecords"]["records"] == [{"fields": OF_PERSON}]
    assert (await office.world.people.all())[0]["City"] == "Rome"

    again = (await change(office, "deleteRecords", "mutationId", **given)).ok["deleteRecords"]["mutationId"]
    assert again != deleted["mutationId"]
    undone = await change(office, "undo", "restoredIds", mutationId=again)

    assert undone.ok["undo"] == {"restoredIds": [office.ann]}
    assert (await office.world.people.all())[0]["City"] == "Rome"


async def test_what_one_did_before_is_not_undone_there(office: Office) -> None:
    (await office.override(None)).ok  # noqa: B018
    written = await change(office, "updateRecord", "mutationId", id=office.acme, fields={"Name": "X"})
    await office.hide()

    undone = await change(office, "undo", "updatedIds", mutationId=written.ok["updateRecord"]["mutationId"])

    assert undone.codes == ["NOT_FOUND"]
    assert [company["Name"] for company in await office.world.companies.all()] == ["X"]


async def test_links_that_one_made_before_are_not_undone(office: Office) -> None:
    (await office.override(None)).ok  # noqa: B018
    made = await change(office, "updateRecord", "mutationId", id=office.bob, fields={"Company": office.acme, "Age": 1})
    await office.hide()

    undone = await change(office, "undo", "updatedIds", mutationId=made.ok["updateRecord"]["mutationId"])

    assert undone.codes == ["FORBIDDEN"]
    people = await office.world.people.all()
    assert [(person["Age"], person["City"]) for person in people] == [(None, "Rome"), (1, "Rome")]


async def test_a_role_of_its_own_lets_transact_and_undo_write(office: Office, pg: Connection) -> None:
    await pg.execute("UPDATE workspace_members SET role = 'VIEWER' WHERE id = $1::uuid", office.membership)
    (await office.override("EDITOR")).ok  # noqa: B018
    operations = [{"create": {"tableId": office.companies, "records": [{"fields": {"Name": "Best"}}]}}]

    made = await change(office, "transact", "mutationId", operations=operations)

    undone = await change(office, "undo", "deletedIds", mutationId=made.ok["transact"]["mutationId"])
    assert len(undone.ok["undo"]["deletedIds"]) == 1
    operations[0]["create"]["tableId"] = office.people
    assert (await change(office, "transact", "mutationId", operations=operations)).codes == ["FORBIDDEN"]


@pytest.mark.parametrize("what", ["table", "view"])
async def test_a_base_of_which_something_is_hidden_is_not_copied_elsewhere(what: str, office: Office) -> None:
    own = await make_workspace(office.api, office.editor)
    if what == "view":
        (await office.override(None)).ok  # noqa: B018
        await office.hide(viewId=(await make_view(office.api, office.world.people.table))["id"])
    given = {"baseId": office.base, "workspaceId": own, "includeRecords": True}

    refused = await change(office, "duplicateBase", "base { id }", **given)

    assert refused.codes == ["FORBIDDEN"]
    assert (await office.ask("bases(workspaceId: $id) { id }", id=own)).ok == {"bases": []}
    await office.override("ADMIN", baseId=office.base)
    assert (await change(office, "duplicateBase", "base { id }", **given)).codes == []


async def test_others_see_all_of_it(office: Office) -> None:
    found = (await office.world.people.all())[0]

    assert found == {**OF_PERSON, "Company": {"id": office.acme, "value": "Acme"}, "City": "Rome", "Place": "Rome!"}


async def test_plain_readers_run_the_statements_that_they_ran_before(
    office: Office, statements: Callable[[], StatementLog]
) -> None:
    document = "query ($id: ID!) { records(tableId: $id) { nodes { fields } } }"
    with statements() as seen:
        (await office.api.execute(document, {"id": office.people}, as_=office.owner)).ok  # noqa: B018
    (await office.override(None)).ok  # noqa: B018
    (await office.api.execute(document, {"id": office.people}, as_=office.owner)).ok  # noqa: B018
    with statements() as alone:
        (await office.api.execute(document, {"id": office.people}, as_=office.owner)).ok  # noqa: B018
    query = "records(tableId: $id) { nodes { fields } }"
    (await office.ask(query, id=office.people)).ok  # noqa: B018
    with statements() as of_editor:
        (await office.ask(query, id=office.people)).ok  # noqa: B018

    version = re.compile(r"schema_version = '\d+'")
    assert [version.sub("", text) for text in seen.texts[-1:]] == [version.sub("", text) for text in alone.texts]
    assert alone.texts == of_editor.texts
    assert "JOIN workspace_members m ON m.workspace_id = b.workspace_id AND m.user_id = $" in alone.texts[0]
