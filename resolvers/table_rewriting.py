"""Rewriting a user's table before the columns that were dropped from it use up what PostgreSQL allows."""

from typing import Final

from adapters.database import Unit
from domain.bases import rewriting
from domain.bases.rewriting import Column

MAX_COLUMNS: Final = 1_500
"""How many columns a table may have used up, dropped ones included, before it is rewritten; PostgreSQL allows 1,600."""


async def make_room(unit: Unit, table: str, *, limit: int = MAX_COLUMNS) -> bool:
    """Rewrite the table, given by its qualified name, if it has used up `limit` columns; whether it was rewritten.

    Its rows, keys, indexes and counters stay as they are. Takes time and space for a copy, and locks readers out.
    """
    connection = unit.connection
    if await connection.fetchval(rewriting.COUNT_COLUMNS, table) < limit:
        return False
    await connection.execute(rewriting.lock(table))
    keys = [row[0] for row in await connection.fetch(rewriting.CONSTRAINTS, table)]
    indexes = [row[0] for row in await connection.fetch(rewriting.INDEXES, table)]
    references = await connection.fetch(rewriting.REFERENCES, table)
    for reference in references:
        await connection.execute(reference["drop"])
    await _replace_by_copy(unit, table)
    for statement in [*keys, *indexes, *(reference["make"] for reference in references)]:
        await connection.execute(statement)
    await connection.execute(f"ANALYZE {table}")
    return True


async def _replace_by_copy(unit: Unit, table: str) -> None:
    connection = unit.connection
    schema, _, name = table.partition(".")
    copy = f'{schema}."{name.strip(chr(34))}_copy"'
    columns = [Column(*row) for row in await connection.fetch(rewriting.COLUMNS, table)]
    await connection.execute(rewriting.create_copy(table, copy))
    await connection.execute(rewriting.copy_rows(table, copy, columns))
    for column in columns:
        if column.is_identity:
            old = await connection.fetchval(rewriting.FIND_SEQUENCE, table, column.name)
            new = await connection.fetchval(rewriting.FIND_SEQUENCE, copy, column.name)
            await connection.execute(rewriting.continue_sequence(old, new))
    await connection.execute(rewriting.replace(table, copy, name))
