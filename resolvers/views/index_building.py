"""Builds the indexes that views refer to, and drops those that none refers to any longer; see `resolvers.building`."""

import json
import logging
from dataclasses import dataclass
from typing import Final

import asyncpg

from adapters.database import Connection
from domain.bases.catalog import table_name
from domain.views.indexes import DROPPING, IndexStatus, create_index, drop_index
from resolvers.building import GONE, Builder

_UNUSED: Final = "NOT EXISTS (SELECT FROM views v WHERE v.index_number = i.number)"
_WAITING: Final = f"""
SELECT i.number FROM view_indexes i WHERE i.status IN ('PENDING', 'DROPPING') OR {_UNUSED} ORDER BY i.number
"""
_LOCK: Final = "SELECT FROM view_indexes WHERE number = $1 FOR UPDATE"
_GIVE_UP: Final = f"UPDATE view_indexes i SET status = 'DROPPING' WHERE i.number = $1 AND {_UNUSED}"
_FIND: Final = """
SELECT i.status, i.columns::text AS columns, t.number AS table_number, b.number AS base_number
  FROM view_indexes i JOIN tables t ON t.id = i.table_id JOIN bases b ON b.id = t.base_id WHERE i.number = $1
"""
_FINISH: Final = "UPDATE view_indexes SET status = $2, problem = $3 WHERE number = $1 AND status = 'PENDING'"
_DELETE: Final = "DELETE FROM view_indexes WHERE number = $1 AND status = 'DROPPING'"
_TOO_LONG: Final = "A value is too long for an index, which takes about 2,700 bytes."

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be done with an index, by its status, and the statements for it."""

    number: int
    status: str
    drop: str
    create: str


class ViewIndexBuilder(Builder):
    """Builds and drops the indexes of views in one database."""

    what = "the index of a view"
    connection_name = "tablegraph view indexes"
    lock = 0x7669_6577  # "view" in ASCII
    waiting = _WAITING

    async def build(self, connection: Connection, row: asyncpg.Record) -> None:
        """See `Builder`."""
        task = await _find(connection, row["number"])
        if task is None:
            return
        if task.status == DROPPING:
            await connection.execute(task.drop)
            await connection.execute(_DELETE, task.number)
        elif task.status == IndexStatus.PENDING.value:
            await _create(connection, task)


async def _find(connection: Connection, number: int) -> _Task | None:
    """What is to be done: an index that no view refers to goes.

    Whoever has a view refer to one locks its row, and so that view is seen here once the lock is held.
    """
    async with connection.transaction():
        await connection.execute(_LOCK, number)
        await connection.execute(_GIVE_UP, number)
        row = await connection.fetchrow(_FIND, number)
    if row is None:
        return None
    table = table_name(row["base_number"], row["table_number"])
    create = create_index(table, number, json.loads(row["columns"]))
    return _Task(number, row["status"], drop_index(row["base_number"], number), create)


async def _create(connection: Connection, task: _Task) -> None:
    await connection.execute(task.drop)
    try:
        await connection.execute(task.create)
    except asyncpg.ProgramLimitExceededError:
        await connection.execute(task.drop)
        await connection.execute(_FINISH, task.number, IndexStatus.FAILED.value, _TOO_LONG)
    except GONE:
        logger.info("the table or a field of the index v_%s is gone", task.number)
    else:
        await connection.execute(_FINISH, task.number, IndexStatus.ACTIVE.value, None)
        logger.info("the index v_%s is active", task.number)
