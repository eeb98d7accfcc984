"""How many statements each list and each get of the catalog costs, whatever its length."""

from collections.abc import Callable

import pytest

from tests.support.api import Api
from tests.support.catalog import add_field, add_member, add_table
from tests.support.constraints import make_unique
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, make_base, make_table, make_workspace
from tests.support.views import make_view

NESTED_FIELD = "id type isPrimary table { id base { id workspace { id myRole } } }"
LISTS = {
    "workspaces": ("{ workspaces { id name myRole } }", 1),
    "members": ("query ($w: ID!) { workspaceMembers(workspaceId: $w) { user { email } workspace { name } } }", 3),
    "bases": ("query ($w: ID!) { bases(workspaceId: $w) { id workspace { id } } }", 2),
    "tables": ("query ($b: ID!) { tables(baseId: $b) { id base { id } primaryField { id } } }", 3),
    "views": ("query ($t: ID!) { views(tableId: $t) { name fields { id } hiddenFields { id } table { id } } }", 3),
    "views of tables": ("query ($b: ID!) { tables(baseId: $b) { views { name fields { id } } } }", 4),
    "constraints": ("query ($t: ID!) { uniqueConstraints(tableId: $t) { status field { id } table { id } } }", 3),
    "constraints of tables": ("query ($b: ID!) { tables(baseId: $b) { uniqueConstraints { field { id } } } }", 4),
    "constraints of fields": ("query ($t: ID!) { fields(tableId: $t) { uniqueConstraint { table { id } } } }", 3),
    "fields": (f"query ($t: ID!) {{ fields(tableId: $t) {{ {NESTED_FIELD} }} }}", 4),
}
GETS = {
    "workspace": ("query ($w: ID!) { workspace(id: $w) { id } }", 1),
    "base": ("query ($b: ID!) { base(id: $b) { id } }", 1),
    "table": ("query ($t: ID!) { table(id: $t) { id } }", 1),
    "several": ("query ($t: ID!) { a: table(id: $t) { id } b: table(id: $t) { name } c: table(id: $t) { id } }", 1),
}


async def grow(api: Api, table: MadeTable, size: int) -> None:
    """Add to every list of the catalog."""
    for number in range(size):
        await make_base(api, table.owner, table.workspace_id)
        await add_table(api, table.owner, table.base_id, f"T{size}.{number}")
        field = await add_field(api, table, name=f"F{size}.{number}", type="NUMBER")
        await make_unique(api, table, field)
        await make_view(api, table, f"V{size}.{number}")
        await add_member(api, table.owner, table.workspace_id, await api.register(), "VIEWER")
        await make_workspace(api, table.owner)


@pytest.mark.parametrize(("document", "expected"), [*LISTS.values(), *GETS.values()], ids=[*LISTS, *GETS])
async def test_the_number_of_statements_does_not_grow_with_the_lists(
    api: Api, statements: Callable[[], StatementLog], document: str, expected: int
) -> None:
    table = await make_table(api)
    variables = {"w": table.workspace_id, "b": table.base_id, "t": table.id}
    used = {key: value for key, value in variables.items() if f"${key}:" in document}
    counts = []
    for size in (1, 3):
        await grow(api, table, size)
        with statements() as seen:
            assert (await api.execute(document, used, as_=table.owner)).errors == []
        counts.append(seen.count)

    assert counts == [expected, expected]
