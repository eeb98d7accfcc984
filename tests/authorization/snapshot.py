"""What the database holds, in a form that two moments can be compared by."""

from adapters.database import Database
from domain.sql import quote_name, quote_text

_TABLES = """
SELECT schemaname, tablename FROM pg_tables
WHERE schemaname = 'public' OR schemaname LIKE 'base\\_%'
ORDER BY schemaname, tablename
"""
_COLUMNS = """
SELECT 'columns', count(*), md5(coalesce(string_agg(
    concat_ws('/', attrelid::regclass, attname, format_type(atttypid, atttypmod)), '|'
    ORDER BY attrelid::regclass::text COLLATE "C", attname COLLATE "C"), ''))
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relkind IN ('r', 'p', 'v', 'm') AND attnum > 0 AND NOT attisdropped
    AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname = 'public' OR nspname LIKE 'base\\_%')
"""
Snapshot = dict[str, tuple[int, str]]
"""For each table, and for the columns of all of them, how many rows there are and a checksum of them."""


async def snapshot(database: Database, *, with_queue: bool = False) -> Snapshot:
    """Every row of the catalog and of the users' tables, and those tables' columns, counted and summed.

    And the queue, where nobody works on it. All in one statement, for a test takes many snapshots of many tables; each
    of them is too small for the parallel workers by which PostgreSQL would read so many.
    """
    async with database.unit() as unit, unit.connection.transaction():
        await unit.connection.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        tables = [(row["schemaname"], row["tablename"]) for row in await unit.connection.fetch(_TABLES)]
        tables += [("jobs", "pgqueuer")] if with_queue else []
        statement = " UNION ALL ".join([*(_rows(schema, table) for schema, table in tables), _COLUMNS])
        return {name: (rows, checksum) for name, rows, checksum in await unit.connection.fetch(statement)}


def _rows(schema: str, table: str) -> str:
    name = f"{quote_name(schema)}.{quote_name(table)}"
    label = quote_text(f"{schema}.{table}")
    return (
        f"SELECT {label}, count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text COLLATE \"C\"), '')) "
        f"FROM {name} t"
    )
