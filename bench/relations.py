"""Parents and their children, linked: in our tables and in those of the bare endpoint, with the same ids."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from bench.api import Api
from domain.bases.catalog import schema_name
from domain.ids import new_ids

PARENTS = 10_000
CHILDREN_EACH = 30
_TABLE = "mutation ($input: CreateTableInput!) { createTable(input: $input) { table { id fields { id name } } } }"
_FIELD = "mutation ($input: CreateFieldInput!) { createField(input: $input) { field { id } } }"
_NUMBERS = """
SELECT t.id, t.number AS table, b.number AS base, f.name, f.number
  FROM tables t JOIN bases b ON b.id = t.base_id JOIN fields f ON f.table_id = t.id WHERE t.id = ANY($1)
"""
_BARE = """
CREATE TABLE bare.parents (id uuid PRIMARY KEY, name text, city text);
CREATE TABLE bare.children (id uuid PRIMARY KEY, created_at timestamptz, name text, amount numeric);
CREATE TABLE bare.links (a uuid REFERENCES bare.children (id), b uuid REFERENCES bare.parents (id), PRIMARY KEY (a, b));
CREATE INDEX ON bare.links (b, a);
CREATE INDEX ON bare.parents (name, id);
"""
_FIRST: datetime = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Family:
    """The tables, by their ids, and the ids of their fields by name."""

    parents: str
    children: str
    fields: dict[str, str]
    parent_ids: Sequence[UUID]


def make_family(api: Api, url: str) -> Family:
    """Parents with a name and a city; children with a name and an amount, who have one parent each."""
    text, amount = ({"name": name, "type": "TEXT"} for name in ("Name", "City")), {"name": "Amount", "type": "NUMBER"}
    name, city = text
    parents = _made(api, "Parents", [{**name, "isIndexed": True}, city])
    link = {
        "name": "Parent",
        "type": "LINKED_RECORD",
        "options": {"linked_table_id": parents["id"], "allow_multiple": False},
    }
    children = _made(api, "Children", [{**name, "isIndexed": True}, amount, link])
    fields = {f"Children.{each['name']}": each["id"] for each in children["fields"]}
    shown = api.ask("query ($id: ID!) { table(id: $id) { fields { id name } } }", {"id": parents["id"]})
    fields |= {f"Parents.{each['name']}": each["id"] for each in shown["table"]["fields"]}
    ids = asyncio.run(_fill(url, UUID(parents["id"]), UUID(children["id"])))
    return Family(parents["id"], children["id"], fields, ids)


def _made(api: Api, name: str, fields: Sequence[Any]) -> Any:
    return api.execute(_TABLE, {"baseId": api.base_id, "name": name, "fields": fields})["createTable"]["table"]


def add_field(api: Api, table: str, name: str, type: str, options: Any) -> str:
    """A further field; its id."""
    field = {"name": name, "type": type, "options": options}
    id: str = api.execute(_FIELD, {"tableId": table, "field": field})["createField"]["field"]["id"]
    return id


async def _fill(url: str, parents: UUID, children: UUID) -> list[UUID]:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_BARE)
        rows = await connection.fetch(_NUMBERS, [parents, children])
        columns = {(row["id"], row["name"]): f"f_{row['number']}" for row in rows}
        link = next(row["number"] for row in rows if row["name"] == "Parent")
        tables = {row["id"]: row["table"] for row in rows}
        schema = schema_name(rows[0]["base"])
        ids = new_ids(tables[parents], PARENTS)
        named = [(id, f"Parent {n:06}", f"City {n % 100}") for n, id in enumerate(ids)]
        names = ["id", *(columns[parents, name] for name in ("Name", "City"))]
        await connection.copy_records_to_table(f"t_{tables[parents]}", schema_name=schema, records=named, columns=names)
        await connection.copy_records_to_table("parents", schema_name="bare", records=named)
        chance = random.Random(2)
        born = [
            (
                id,
                _FIRST + timedelta(seconds=chance.randrange(10**8)),
                f"Child {n}",
                Decimal(chance.randrange(10_000)) / 100,
            )
            for n, id in enumerate(new_ids(tables[children], PARENTS * CHILDREN_EACH))
        ]
        names = ["id", "created_at", *(columns[children, name] for name in ("Name", "Amount"))]
        await connection.copy_records_to_table(f"t_{tables[children]}", schema_name=schema, records=born, columns=names)
        await connection.copy_records_to_table("children", schema_name="bare", records=born)
        links = [(child[0], ids[n % PARENTS]) for n, child in enumerate(born)]
        await connection.copy_records_to_table(f"l_{link}", schema_name=schema, records=links, columns=["a", "b"])
        await connection.copy_records_to_table("links", schema_name="bare", records=links)
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
        return ids
    finally:
        await connection.close()
