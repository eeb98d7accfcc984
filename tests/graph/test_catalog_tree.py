"""The tree of workspaces, bases, tables and fields: made by mutations, read with a constant number of statements."""

from collections.abc import Callable

import asyncpg
import pytest

from resolvers import turns
from tests.support.api import Api
from tests.support.catalog import add_table
from tests.support.statements import StatementLog
from tests.support.tables import make_base, make_workspace

TREE = """
    query {
      workspaces {
        name myRole
        members { role user { email } workspace { id } }
        bases {
          name workspace { id }
          tables {
            name base { workspace { id } } primaryField { name }
            fields { name type isPrimary table { base { name } } }
          }
        }
      }
    }
"""


async def test_the_tree_is_what_was_made(api: Api) -> None:
    person = await api.register()
    workspace = await make_workspace(api, person, "Ours")
    base = await make_base(api, person, workspace)
    await add_table(
        api, person, base, "Things", [{"name": "Title", "type": "TEXT"}, {"name": "Done", "type": "CHECKBOX"}]
    )
    await add_table(api, person, base, "Plain")

    result = await api.execute(TREE, as_=person)

    [found] = result.ok["workspaces"]
    assert (found["name"], found["myRole"]) == ("Ours", "OWNER")
    assert found["members"] == [{"role": "OWNER", "user": {"email": person.email}, "workspace": {"id": str(workspace)}}]
    [base_found] = found["bases"]
    assert [each["name"] for each in base_found["tables"]] == ["Things", "Plain"]
    things, plain = base_found["tables"]
    assert [(f["name"], f["type"], f["isPrimary"]) for f in things["fields"]] == [
        ("Title", "TEXT", True),
        ("Done", "CHECKBOX", False),
    ]
    assert plain["primaryField"] == {"name": "Name"}


async def test_a_table_is_a_postgresql_table_with_typed_columns(
    api: Api, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    person = await api.register()
    base = await make_base(api, person, await make_workspace(api, person))

    await add_table(api, person, base, "T", [{"name": "A", "type": "TEXT"}, {"name": "B", "type": "NUMBER"}])

    columns = await pg.fetch(
        "SELECT data_type FROM information_schema.columns WHERE table_schema LIKE 'base%' ORDER BY ordinal_position"
    )
    assert [row["data_type"] for row in columns] == [
        "uuid", "integer", "timestamp with time zone", "timestamp with time zone", "uuid", "uuid", "text", "numeric",
    ]  # fmt: skip


@pytest.mark.parametrize("seconds", [turns.TURN_SECONDS, -1], ids=["as it is", "with a pause before each object"])
async def test_the_tree_costs_one_statement_a_level(
    api: Api, statements: Callable[[], StatementLog], monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    monkeypatch.setattr(turns, "TURN_SECONDS", seconds)
    person = await api.register()
    counts = []
    for size in (1, 3):
        for _ in range(size):
            workspace = await make_workspace(api, person)
            for _ in range(size):
                base = await make_base(api, person, workspace)
                for number in range(size):
                    await add_table(api, person, base, f"T{number}")
        with statements() as seen:
            assert (await api.execute(TREE, as_=person)).errors == []
        counts.append(seen.count)

    assert counts[0] == counts[1] == 10
