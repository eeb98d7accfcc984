"""What the soak works on: a user, tables in two bases, and in each table some records that all writers change."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from bench.soak.client import Client

TABLES_OF_BASES = (2, 1)
"""How many tables each base has."""
SHARED_RECORDS = 3
"""Records of a table that all writers change, and whose locks they wait for."""
FIELDS = ({"name": "Key", "type": "TEXT"}, {"name": "Name", "type": "TEXT"}, {"name": "Count", "type": "NUMBER"})

_REGISTER = "mutation ($input: RegisterInput!) { register(input: $input) { accessToken user { id } } }"
_WORKSPACE = "mutation ($input: CreateWorkspaceInput!) { createWorkspace(input: $input) { workspace { id } } }"
_BASE = "mutation ($input: CreateBaseInput!) { createBase(input: $input) { base { id } } }"
_TABLE = "mutation ($input: CreateTableInput!) { createTable(input: $input) { table { id } } }"
_RECORDS = "mutation ($input: CreateRecordsInput!) { createRecords(input: $input) { records { id } } }"
_STORED = """
SELECT format('base_%s.t_%s', b.number, t.number),
       (SELECT json_object_agg('f_' || f.number, f.name ORDER BY f.number) FROM fields f WHERE f.table_id = t.id)
  FROM tables t JOIN bases b ON b.id = t.base_id WHERE t.id = $1
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `sql_name` is its name in PostgreSQL, `columns` maps the columns there to the names of the fields."""

    id: str
    sql_name: str
    columns: Mapping[str, str]
    shared_ids: Sequence[str]
    shared_names: Sequence[str]

    def named(self, stored: Mapping[str, Any] | None) -> dict[str, Any]:
        """The values of a row of the log by the names of their fields."""
        return {self.columns[column]: value for column, value in (stored or {}).items() if column in self.columns}


@dataclass(frozen=True, slots=True)
class World:
    """The user, who owns everything, and the tables."""

    user_id: str
    tables: Sequence[Table]


async def make_world(client: Client, address: str, database: "asyncpg.Pool[asyncpg.Record]") -> World:
    """Make it by way of one server, and sign the client as its user."""

    async def execute(document: str, **given: Any) -> Any:
        [payload] = (await client.execute(address, document, {"input": given})).values()
        return payload

    email = f"{secrets.token_hex(8)}@example.com"
    registered = await execute(_REGISTER, email=email, password="correct horse battery staple")
    client.headers["Authorization"] = f"Bearer {registered['accessToken']}"
    workspace = (await execute(_WORKSPACE, name="Soak"))["workspace"]["id"]
    tables = []
    for number, count in enumerate(TABLES_OF_BASES):
        base = (await execute(_BASE, workspaceId=workspace, name=f"Base {number}"))["base"]["id"]
        for each in range(count):
            made = await execute(_TABLE, baseId=base, name=f"Table {each}", fields=FIELDS)
            id, names = made["table"]["id"], [f"shared-{number}-{each}-{i}" for i in range(SHARED_RECORDS)]
            records = (await execute(_RECORDS, tableId=id, records=[{"Name": name} for name in names]))["records"]
            sql_name, columns = await _stored(database, id)
            tables.append(Table(id, sql_name, columns, [record["id"] for record in records], names))
    return World(registered["user"]["id"], tables)


async def _stored(database: "asyncpg.Pool[asyncpg.Record]", id: str) -> tuple[str, Mapping[str, str]]:
    row = await database.fetchrow(_STORED, id)
    assert row is not None
    return row[0], orjson.loads(row[1])
