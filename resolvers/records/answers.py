"""What a write answers: finished JSON for each selection, and the cursor to follow events from."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import orjson

from domain.access.roles import Action, WorkspaceRole
from domain.bases.catalog import TableMeta
from domain.changes.cursor import cursor_after_own
from domain.errors import Conflict, NotFound
from resolvers.access import require
from resolvers.records.tables import Missing, Stale


@dataclass(frozen=True, slots=True)
class Written:
    """The outcome of a write. `rendered` has one text a selection: the records' JSON objects, joined by commas.

    `created` are the ids of new records, for an upsert, which has others too.
    """

    table: TableMeta
    ids: Sequence[UUID]
    rendered: Sequence[str]
    event_cursor: str
    created: Sequence[UUID] = ()


def answer_of(row: asyncpg.Record | None, table: TableMeta, ids: Sequence[UUID], missing: Missing) -> Written:
    """The outcome from the row that a write statement answered; raises what made it write nothing."""
    if row is None:
        raise missing()
    version, role, ok, refusals, snapshot, transaction, *rendered = row
    if version != table.schema_version:
        raise Stale
    require(WorkspaceRole(role), Action.WRITE_RECORDS)
    if not ok:
        raise _refused(orjson.loads(refusals), ids)
    return Written(table, ids, [text or "" for text in rendered], cursor_after_own(snapshot, transaction))


def _refused(refusals: list[tuple[int, int | None]], ids: Sequence[UUID]) -> NotFound | Conflict:
    """The error for the first record that was refused; one that is missing outweighs one that has moved on."""
    for index, revision in refusals:
        if revision is None:
            return NotFound(f"There is no record with id {ids[index]}.", recordId=ids[index], recordIndex=index)
    index, revision = refusals[0]
    message = f"Record {ids[index]} was changed by somebody else: it is at revision {revision} now."
    return Conflict(message, recordId=ids[index], recordIndex=index, revision=revision)
