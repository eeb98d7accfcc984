"""Sealing anew, by the present secret key, what former ones have sealed in the database.

It goes through each table once, in the order of its key, a few rows at a time, each time in a transaction of its own:
so it can be cut off and begun again, beside servers and beside another one like it. A row is written from what it
holds while it is locked, and rows are locked in the order of their keys.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import asyncpg
from asyncpg import Record

from adapters.database import Database, Unit
from adapters.sealed_tables import SEALED_TABLES, SealedTable
from adapters.sealing import Seal, SealedBy

ROWS_AT_ONCE: Final = 100
"""Some of them hold a megabyte."""
TRIES: Final = 5
"""Of some rows, when others who lock them too lock them in another order."""
NAMED: Final = 100
"""Rows of a column that are named, at most, where no known key opens the value."""


_Look: TypeAlias = tuple[object, str, SealedBy]
"""The key of a row, one of its columns, and by what the value there is sealed."""


@dataclass(slots=True)
class Found:
    """What was found in a column."""

    column: str
    """With its table, as `webhooks.sealed_secret`."""
    present: int = 0
    """Values that the present key had sealed already."""
    former: int = 0
    """Values that a former key has sealed; unless they were only counted, the present one by now."""
    unknown: int = 0
    """Values that no known key opens. They are left as they are."""
    unknown_keys: list[str] = field(default_factory=list)
    """The keys of their rows, the first `NAMED`."""

    def count(self, key: object, by: SealedBy) -> None:
        """Count one more, of the row with this key."""
        self.present += by is SealedBy.PRESENT
        self.former += by is SealedBy.FORMER
        self.unknown += by is SealedBy.UNKNOWN
        if by is SealedBy.UNKNOWN and len(self.unknown_keys) < NAMED:
            self.unknown_keys.append(key.hex() if isinstance(key, bytes) else str(key))


async def reencrypt(
    database: Database, seal: Seal, *, writes: bool = True, tables: Sequence[SealedTable] = SEALED_TABLES
) -> list[Found]:
    """Seal by the present key what a former one has sealed, or only count it; each column with what was in it."""
    found: list[Found] = []
    for table in tables:
        of_table = {column: Found(f"{table.name}.{column}") for column in table.columns}
        found += of_table.values()
        async for rows in _pages(database, table):
            for key, column, by in await _look_at(database, seal, table, rows, writes=writes):
                of_table[column].count(key, by)
    return found


async def _pages(database: Database, table: SealedTable) -> AsyncIterator[list[Record]]:
    """All rows, the same number with each statement, whatever is in them: so none takes long in a large table."""
    order = f"ORDER BY {table.key} LIMIT {ROWS_AT_ONCE}"
    async with database.unit() as unit:
        rows = await unit.connection.fetch(f"{_chosen(table)} {order}")
    while rows:
        yield rows
        async with database.unit() as unit:
            rows = await unit.connection.fetch(f"{_chosen(table)} WHERE {table.key} > $1 {order}", rows[-1][table.key])


async def _look_at(
    database: Database, seal: Seal, table: SealedTable, rows: Sequence[Record], *, writes: bool
) -> list[_Look]:
    """By what the values of these rows were sealed; seal anew what a former key did."""
    looks = [(row[table.key], column, seal.by(sealed)) for row in rows for column, sealed in table.sealed_in(row)]
    stale = {key for key, _, by in looks if by is SealedBy.FORMER}
    if not stale or not writes:
        return looks
    return [each for each in looks if each[0] not in stale] + await _renew(database, seal, table, list(stale))


async def _renew(database: Database, seal: Seal, table: SealedTable, keys: Sequence[object]) -> list[_Look]:
    """Seal rows anew, in one transaction; by what they were sealed then."""
    tries = 0
    while True:
        try:
            async with database.transaction() as unit:
                return await _renew_within(unit, seal, table, keys)
        except asyncpg.DeadlockDetectedError:
            tries += 1
            if tries == TRIES:
                raise


async def _renew_within(unit: Unit, seal: Seal, table: SealedTable, keys: Sequence[object]) -> list[_Look]:
    looks: list[_Look] = []
    changed: list[list[object]] = []
    for row in await unit.connection.fetch(_locking(table), keys):
        renewed = {}
        for column, sealed in table.sealed_in(row):
            looks.append((row[table.key], column, by := seal.by(sealed)))
            if by is SealedBy.FORMER:
                renewed[column] = seal.renew(sealed)
        if renewed:
            changed.append([row[table.key], *table.written(row, renewed)])
    await unit.connection.executemany(_writing(table), changed)
    return looks


def _chosen(table: SealedTable) -> str:
    return f"SELECT {table.key}, {', '.join(table.columns)} FROM {table.name}"  # noqa: S608  # of our own names


def _locking(table: SealedTable) -> str:
    return f"{_chosen(table)} WHERE {table.key} = ANY($1::{table.key_type}[]) ORDER BY {table.key} FOR NO KEY UPDATE"


def _writing(table: SealedTable) -> str:
    places = ", ".join(f"{column} = ${place}" for place, column in enumerate(table.columns, 2))
    return f"UPDATE {table.name} SET {places} WHERE {table.key} = $1"  # noqa: S608  # of our own names
