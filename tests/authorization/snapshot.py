"""What the database holds, in a form that two moments can be compared by."""

from adapters.database import Database
from domain.sql import quote_name

_TABLES = """
SELECT schemaname, tablename FROM pg_tables
WHERE schemaname = 'public' OR schemaname LIKE 'base\\_%'
ORDER BY schemaname, tablename
"""
_COLUMNS = """
SELECT count(*), md5(coalesce(string_agg(concat_ws('/', table_schema, table_name, column_name, data_type), '|'
    ORDER BY table_schema, table_name, column_name), ''))
FROM information_schema.columns WHERE table_schema = 'public' OR table_schema LIKE 'base\\_%'
"""
Snapshot = dict[str, tuple[int, str]]
"""For each table, and for the columns of all of them, how many rows there are and a checksum of them."""


async def snapshot(database: Database, *, with_queue: bool = False) -> Snapshot:
    """Every row of the catalog and of the users' tables, and those tables' columns, counted and summed.

    And the queue, where nobody works on it.
    """
    async with database.unit() as unit:
        connection = unit.connection
        tables = [(row["schemaname"], row["tablename"]) for row in await connection.fetch(_TABLES)]
        tables += [("jobs", "pgqueuer")] if with_queue else []
        found = {f"{schema}.{table}": await connection.fetchrow(_rows(schema, table)) for schema, table in tables}
        found["columns"] = await connection.fetchrow(_COLUMNS)
    return {name: (row[0], row[1]) for name, row in found.items() if row is not None}


def _rows(schema: str, table: str) -> str:
    name = f"{quote_name(schema)}.{quote_name(table)}"
    return f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t"
