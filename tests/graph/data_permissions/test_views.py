"""Overrides of views, and what views say of fields that a member may not see."""

from typing import Any

from tests.graph.data_permissions.conftest import Office
from tests.support.catalog import mutate
from tests.support.views import make_view

ROMANS = {"field": "City", "operator": "EQ", "value": "Rome"}
SHOWN = "view(id: $id) { filter orderBy config fields { name } hiddenFields { name } colorRules { color } }"


async def romans(office: Office, **more: Any) -> str:
    """Id of a view of the people of Rome."""
    order = [{"field": "City", "direction": "DESC"}, {"field": "Name", "direction": "ASC"}]
    given = {"filter": ROMANS, "orderBy": order, "hiddenFieldIds": ["Place", "Age"], **more}
    return str((await make_view(office.api, office.world.people.table, "Romans", **given))["id"])


async def change(office: Office, id: str, **changes: Any) -> list[str]:
    """The codes of errors that the editor gets for changing a view."""
    given = {"id": id, **changes}
    return (await mutate(office.api, "updateView", "view { id }", given, as_=office.editor)).codes


async def test_a_view_is_hidden_and_its_table_is_not(office: Office) -> None:
    view = await romans(office)
    await office.hide(viewId=view)

    listed = await office.ask("views(tableId: $id) { id } table(id: $id) { views { id } }", id=office.people)

    assert listed.ok == {"views": [], "table": {"views": []}}
    for query in ("view(id: $id) { id }", "node(id: $id) { id }"):
        assert (await office.ask(query, id=view)).codes == ["NOT_FOUND"]
    through = "records(tableId: $id, viewId: $view) { totalCount }"
    assert (await office.ask(through, id=office.people, view=view)).codes == ["NOT_FOUND"]
    assert await change(office, view, name="Other") == ["NOT_FOUND"]
    assert (await office.ask("records(tableId: $id) { totalCount }", id=office.people)).ok["records"] == {
        "totalCount": 2
    }


async def test_a_role_in_a_view_is_that_of_changing_it(office: Office) -> None:
    view = await romans(office)
    (await office.override("VIEWER", viewId=view)).ok  # noqa: B018
    assert await change(office, view, name="A") == ["FORBIDDEN"]

    (await office.override("VIEWER", baseId=office.base)).ok  # noqa: B018
    (await office.override("EDITOR", viewId=view)).ok  # noqa: B018

    assert await change(office, view, name="B") == []
    given = {"id": office.ann, "fields": {"Name": "X"}}
    written = await mutate(office.api, "updateRecord", "record { id }", given, as_=office.editor)
    assert written.codes == ["FORBIDDEN"]


async def test_a_role_in_a_view_opens_no_hidden_table(office: Office) -> None:
    view = await romans(office)
    await office.hide(tableId=office.people)
    (await office.override("EDITOR", viewId=view)).ok  # noqa: B018

    assert (await office.ask("view(id: $id) { id }", id=view)).codes == ["NOT_FOUND"]


async def test_a_view_holds_whoever_reads_it_and_names_nothing_hidden(office: Office) -> None:
    view = await romans(office)
    await office.hide()

    records = "records(tableId: $id, viewId: $view) { nodes { fields } pageInfo { endCursor } }"
    through = (await office.ask(records, id=office.people, view=view)).ok["records"]
    shown = (await office.ask(SHOWN, id=view)).ok["view"]

    assert [each["fields"] for each in through["nodes"]] == [{"Name": "Ann", "Age": None}]
    assert shown["filter"] is None
    assert [each["direction"] for each in shown["orderBy"]] == ["ASC"]
    assert (shown["fields"], shown["hiddenFields"]) == ([{"name": "Name"}], [{"name": "Age"}])


async def test_who_may_not_see_all_that_a_view_says_does_not_change_it(office: Office) -> None:
    view = await romans(office)
    await office.hide()

    assert await change(office, view, filter=None) == ["FORBIDDEN"]
    assert await change(office, view, hiddenFieldIds=[]) == ["FORBIDDEN"]
    assert await change(office, view, name="Renamed") == []
    kept = await office.api.execute(f"query ($id: ID!) {{ {SHOWN} }}", {"id": view}, as_=office.owner)
    assert kept.ok["view"]["filter"]["value"] == "Rome"
    assert [each["name"] for each in kept.ok["view"]["hiddenFields"]] == ["Age", "Place"]


async def test_nobody_makes_a_view_by_what_they_may_not_see(office: Office) -> None:
    await office.hide()
    given = {"tableId": office.people, "name": "V", "type": "GRID", "filter": ROMANS}

    refused = await mutate(office.api, "createView", "view { id }", given, as_=office.editor)

    assert refused.codes == ["BAD_REQUEST"]


async def test_a_table_with_a_role_of_its_own_is_seen_in_a_hidden_base(office: Office) -> None:
    await office.hide(baseId=office.base)
    (await office.override("VIEWER")).ok  # noqa: B018

    found = await office.ask("table(id: $id) { name fields { name } records { totalCount } }", id=office.companies)

    assert found.ok["table"] == {
        "name": "Companies",
        "fields": [{"name": "Name"}, {"name": "City"}, {"name": "Size"}],
        "records": {"totalCount": 1},
    }
    assert (await office.ask("base(id: $id) { id }", id=office.base)).codes == ["NOT_FOUND"]


async def test_a_role_in_a_view_makes_no_other_views(office: Office) -> None:
    view = await romans(office)
    (await office.override("VIEWER", tableId=office.people)).ok  # noqa: B018
    (await office.override("EDITOR", viewId=view)).ok  # noqa: B018

    for given in ({}, {"isPersonal": True}):
        copied = await office.change("duplicateView", "view { id }", id=view, **given)
        assert copied.codes == ["FORBIDDEN"]
    assert len((await office.ask("views(tableId: $id) { id }", id=office.people)).ok["views"]) == 1


async def test_who_reads_a_view_and_makes_views_copies_it(office: Office) -> None:
    view = await romans(office)
    (await office.override("VIEWER", viewId=view)).ok  # noqa: B018

    assert (await office.change("duplicateView", "view { id }", id=view)).codes == []


async def test_groups_by_a_field_that_is_hidden_name_it_by_nothing(office: Office) -> None:
    field = await office.world.add_field(office.world.companies, "Kind", "SINGLE_SELECT", {"choices": [{"name": "A"}]})
    kind = field.ok["createField"]["field"]["id"]
    config = {"group_field_id": kind}
    view = (await make_view(office.api, office.world.companies.table, "Board", "KANBAN", config=config))["id"]
    (await office.limit(kind, read="ADMIN")).ok  # noqa: B018

    refused = await office.ask("view(id: $id) { groups { value count } }", id=view)

    assert refused.codes == ["BAD_REQUEST"]
    assert kind not in str(refused.body)
