"""What a write answers: finished JSON for each selection, and the cursor to follow events from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from domain.access.roles import Action, WorkspaceRole
from domain.bases.catalog import TableMeta
from domain.changes.cursor import cursor_after_own
from domain.errors import Conflict, DomainError, Forbidden, NotFound
from resolvers.access import require
from resolvers.records.tables import Missing, Stale

Refused = Callable[[Sequence[Any], Sequence[UUID]], DomainError]
"""Makes the error of what a statement refused, for the ids of its records."""


@dataclass(frozen=True, slots=True)
class Written:
    """The outcome of a write. `rendered` has one text a selection: the records' JSON objects, joined by commas.

    `mutation_id` names the operation in the change log. `created` are the ids of new records, for an upsert, which has
    others too.
    """

    table: TableMeta
    ids: Sequence[UUID]
    rendered: Sequence[str]
    event_cursor: str
    mutation_id: UUID
    created: Sequence[UUID] = ()


def answer_of(
    row: asyncpg.Record | None,
    table: TableMeta,
    ids: Sequence[UUID],
    missing: Missing,
    mutation_id: UUID,
    refused: Refused | None = None,
) -> Written:
    """The outcome from the row that a write statement answered; raises what made it write nothing.

    `refused` makes the error of the statement's refusals, where these are not records that are missing or moved on.
    """
    if row is None:
        raise missing()
    version, role, ok, refusals, snapshot, transaction, *rendered = row
    outside = rendered.pop(0) if table.rule is not None else None
    if version != table.schema_version:
        raise Stale
    require(WorkspaceRole(role), Action.WRITE_RECORDS)
    if not ok:
        raise (refused or _refused)(orjson.loads(refusals), ids)
    if outside is not None:
        raise _outside(orjson.loads(outside), ids)
    cursor = cursor_after_own(snapshot, transaction)
    return Written(table, ids, [text or "" for text in rendered], cursor, mutation_id)


def _refused(refusals: Sequence[Any], ids: Sequence[UUID]) -> DomainError:
    """The error for the first record that was refused.

    One that is missing outweighs one that the caller may not write, and that one that has moved on.
    """
    for index, revision, *_ in refusals:
        if revision is None:
            return NotFound(f"There is no record with id {ids[index]}.", recordId=ids[index], recordIndex=index)
    for index, _, *is_fixed in refusals:
        if any(is_fixed):
            return Forbidden(f"You may not write record {ids[index]}.", recordId=ids[index], recordIndex=index)
    index, revision, *_ = refusals[0]
    message = f"Record {ids[index]} was changed by somebody else: it is at revision {revision} now."
    return Conflict(message, recordId=ids[index], recordIndex=index, revision=revision)


def _outside(written: Sequence[str], ids: Sequence[UUID]) -> Forbidden:
    """The error for the first record that would become one that the caller may not write."""
    outside = set(map(UUID, written))
    message = "You may not write a record with these values: it would lie outside of what is yours to write."
    return Forbidden(message, recordIndex=next(i for i, id in enumerate(ids) if id in outside))
