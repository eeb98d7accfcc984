"""Builds the unique constraints of large tables behind the mutations that asked for them; see `resolvers.building`."""

import logging
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg
import orjson

from adapters.bus import Bus
from adapters.database import Connection, Database
from domain.bases.catalog import table_name
from domain.bases.constraints import ConstraintStatus
from domain.fields.registry import field_type
from domain.records.uniqueness import UniqueKey
from resolvers.building import GONE, Builder
from resolvers.constraints.making import BUILDING, TOO_LONG, Offending, offending_values

_WAITING: Final = """
SELECT c.id, f.number FROM unique_constraints c JOIN fields f ON f.id = c.field_id
 WHERE c.status = 'PENDING' AND c.problem IS NULL ORDER BY c.id
"""
_FIND: Final = """
SELECT c.case_sensitive, f.number, f.type, f.options::text AS options, t.number AS table_number,
       b.number AS base_number, b.id AS base_id
  FROM unique_constraints c JOIN fields f ON f.id = c.field_id
  JOIN tables t ON t.id = c.table_id JOIN bases b ON b.id = t.base_id
 WHERE c.id = $1 AND f.number = $2 AND c.status = 'PENDING' AND c.problem IS NULL
"""
_FINISH: Final = """
UPDATE unique_constraints SET status = $2, problem = $3, offending = $4
 WHERE id = $1 AND status = 'PENDING' AND problem IS NULL
"""

_PENDING: Final = ConstraintStatus.PENDING.value

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Task:
    """A constraint to be built."""

    id: UUID
    base_id: UUID
    key: UniqueKey


class ConstraintBuilder(Builder):
    """Builds the pending constraints of one database."""

    what = "a unique constraint"
    connection_name = "tablegraph constraints"
    lock = BUILDING
    waiting = _WAITING

    def __init__(self, database: Database, bus: Bus) -> None:
        super().__init__(database)
        self._bus = bus

    async def build(self, connection: Connection, row: asyncpg.Record) -> None:
        """See `Builder`; what fails for another reason than its values stays pending."""
        task = await _find(connection, row["id"], row["number"])
        if task is not None:
            await self._build(connection, task)

    async def _build(self, connection: Connection, task: _Task) -> None:
        """Build the index, or note what is in its way."""
        drop = task.key.drop_index(concurrently=True)
        try:
            await connection.execute(drop)
            await connection.execute(task.key.create_index(concurrently=True))
        except asyncpg.UniqueViolationError:
            await connection.execute(drop)
            await self._note_offending(connection, task)
        except asyncpg.ProgramLimitExceededError:
            await connection.execute(drop)
            await self._finish(connection, task, _PENDING, TOO_LONG, [])
        except GONE:
            logger.info("the table or the field of the unique constraint %s is gone", task.id)
        else:
            await self._finish(connection, task, ConstraintStatus.ACTIVE.value, None, [])

    async def _note_offending(self, connection: Connection, task: _Task) -> None:
        """Say which values are in the way; where they were mended meanwhile, the next look builds anew."""
        problem, offending = await offending_values(connection, task.key)
        if offending:
            await self._finish(connection, task, _PENDING, problem, offending)

    async def _finish(
        self, connection: Connection, task: _Task, status: str, problem: str | None, offending: Offending
    ) -> None:
        await connection.execute(_FINISH, task.id, status, problem, orjson.dumps(offending).decode())
        self._bus.publish(task.base_id)
        logger.info("the unique constraint %s is %s", task.id, problem or status)


async def _find(connection: Connection, id: UUID, number: int) -> _Task | None:
    row = await connection.fetchrow(_FIND, id, number)
    if row is None:
        return None
    type = field_type(row["type"])
    options = type.parse_options(orjson.loads(row["options"]))
    table = table_name(row["base_number"], row["table_number"])
    return _Task(id, row["base_id"], UniqueKey(table, row["number"], type, options, row["case_sensitive"]))
