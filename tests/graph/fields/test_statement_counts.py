"""How many statements a change of the schema costs: as many in a base of many tables as in one of a few."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.catalog import add_field, add_table, mutate
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, make_table
from tests.support.views import make_view

Statements = Callable[[], StatementLog]
TWICE = {"name": "Twice", "type": "FORMULA", "options": {"formula": "{Name} & {Name}"}}


async def make_base(api: Api, others: int, links: int = 1) -> MadeTable:
    """A table with links, beside others with formulas and views, to which the links lead in turn."""
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "Note", "type": "TEXT"}])
    for n in range(others):
        fields = [{"name": "Name", "type": "TEXT"}, TWICE]
        other = await add_table(api, table.owner, table.base_id, f"Other {n}", fields)
        await make_view(api, MadeTable(table.owner, table.workspace_id, table.base_id, other, {}), name="All")
    for n in range(links):
        options = {"linked_table_id": f"Other {n % others}"}
        await add_field(api, table, name=f"Link {n}", type="LINKED_RECORD", options=options)
    return table


async def cost(api: Api, statements: Statements, table: MadeTable, mutation: str, given: dict[str, Any]) -> int:
    """How many statements a mutation takes."""
    with statements() as seen:
        assert (await mutate(api, mutation, "__typename", given, as_=table.owner)).ok
    return seen.count


CHANGES: dict[str, Callable[[MadeTable], tuple[str, dict[str, Any]]]] = {
    "delete a field": lambda table: ("deleteField", {"id": table.fields["Note"]}),
    "convert a field": lambda table: ("updateField", {"id": table.fields["Note"], "type": "NUMBER"}),
    "delete a table": lambda table: ("deleteTable", {"id": table.id}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_the_number_of_other_tables_makes_no_difference(
    api: Api, statements: Statements, change: Callable[[MadeTable], tuple[str, dict[str, Any]]]
) -> None:
    counts = [await cost(api, statements, table, *change(table)) for table in [await make_base(api, n) for n in (1, 5)]]
    assert counts[0] == counts[1]


async def test_the_links_of_a_table_that_is_deleted_are_looked_up_at_once(api: Api, statements: Statements) -> None:
    looks = []
    for links in (1, 4):
        table = await make_base(api, 4, links)
        with statements() as seen:
            assert (await mutate(api, "deleteTable", "__typename", {"id": table.id}, as_=table.owner)).ok
        looks.append(sum("FROM bases b JOIN tables t ON" in text for text in seen.texts))
    assert looks[0] == looks[1]
