"""A field that the caller may not read: no reader shows it, nor what is made of it."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest

from adapters.database import Connection
from domain.bases.catalog import BaseMeta
from resolvers.metadata import TableKey
from tests.graph.data_permissions.conftest import Office
from tests.support.catalog import mutate
from tests.support.statements import StatementLog
from tests.support.views import make_view

OF_ACME = {"Name": "Acme", "Size": None}


@pytest.fixture(autouse=True)
async def hidden(office: Office) -> str:
    """The id of `City`, which is hidden from the editor; `City` and `Place` of people are made of it."""
    return await office.city()


async def test_it_is_absent_from_the_catalog(office: Office, hidden: str) -> None:
    catalog = "table(id: $id) { fields { name } primaryField { name } } fields(tableId: $id) { name }"
    companies = (await office.ask(catalog, id=office.companies)).ok
    people = (await office.ask(catalog, id=office.people)).ok

    assert "City" not in str(companies)
    names = [{"name": "Name"}, {"name": "Age"}, {"name": "Company"}]
    assert people == {"table": {"fields": names, "primaryField": {"name": "Name"}}, "fields": names}
    lookup = (await office.world.fields(office.world.people))["City"]["id"]
    for id in (hidden, lookup):
        for query in ("field(id: $id) { id }", "node(id: $id) { id }"):
            assert (await office.ask(query, id=id)).codes == ["NOT_FOUND"]


async def test_it_is_absent_from_records_and_what_leads_to_them(office: Office) -> None:
    record = "record(id: $id) { fields byId: fields(keyBy: ID) history { nodes { changedFields values previous } } }"
    acme = (await office.ask(record, id=office.acme)).ok["record"]
    ann = (
        await office.ask('record(id: $id) { fields linked(field: "Company") { nodes { fields } } }', id=office.ann)
    ).ok
    all_of = (await office.ask("records(tableId: $id) { nodes { fields } }", id=office.companies)).ok

    assert {**OF_ACME, **acme["fields"]} == acme["fields"]
    assert "City" not in acme["fields"]
    assert len(acme["byId"]) == len(acme["fields"])
    created = acme["history"]["nodes"][-1]
    assert "Name" in created["changedFields"]
    assert "Rome" not in str(acme)
    assert ann["record"]["fields"] == {"Name": "Ann", "Age": None, "Company": {"id": office.acme, "value": "Acme"}}
    assert "Rome" not in str((ann, all_of))


async def test_its_history_is_none(office: Office) -> None:
    (await office.world.companies.update(office.acme, {"City": "Oslo"})).ok  # noqa: B018
    history = "record(id: $id) { history { nodes { changedFields values previous } } }"

    nodes = (await office.ask(history, id=office.acme)).ok["record"]["history"]["nodes"]

    assert "Rome" not in str(nodes)
    assert "Oslo" not in str(nodes)
    assert "City" not in str(nodes)


@pytest.mark.parametrize(
    ("table", "arguments"),
    [
        ("companies", 'filter: {field: "City", operator: EQ, value: "Rome"}'),
        ("companies", 'orderBy: [{field: "City"}]'),
        ("people", 'filter: {field: "Company.City", operator: EQ, value: "Rome"}'),
        ("people", 'filter: {field: "City", operator: EQ, value: "Rome"}'),
        ("people", 'filter: {field: "Place", operator: EQ, value: "Rome!"}'),
        ("people", 'orderBy: [{field: "Company.City"}]'),
        ("people", 'orderBy: [{field: "Place"}]'),
    ],
)
async def test_filters_and_orders_by_it_are_refused(table: str, arguments: str, office: Office) -> None:
    id = office.companies if table == "companies" else office.people

    assert (await office.ask(f"records(tableId: $id, {arguments}) {{ totalCount }}", id=id)).codes == ["BAD_REQUEST"]


async def test_searches_groups_and_metrics_know_nothing_of_it(office: Office) -> None:
    for table in (office.companies, office.people):
        found = await office.ask('records(tableId: $id, search: "Rome") { totalCount }', id=table)
        assert found.ok["records"]["totalCount"] == 0
    tries = ['groupBy: [{field: "City"}], metrics: [{function: COUNT}]', 'metrics: [{function: MAX, field: "City"}]']
    for arguments in (*tries, 'metrics: [{function: COUNT}], filter: {field: "City", operator: IS_EMPTY}'):
        query = f"aggregate(tableId: $id, {arguments}) {{ totalCount }}"
        assert (await office.ask(query, id=office.companies)).codes == ["BAD_REQUEST"]
    assert (await office.ask('record(id: $id) { value(field: "City") }', id=office.acme)).codes == ["BAD_REQUEST"]


async def test_its_constraint_is_not_found(office: Office, hidden: str) -> None:
    given = {"fieldId": hidden}
    made = await mutate(office.api, "createUniqueConstraint", "uniqueConstraint { id }", given, as_=office.owner)
    constraint = made.ok["createUniqueConstraint"]["uniqueConstraint"]["id"]

    listed = await office.ask(
        "uniqueConstraints(tableId: $id) { id } table(id: $id) { uniqueConstraints { id } }", id=office.companies
    )

    assert listed.ok == {"uniqueConstraints": [], "table": {"uniqueConstraints": []}}
    for query in ("uniqueConstraint(id: $id) { id }", "node(id: $id) { id }"):
        assert (await office.ask(query, id=constraint)).codes == ["NOT_FOUND"]


async def test_both_sides_of_a_link_are_hidden_together(office: Office) -> None:
    link = await office.link(read="ADMIN")
    catalog = "fields(tableId: $id) { name }"

    people = (await office.ask(catalog, id=office.people)).ok["fields"]
    companies = (await office.ask(catalog, id=office.companies)).ok["fields"]
    shown = (await office.ask("record(id: $id) { fields }", id=office.acme)).ok["record"]["fields"]

    assert people == [{"name": "Name"}, {"name": "Age"}]
    assert companies == [{"name": "Name"}, {"name": "Size"}]
    assert shown == OF_ACME
    assert (await office.ask("field(id: $id) { id }", id=link)).codes == ["NOT_FOUND"]


async def test_a_field_without_values_tells_no_reasons(office: Office) -> None:
    world = office.world
    size = str(world.companies.table.fields["Size"])
    options = {"linked_field_id": await office.link(read="ADMIN"), "rollup_field_id": size, "function": "sum"}
    (await world.add_field(world.people, "Sizes", "ROLLUP", options)).ok  # noqa: B018
    (await mutate(office.api, "deleteField", "deletedId", {"id": size}, as_=office.owner)).ok  # noqa: B018

    listed = (await office.ask("fields(tableId: $id) { name error }", id=office.people)).ok["fields"]

    assert "'Company'" in (await world.fields(world.people))["Sizes"]["error"]
    assert listed == [{"name": "Name", "error": None}, {"name": "Age", "error": None}]


async def test_deleted_records_show_none_of_it(office: Office) -> None:
    (await office.change("deleteRecords", "mutationId", tableId=office.companies, ids=[office.acme])).ok  # noqa: B018
    trash = "deletedRecords(tableId: $id) { nodes { record { fields } } }"

    assert "Rome" not in str((await office.ask(trash, id=office.companies)).ok)
    (await office.change("restoreRecords", "records { fields }", tableId=office.companies, ids=[office.acme])).ok  # noqa: B018
    [acme] = await office.world.companies.all()
    assert acme["City"] == "Rome"


async def test_an_answer_that_is_kept_for_a_key_shows_none_of_it(office: Office, hidden: str) -> None:
    (await office.limit(hidden)).ok  # noqa: B018
    given = {"id": office.acme, "fields": {"Size": 3}, "idempotencyKey": "once"}
    assert (
        "City"
        in (await office.change("updateRecord", "record { fields }", **given)).ok["updateRecord"]["record"]["fields"]
    )
    await office.city()

    again = await office.change("updateRecord", "record { fields }", **given)

    assert "City" not in again.ok["updateRecord"]["record"]["fields"]


async def test_a_view_holds_and_does_not_name_it(office: Office, hidden: str) -> None:
    romans = {"field": "City", "operator": "EQ", "value": "Rome"}
    given = {"filter": romans, "orderBy": [{"field": "City", "direction": "ASC"}], "hiddenFieldIds": [hidden]}
    view = (await make_view(office.api, office.world.companies.table, "Romans", **given))["id"]
    (await office.world.add(office.world.companies, {"Name": "Best", "City": "Oslo"}))

    through = "records(tableId: $id, viewId: $view) { nodes { fields } }"
    records = (await office.ask(through, id=office.companies, view=view)).ok["records"]["nodes"]
    shown = (await office.ask("view(id: $id) { filter orderBy hiddenFields { name } }", id=view)).ok["view"]

    assert [each["fields"]["Name"] for each in records] == ["Acme"]
    assert "City" not in records[0]["fields"]
    assert shown == {"filter": None, "orderBy": None, "hiddenFields": []}
    renamed = await office.change("updateView", "view { filter orderBy hiddenFields { name } }", id=view, name="Mine")
    assert renamed.ok["updateView"]["view"] == shown
    copied = await office.change("duplicateView", "view { filter orderBy hiddenFields { name } }", id=view)
    assert copied.ok["duplicateView"]["view"] == shown
    changed = await office.change("updateView", "view { id }", id=view, hiddenFieldIds=[])
    assert changed.codes == ["FORBIDDEN"]
    made = await office.change(
        "createView", "view { id }", tableId=office.companies, name="V", type="GRID", filter=romans
    )
    assert made.codes == ["BAD_REQUEST"]


async def test_others_see_all_of_it(office: Office) -> None:
    [acme] = await office.world.companies.all()
    ann = (await office.world.people.all())[0]

    assert acme["City"] == "Rome"
    assert (ann["City"], ann["Place"]) == ("Rome", "Rome!")


async def test_readers_run_one_statement_for_their_profile_and_others_what_they_ran_before(
    office: Office, hidden: str, statements: Callable[[], StatementLog]
) -> None:
    document = "query ($id: ID!) { records(tableId: $id) { nodes { fields } } }"

    async def run(as_owner: bool) -> list[str]:
        person = office.owner if as_owner else office.editor
        (await office.api.execute(document, {"id": office.companies}, as_=person)).ok  # noqa: B018
        with statements() as log:
            (await office.api.execute(document, {"id": office.companies}, as_=person)).ok  # noqa: B018
        return list(log.texts)

    limited = [await run(True), await run(False)]
    (await office.limit(hidden)).ok  # noqa: B018
    free = [await run(True), await run(False)]

    assert [len(texts) for texts in (*limited, *free)] == [2, 2, 1, 1]
    assert free[0] == free[1]
    assert "JOIN workspace_members m ON m.workspace_id = b.workspace_id AND m.user_id = $" in free[0][0]
    assert "table_members" in limited[0][-1]
    column = re.compile(r"f_\d+")
    assert len(column.findall(limited[0][-1])) > len(column.findall(limited[1][-1]))


async def test_listing_fields_of_many_tables_takes_no_statement_for_each(
    office: Office, statements: Callable[[], StatementLog]
) -> None:
    query = "query ($id: ID!) { tables(baseId: $id) { fields { name canWrite } } }"

    async def count() -> int:
        with statements() as log:
            (await office.api.execute(query, {"id": office.base}, as_=office.editor)).ok  # noqa: B018
        return len(log.texts)

    first = await count()
    for name in ("A", "B", "C"):
        given = {"baseId": office.base, "name": name}
        (await mutate(office.api, "createTable", "table { id }", given, as_=office.owner)).ok  # noqa: B018

    assert await count() == first


async def test_what_cannot_be_read_is_not_written(office: Office, pg: Connection) -> None:
    before = await pg.fetchval("SELECT count(*) FROM changes")
    written = await office.change("updateRecord", "record { id }", id=office.acme, fields={"City": "Oslo"})
    made = await office.change("createRecord", "record { id }", tableId=office.companies, fields={"City": "Oslo"})
    given = {"tableId": office.companies, "mergeOn": ["City"], "records": [{"Name": "X"}]}
    merged = await office.change("upsertRecords", "records { id }", **given)

    assert (written.codes, made.codes, merged.codes) == (["VALIDATION_ERROR"], ["VALIDATION_ERROR"], ["BAD_REQUEST"])
    assert "City" not in written.errors[0]["message"].partition("It has:")[2]
    assert await pg.fetchval("SELECT count(*) FROM changes") == before


async def test_metadata_that_know_nothing_of_a_permission_are_stale(office: Office, hidden: str) -> None:
    (await office.limit(hidden)).ok  # noqa: B018
    metadata = office.api.services.metadata
    assert "City" in str((await office.ask("records(tableId: $id) { nodes { fields } }", id=office.companies)).ok)
    table = metadata.table(TableKey(id=UUID(str(office.companies))))
    assert table is not None
    old = BaseMeta(table.base_id, table.base_number, "", table.workspace_id, table.schema_version, table.siblings)
    (await office.limit(hidden, read="ADMIN")).ok  # noqa: B018

    for query in ("records(tableId: $id) { nodes { fields } }", "fields(tableId: $id) { name }"):
        metadata.keep(old)
        assert "City" not in str((await office.ask(query, id=office.companies)).ok)
    metadata.keep(old)
    written = await office.change("updateRecord", "record { id }", id=office.acme, fields={"City": "Oslo"})
    assert written.codes == ["VALIDATION_ERROR"]
    (await office.limit(hidden, write="ADMIN")).ok  # noqa: B018
    metadata.keep(old)
    written = await office.change("updateRecord", "record { id }", id=office.acme, fields={"City": "Oslo"})
    assert written.codes == ["FORBIDDEN"]


EVERYTHING = """
query ($base: ID!, $table: ID!, $record: ID!) {
  base(id: $base) { tables {
    primaryField { name }
    fields { name options error defaultValue description uniqueConstraint { id } }
    uniqueConstraints { id }
    views { name filter orderBy config fields { name } hiddenFields { name } colorRules { filter } }
    records(first: 5) { nodes { fields byId: fields(keyBy: ID) history { nodes { changedFields values previous } } } }
  } }
  aggregate(tableId: $table, metrics: [{function: COUNT}]) { totalCount }
  deletedRecords(tableId: $table) { nodes { record { fields } } }
  record(id: $record) { fields linked(field: "Company") { nodes { fields } } }
}
"""


async def test_nothing_that_can_be_selected_names_it_or_shows_its_values(office: Office, hidden: str) -> None:
    world, romans = office.world, {"field": hidden, "operator": "EQ", "value": "Rome"}
    (await mutate(office.api, "updateField", "field { id }", {"id": hidden, "name": "Seat"}, as_=office.owner)).ok  # noqa: B018
    for name, type in (("Place", "FORMULA"), ("City", "LOOKUP")):
        field = await world.id_of(world.people, name)
        given = {"id": field, "name": f"Seat of {type}"}
        (await mutate(office.api, "updateField", "field { id }", given, as_=office.owner)).ok  # noqa: B018
    rule = {"color": "#ff0000", "filter": romans}
    content = {"filter": romans, "fieldIds": [hidden], "hiddenFieldIds": [hidden], "colorRules": [rule]}
    await make_view(office.api, world.companies.table, "Some", **content)
    given = {"tableId": office.companies, "ids": await world.add(world.companies, {"Name": "Gone", "Seat": "Rome"})}
    (await mutate(office.api, "deleteRecords", "mutationId", given, as_=office.owner)).ok  # noqa: B018
    variables = {"base": office.base, "table": office.companies, "record": office.ann}

    owners = str((await office.api.execute(EVERYTHING, variables, as_=office.owner)).ok)
    mine = str((await office.api.execute(EVERYTHING, variables, as_=office.editor)).ok)

    for secret in ("Seat", "Rome", hidden):
        assert secret in owners
        assert secret not in mine


@pytest.mark.parametrize("mutation", ["enableUniqueConstraint", "disableUniqueConstraint", "deleteUniqueConstraint"])
async def test_its_constraint_is_not_there_to_be_changed(mutation: str, office: Office, hidden: str) -> None:
    selection, given = "uniqueConstraint { id }", {"fieldId": hidden}
    made = await mutate(office.api, "createUniqueConstraint", selection, given, as_=office.owner)
    id = made.ok["createUniqueConstraint"]["uniqueConstraint"]["id"]

    assert (await office.change(mutation, "__typename", id=id)).codes == ["NOT_FOUND"]
    (await office.limit(hidden, read=None)).ok  # noqa: B018
    assert (await office.change(mutation, "__typename", id=id)).codes == ["FORBIDDEN"]
