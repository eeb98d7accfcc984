"""Makes views over the API, and reads them."""

from typing import Any

from tests.support.api import Api, Person
from tests.support.catalog import mutate
from tests.support.tables import MadeTable

VIEW = (
    "id name type config filter orderBy colorRules { color filter } fields { name } hiddenFields { name }"
    " isPersonal isLocked"
)


async def make_view(
    api: Api, table: MadeTable, name: str = "Some", type: str = "GRID", *, as_: Person | None = None, **more: Any
) -> dict[str, Any]:
    """A new view; the keywords are those of CreateViewInput."""
    given = {"tableId": table.id, "name": name, "type": type, **more}
    result = await mutate(api, "createView", f"view {{ {VIEW} }}", given, as_=as_ or table.owner)
    return result.ok["createView"]["view"]


async def change_view(api: Api, table: MadeTable, id: str, *, as_: Person | None = None, **changes: Any) -> Any:
    """The view after updateView."""
    given = {"id": id, **changes}
    result = await mutate(api, "updateView", f"view {{ {VIEW} }}", given, as_=as_ or table.owner)
    return result.ok["updateView"]["view"]


async def read_view(api: Api, table: MadeTable, id: str) -> Any:
    """The view as its table's owner reads it now."""
    document = f"query ($id: ID!) {{ view(id: $id) {{ {VIEW} }} }}"
    return (await api.execute(document, {"id": id}, as_=table.owner)).ok["view"]


async def view_names(api: Api, table: MadeTable, person: Person) -> list[str]:
    """The names of the table's views in their order, for a member."""
    document = "query ($id: ID!) { table(id: $id) { views { name } } views(tableId: $id) { name } }"
    found = (await api.execute(document, {"id": table.id}, as_=person)).ok
    names = [view["name"] for view in found["views"]]
    assert [view["name"] for view in found["table"]["views"]] == names
    return names
