"""Makes the index behind a unique constraint, or notes what is in the way of it; who may is decided before."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from adapters.database import Connection, Unit
from domain.bases import ddl
from domain.bases.constraints import ConstraintStatus
from domain.errors import BadRequest
from domain.records.uniqueness import UniqueKey, find_offending
from models import Base, Field, Table, UniqueConstraint
from resolvers.building import hold
from resolvers.field_columns import sql_name, typed

BUILDING: Final = 0x756E_6971  # "uniq" in ASCII
"""First key of the advisory lock under which the index of a field is made; the second is the field's number."""

Offending = list[dict[str, Any]]
"""As `UniqueConstraint.offending`."""

TOO_LONG: Final = "A value is too long for an index, which takes about 2,700 bytes."


def key_of(base: Base, table: Table, field: Field, *, case_sensitive: bool) -> UniqueKey:
    """What the constraint of a field makes unique."""
    type, options = typed(field)
    return UniqueKey(sql_name(base, table), field.number, type, options, case_sensitive)


async def make_unique(
    unit: Unit, base: Base, table: Table, field: Field, constraint: UniqueConstraint, *, at_most: int | None = None
) -> None:
    """Make the constraint active where its table has at most `at_most` records; otherwise leave it to be built.

    Without `at_most` any table is small enough: for one that nobody writes to. Where values are in the way, the
    constraint stays pending and names them. Raises `BadRequest` when a value is too long for an index.
    """
    key = key_of(base, table, field, case_sensitive=constraint.case_sensitive)
    constraint.status, constraint.problem, constraint.offending = ConstraintStatus.PENDING.value, None, []
    if at_most is not None and await _has_more(unit, key, at_most):
        return
    await unit.connection.execute(ddl.lock_writers_out(key.table))
    problem, offending = await offending_values(unit.connection, key)
    if offending:
        constraint.problem, constraint.offending = problem, offending
        return
    try:
        await unit.connection.execute(f"{key.drop_index()}; {key.create_index()}")
    except asyncpg.ProgramLimitExceededError as error:
        raise BadRequest(f"The values of {field.name!r} cannot be unique. {TOO_LONG}", field=field.name) from error
    constraint.status = ConstraintStatus.ACTIVE.value


async def unmake_unique(unit: Unit, key: UniqueKey) -> None:
    """Drop the index behind a constraint, which must be held; see `hold_constraints`."""
    await unit.connection.execute(key.drop_index())


async def offending_values(connection: Connection, key: UniqueKey) -> tuple[str, Offending]:
    """What is in the way of a constraint, in words and as it is kept; the list is empty where nothing is."""
    statement = find_offending(key)
    rows = await connection.fetch(statement.sql, *statement.parameters.bind(()))
    return _problem(rows), [
        {
            "value": None if row["value"] is None else orjson.loads(row["value"]),
            "records": row["records"],
            "ids": [str(id) for id in row["ids"]],
        }
        for row in rows
    ]


async def hold_constraints(unit: Unit, owner_id: UUID) -> None:
    """Keep pending constraints from being built until the transaction ends, and stop those that are.

    They are those of a field, a table or a base with this id, which must be locked.
    """
    numbers = [row[0] for row in await unit.connection.fetch(_PENDING, owner_id)]
    await hold(unit, BUILDING, numbers)


async def _has_more(unit: Unit, key: UniqueKey, at_most: int) -> bool:
    statement = f"SELECT count(*) FROM (SELECT FROM {key.table} LIMIT $1) counted"  # a name of ours
    count: int = await unit.connection.fetchval(statement, at_most + 1)
    return count > at_most


def _problem(rows: Sequence[asyncpg.Record]) -> str:
    total = rows[0]["total"] if rows else 0
    return f"{total:,} {'value is' if total == 1 else 'values are'} in more than one record."


_PENDING = """
SELECT f.number FROM unique_constraints c
  JOIN fields f ON f.id = c.field_id JOIN tables t ON t.id = c.table_id
 WHERE c.status = 'PENDING' AND $1 IN (f.id, t.id, t.base_id) ORDER BY f.number
"""
