"""The node query: anything by its id alone."""

import pytest

from tests.support.api import Api
from tests.support.catalog import add_member
from tests.support.tables import create_records, make_table
from tests.support.views import make_view

NODE = "query ($id: ID!) { node(id: $id) { __typename id ... on Table { name } ... on Field { type } } }"


async def test_every_kind_of_thing_is_found_by_its_id(api: Api) -> None:
    table = await make_table(api)
    member = await add_member(api, table.owner, table.workspace_id, await api.register(), "VIEWER")
    view = await make_view(api, table)
    [record] = await create_records(api, table, [{"Name": "Bolt"}])
    ids = {
        "Workspace": str(table.workspace_id),
        "WorkspaceMember": member,
        "Base": str(table.base_id),
        "Table": str(table.id),
        "Field": table.fields["Name"],
        "View": view["id"],
        "Record": record,
        "User": str(table.owner.id),
    }

    found = {name: (await api.execute(NODE, {"id": id}, as_=table.owner)).ok["node"] for name, id in ids.items()}

    assert {name: node["__typename"] for name, node in found.items()} == {name: name for name in ids}
    assert {name: node["id"] for name, node in found.items()} == ids
    assert (found["Table"]["name"], found["Field"]["type"]) == ("Parts", "TEXT")


@pytest.mark.parametrize("id", ["01a2025c-256f-4000-8000-04de2ba1a8a3", "01a2025c-256f-8000-8003-fffe2ba1a8a3"])
async def test_an_id_of_nothing_is_not_found(api: Api, id: str) -> None:
    person = await api.register()

    result = await api.execute(NODE, {"id": id}, as_=person)

    assert (result.data, result.codes) == ({"node": None}, ["NOT_FOUND"])
    assert result.errors[0]["message"] == f"There is nothing with id {id}."


async def test_an_id_that_is_no_uuid_is_a_bad_request(api: Api) -> None:
    result = await api.execute(NODE, {"id": "x"}, as_=await api.register())

    assert result.codes == ["BAD_REQUEST"]
