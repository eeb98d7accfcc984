"""How PostgreSQL would run a statement: its generic plan, for which no values are needed, and nothing is run.

`EXPLAIN (GENERIC_PLAN)` is for a simple query: over the protocol that asyncpg speaks, the values that have to be sent
for the placeholders are taken for constants and planned with. So the statement is prepared, and that is explained. That
protocol takes one statement at a time, which is wanted here: the second one of two would be run.
"""

from contextlib import suppress
from typing import Final

import asyncpg

from adapters.database import AWAY, SECONDS_OF_SILENCE, Database
from adapters.statement_times import has_plan

TIMEOUT_MS: Final = 1_000
"""Of the planning and of the wait for locks, in milliseconds: the database has enough to do when this is asked."""

_SETTINGS: Final = {
    "application_name": "tablegraph-plans",
    "default_transaction_read_only": "on",
    "jit": "off",
    "lock_timeout": str(TIMEOUT_MS // 10),
    "plan_cache_mode": "force_generic_plan",
    "statement_timeout": str(TIMEOUT_MS),
}
_COUNT: Final = "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'slow'"


async def generic_plan(database: Database, statement: str) -> str | None:
    """The plan as text, by way of a connection of its own; None where there is none, or none to be had in time."""
    if not has_plan(statement):
        return None
    with suppress(*AWAY):  # the timeouts are errors of PostgreSQL
        async with database.own_connection(seconds=TIMEOUT_MS / 1_000 + SECONDS_OF_SILENCE, **_SETTINGS) as connection:
            return await _explain(connection, statement)
    return None


async def _explain(connection: "asyncpg.Connection[asyncpg.Record]", statement: str) -> str:
    await connection.fetch(f"PREPARE slow AS {statement}")
    nulls = ", ".join(["NULL"] * await connection.fetchval(_COUNT))
    lines = await connection.fetch(f"EXPLAIN EXECUTE slow{f'({nulls})' if nulls else ''}")
    return "\n".join(line[0] for line in lines)
