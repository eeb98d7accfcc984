"""Runs importRecords, and reads back what it has made."""

import base64
from typing import Any

from adapters.database import Database
from tests.support.api import Api, Person, Result

PAYLOAD = """
table { id name fields { id name type } base { id name } } rowCount cellCount problemCount
problems { line column value message } columns { name fieldName type isNew newChoices } ignoredColumns { name reason }
file { format encoding delimiter hasHeader sheet recordsKey } eventCursor
"""
_DOCUMENT = f"mutation ($input: ImportRecordsInput!) {{ importRecords(input: $input) {{ {PAYLOAD} }} }}"
_RECORDS = "query ($table: ID!) { records(tableId: $table, first: 1000) { totalCount nodes { fields } } }"


async def run_import(api: Api, as_: Person, content: str | bytes, name: str = "data.csv", **given: Any) -> Result:
    """importRecords with this file; `given` are the other members of the input."""
    file = {"content": content} if isinstance(content, str) else {"contentBase64": base64.b64encode(content).decode()}
    return await api.execute(_DOCUMENT, {"input": {"fileName": name, **file, **given}}, as_=as_)


async def imported(api: Api, as_: Person, content: str | bytes, name: str = "data.csv", **given: Any) -> Any:
    """The payload of an import that must succeed."""
    return (await run_import(api, as_, content, name, **given)).ok["importRecords"]


async def records_of(api: Api, as_: Person, table_id: Any) -> list[list[Any]]:
    """The values of the first 1,000 records of a table in the order of creation, fields in their order."""
    result = await api.execute(_RECORDS, {"table": table_id}, as_=as_)
    return [list(node["fields"].values()) for node in result.ok["records"]["nodes"]]


_COUNTS = """
SELECT (SELECT count(*) FROM bases), (SELECT count(*) FROM tables), (SELECT count(*) FROM fields),
       (SELECT count(*) FROM changes WHERE kind = 'record'),
       (SELECT count(*) FROM pg_namespace WHERE nspname ~ '^base_[0-9]+$'),
       (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname ~ '^base_[0-9]+$' AND c.relkind = 'r')
"""


async def counts(database: Database) -> tuple[int, ...]:
    """How many bases, tables, fields, changes, PostgreSQL schemas of bases and tables in them there are."""
    async with database.unit() as unit:
        row = await unit.connection.fetchrow(_COUNTS)
        assert row is not None
        return tuple(row)
