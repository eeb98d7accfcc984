"""Translates the violation of a unique constraint, which the database finds, into `DuplicateValue`."""

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import replace
from typing import Final
from uuid import UUID

import asyncpg
import orjson

from adapters.database import Unit
from domain.bases.catalog import FieldMeta, TableMeta
from domain.errors import DomainError, DuplicateValue, Problem, ValidationFailed
from domain.records.uniqueness import UniqueKey, field_number_of, find_collision
from resolvers.records.sight import sees

_NOTHING: Final = nullcontext()
_UNSEEN: Final = "Another record has a value already that must be unique, in a field that you may not see."


def savepoint(unit: Unit, table: TableMeta) -> AbstractAsyncContextManager[object]:
    """For a statement that writes rows, inside a transaction, where the table has unique fields.

    Behind a failure PostgreSQL would say nothing more of what is there.
    """
    is_needed = table.has_unique_fields and unit.connection.is_in_transaction()
    return unit.connection.transaction() if is_needed else _NOTHING


@asynccontextmanager
async def refusing_duplicates(
    unit: Unit, table: TableMeta, rows: str, *, hidden: Collection[str] = ()
) -> AsyncIterator[None]:
    """Around the `savepoint` of a statement that writes rows: raise `DuplicateValue` for the one in the way.

    The rows are as `encode_rows` made them. Of a field that the caller may not see, which is one of the `hidden`
    columns or not among the table's, nothing is told.
    """
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        number = field_number_of(error.constraint_name)
        field = next((each for each in table.whole.fields if each.number == number), None)
        if field is None:
            raise
        if field.column in hidden or table.find_field(str(field.id)) is None:
            raise DuplicateValue(_UNSEEN) from error
        raise await _duplicate(unit, table, field, rows) from error


@contextmanager
def numbered(indexes: Sequence[int]) -> Iterator[None]:
    """Around the writing of a part of a batch: have what refuses a record name its index in the whole."""
    try:
        yield
    except ValidationFailed as refused:
        # Its cause stays: a statement of PostgreSQL's that failed has checked all that was to be checked.
        raise type(refused)([_renumbered(problem, indexes) for problem in refused.problems]) from refused.__cause__
    except DomainError as refused:
        index = refused.location.get("recordIndex")
        if isinstance(index, int):
            refused.location = {**refused.location, "recordIndex": indexes[index]}
        raise


def _renumbered(problem: Problem, indexes: Sequence[int]) -> Problem:
    index = problem.record_index
    return problem if index is None else replace(problem, record_index=indexes[index])


async def _duplicate(unit: Unit, table: TableMeta, field: FieldMeta, rows: str) -> DuplicateValue:
    """The error; without the record where its transaction is lost, or the other record has gone meanwhile."""
    own_message = None if field.unique is None else field.unique.message
    message = own_message or f"Field {field.name!r}: another record has this value already, and it must be unique."
    is_lost = unit.connection.is_in_transaction() and not table.has_unique_fields  # the constraint was not known yet
    row = None if is_lost else await _find(unit, table, field, rows)
    if row is None:
        return DuplicateValue(message, field=field.name)
    existing: UUID | None = row["existing"]
    if existing is not None and table.rule is not None and not await sees(unit, table, existing):
        existing = None
    return DuplicateValue(
        message,
        field=field.name,
        value=None if row["value"] is None else orjson.loads(row["value"]),
        recordIndex=row["index"],
        existingRecordId=existing,
    )


async def _find(unit: Unit, table: TableMeta, field: FieldMeta, rows: str) -> asyncpg.Record | None:
    case_sensitive = field.unique is None or field.unique.case_sensitive
    key = UniqueKey(table.sql_name, field.number, field.type, field.options, case_sensitive)
    statement = find_collision(key)
    return await unit.connection.fetchrow(statement.sql, *statement.parameters.bind([rows]))
