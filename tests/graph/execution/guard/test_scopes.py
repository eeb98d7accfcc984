"""Which scopes an operation needs, and what keys get that lack one."""

from pathlib import Path

import asyncpg
import pytest
from graphql import parse
from graphql.language import FragmentDefinitionNode, OperationDefinitionNode

from graph.execution.guard.scopes import _OPENED, Scoping, scope_of_mutation
from graph.schema import build_schema
from tests.graph.accounts.keys import Key, key_of
from tests.support.api import Api
from tests.support.tables import MadeTable, create_records, make_table

SCHEMA = build_schema()._schema
PAGE = Path(__file__).parents[4] / "docs" / "api-keys.md"
CREATE = 'createRecord(input: {tableId: "a", fields: {}})'


def needed(source: str) -> list[str]:
    """The scopes of the one operation of a document."""
    document = parse(source)
    fragments = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
    [operation] = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return list(Scoping(SCHEMA, fragments).needed(operation))


@pytest.mark.parametrize(
    ("source", "scopes"),
    [
        ("{ me { id } }", ["read"]),
        ('subscription { recordEvents(tableId: "a") { cursor } }', ["read"]),
        (f"mutation {{ {CREATE} {{ mutationId eventCursor }} }}", ["write"]),
        (f"mutation {{ {CREATE} {{ record {{ id revision __typename }} }} }}", ["write"]),
        (f"mutation {{ {CREATE} {{ record {{ id fields }} }} }}", ["write", "read"]),
        (f"mutation {{ {CREATE} {{ record {{ ... on Node {{ id }} ... {{ revision }} }} }} }}", ["write"]),
        (f"mutation {{ {CREATE} {{ record {{ ...F }} }} }} fragment F on Record {{ id }}", ["write"]),
        (f"mutation {{ {CREATE} {{ ...P }} }} fragment P on CreateRecordPayload {{ record {{ ...F }} }}"
         " fragment F on Record { table { id } }", ["write", "read"]),
        (f"mutation {{ ...M }} fragment M on Mutation {{ {CREATE} {{ record {{ fields }} }} }}", ["write", "read"]),
        ('mutation { transact(input: {operations: []}) { results { records { id } createdIds } } }', ["write"]),
        ('mutation { transact(input: {operations: []}) { results { records { fields } } } }', ["write", "read"]),
        ('mutation { deleteTable(input: {id: "a"}) { deletedId } }', ["schema"]),
        ('mutation { deleteWorkspace(input: {id: "a"}) { deletedId } }', ["admin"]),
        (f'mutation {{ a: {CREATE} {{ mutationId }} deleteBase(input: {{id: "a"}}) {{ deletedId }} }}',
         ["schema", "write"]),
        ('mutation { __typename deleteBase(input: {id: "a"}) { deletedId } }', ["schema"]),
        ('mutation { updateBase(input: {id: "a"}) { base { workspace { id } } } }', ["schema", "read"]),
    ],
)  # fmt: skip
def test_an_operation_needs_scopes(source: str, scopes: list[str]) -> None:
    assert needed(source) == scopes


def test_every_mutation_that_has_a_scope_is_there() -> None:
    root = SCHEMA.mutation_type
    assert root is not None
    assert set().union(*_OPENED.values()) - set(root.fields) == set()
    assert scope_of_mutation("somethingNew") == "admin"


def test_the_page_tells_every_mutation_with_its_scope() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    told = {row.split("|")[1].strip(): row for row in rows}
    for scope, names in _OPENED.items():
        assert [name for name in sorted(names) if f"`{name}`" not in told[f"`{scope}`"]] == []


MUTATIONS = {
    "write": ("createRecord", "mutationId", lambda t: {"tableId": t.id, "fields": {"Name": "a"}}),
    "schema": ("createField", "field { id }", lambda t: {"tableId": t.id, "field": {"name": "N", "type": "TEXT"}}),
    "admin": ("updateWorkspace", "workspace { id }", lambda t: {"id": t.workspace_id, "name": "New"}),
}


@pytest.mark.parametrize("held", MUTATIONS)
async def test_a_key_may_do_what_its_scope_opens_and_nothing_else(held: str, api: Api, pg: asyncpg.Connection) -> None:
    table = await make_table(api)
    key = await key_of(api, table.owner, scopes=[held])
    codes = {
        scope: (await key.mutate(name, selection, given(table))).codes
        for scope, (name, selection, given) in MUTATIONS.items()
    }
    assert codes == {scope: [] if scope == held else ["FORBIDDEN"] for scope in MUTATIONS}
    assert (await key.run("{ me { id } }")).codes == ["FORBIDDEN"]
    assert await pg.fetchval("SELECT name FROM workspaces") == ("New" if held == "admin" else "Works")


async def writing(api: Api) -> tuple[MadeTable, Key]:
    """A table, and a key that may write its records but not read them."""
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    return table, await key_of(api, table.owner, scopes=["write"])


async def test_a_key_that_may_only_write_reads_nothing_through_payloads(api: Api, pg: asyncpg.Connection) -> None:
    table, key = await writing(api)
    [id] = await create_records(api, table, [{"Name": "secret"}])
    changed = {"id": id, "fields": {}}
    for selection in ("record { fields }", "record { createdBy { email } }", "record { id table { name } }"):
        refused = await key.mutate("updateRecord", selection, changed)
        assert (refused.codes, refused.data) == (["FORBIDDEN"], None)
        assert refused.errors[0]["message"] == "This API key lacks the scope 'read'; it has: write."
    assert (await key.mutate("updateRecord", "record { id revision } eventCursor", changed)).codes == []


async def test_an_import_that_makes_fields_needs_the_scope_for_them(api: Api) -> None:
    table, key = await writing(api)
    given = {"fileName": "a.csv", "contentBase64": "TmFtZSxOZXcKYSxiCg=="}
    into = {"tableId": table.id, **given}
    assert (await key.mutate("importRecords", "rowCount", {**into, "createMissingFields": True})).codes == ["FORBIDDEN"]
    assert (await key.mutate("importRecords", "rowCount", {"baseId": table.base_id, **given})).codes == ["FORBIDDEN"]
    assert (await key.mutate("importRecords", "rowCount", into)).ok == {"importRecords": {"rowCount": 1}}


async def test_a_write_that_makes_choices_needs_the_scope_for_them(api: Api, pg: asyncpg.Connection) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "Stage", "type": "SINGLE_SELECT"}])
    given = {"tableId": table.id, "fields": {"Stage": "New"}, "typecast": True, "createMissingChoices": True}
    key = await key_of(api, table.owner, scopes=["write"])
    refused = await key.mutate("createRecord", "mutationId", given)
    assert refused.codes == ["FORBIDDEN"]
    assert refused.errors[0]["message"] == "This API key lacks the scope 'schema'; it has: write."
    assert await pg.fetchval("SELECT count(*) FROM audit_entries WHERE action = 'field.choices_added'") == 0
    key = await key_of(api, table.owner, scopes=["write", "schema"])
    assert (await key.mutate("createRecord", "mutationId", given)).codes == []
