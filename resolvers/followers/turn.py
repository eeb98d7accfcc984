"""One turn of a follower: the next events are read, what comes of them is written down, and the place moves on.

All of it is one transaction, that holds the follower's row: of many processes one gets it.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final
from uuid import UUID

import asyncpg
import orjson
import structlog

from adapters.database import Unit, is_away
from domain.bases.catalog import TableMeta
from domain.changes.horizon import is_lost
from domain.changes.news import source_ids
from domain.changes.selection import RecordEventType
from domain.errors import DomainError
from resolvers.followers.follower import ChangeEvent, Follower, Reader
from resolvers.followers.following import FOLLOWERS, NOW
from resolvers.records.tables import MAX_RELOADS, SCHEMA_MOVED, Stale
from resolvers.streams.metadata import with_current_table_on
from resolvers.streams.record_events import Event, RecordEventSelection

if TYPE_CHECKING:
    from resolvers.services import Services

logger = structlog.get_logger(__name__)

FIRST_REST: Final = timedelta(seconds=1)
LONGEST_REST: Final = timedelta(minutes=5)
"""How long a follower rests that has failed; twice as long each time."""

_MOVED: Final = (Stale, *SCHEMA_MOVED, asyncpg.InFailedSQLTransactionError)
"""What a turn raises that has lost a race against a change of what it reads, and is begun again; the last one where it
was lost before."""
_FIND: Final = "SELECT id, kind, table_id, cursor, tables, rests_until FROM log_followers WHERE id = $1"
_HOLD: Final = f"""
SELECT cursor, {is_lost("$2::text::pg_snapshot")} AS is_lost FROM log_followers WHERE id = $1 FOR UPDATE SKIP LOCKED
"""
_MOVE: Final = """
UPDATE log_followers SET cursor = $2, tables = $3, schema_version = $4, seen_at = now(),
       failures = 0, rests_until = NULL, error = NULL
 WHERE id = $1
"""
_HAD: Final = "UPDATE log_followers SET rests_until = NULL WHERE id = $1 AND rests_until = $2"
"""It has had its turn, unless it was given another one meanwhile."""
_SKIP: Final = f"UPDATE log_followers SET cursor = {NOW}, seen_at = now() WHERE id = $1"
_REST: Final = """
UPDATE log_followers SET failures = failures + 1, error = $2,
       rests_until = now() + least($3::interval * power(2, least(failures, 20)), $4::interval)
 WHERE id = $1
"""


class Outcome(Enum):
    """How a turn ended."""

    DONE = "nothing more is new"
    MORE = "there may be more"
    HELD = "another process has its turn"
    FAILED = "it rests for a while"


async def take_turn(services: "Services", readers: Mapping[str, Reader], id: UUID) -> Outcome:
    """Have a follower read what is next; raises what means that the database is away."""
    for _ in range(MAX_RELOADS):
        try:
            return await _take_next(services, readers, id)
        except _MOVED:
            continue
    return await _rest(services, id, "What it reads is being changed right now.")


async def _take_next(services: "Services", readers: Mapping[str, Reader], id: UUID) -> Outcome:
    async with services.database.unit() as unit:
        row = await unit.connection.fetchrow(_FIND, id)
    if row is None or row["kind"] not in readers:
        return Outcome.DONE
    follower = Follower(**row)
    try:
        return await _take_turn(services, readers[follower.kind], follower)
    except _MOVED:
        raise
    except Exception as error:
        if is_away(error):
            raise
        return await _rest(services, id, _reason(error, follower))


def _reason(error: Exception, follower: Follower) -> str:
    if isinstance(error, DomainError):
        return error.message
    if isinstance(error, asyncpg.QueryCanceledError):
        return "The database took longer than a statement may."
    logger.error("a follower failed", follower=str(follower.id), kind=follower.kind, exc_info=error)
    return f"The server failed ({type(error).__name__})."


async def _take_turn(services: "Services", reader: Reader, follower: Follower) -> Outcome:
    selection = await reader.selection(follower)
    if selection is None:
        async with services.database.unit() as unit:
            await unit.connection.execute(_HAD, follower.id, follower.rests_until)
        return Outcome.DONE
    async with services.database.transaction() as unit:
        held = await unit.connection.fetchrow(_HOLD, follower.id, follower.position.since)
        if held is None:
            return Outcome.HELD
        if held["cursor"] != follower.cursor:
            return Outcome.MORE
        if held["is_lost"]:
            await reader.missed(unit, follower)
            await unit.connection.execute(_SKIP, follower.id)
            return Outcome.MORE
        return await _read(services, unit, reader, follower, selection)


async def _read(
    services: "Services", unit: Unit, reader: Reader, follower: Follower, selection: RecordEventSelection
) -> Outcome:
    batch = await selection.read_on(unit, services, follower.position)
    if batch.events:
        await reader.receive(unit, follower, [_change_event(event) for event in batch.events])

    async def move(unit: Unit, table: TableMeta) -> None:
        tables = await _watched(services, unit, selection, table)
        await unit.connection.execute(_MOVE, follower.id, batch.cursor.encode(), tables, table.schema_version)
        if set(tables) != set(follower.tables):
            unit.after_commit(lambda: services.bus.publish(FOLLOWERS))

    await with_current_table_on(unit, services, follower.table_id, move)
    return Outcome.DONE if batch.is_last else Outcome.MORE


def _change_event(event: Event) -> ChangeEvent:
    seq, derived = event.place
    return {**orjson.loads(event.json), "place": f"{seq}/{derived.hex}" if derived else str(seq)}


async def _watched(services: "Services", unit: Unit, selection: RecordEventSelection, table: TableMeta) -> list[UUID]:
    """The tables whose changes may be events of the table's records for this selection."""
    if selection.filter is None and selection.view_id is None and RecordEventType.UPDATED not in selection.types:
        return [table.id]
    paths = sorted(await selection.paths(services, unit, table))
    return [*{table.id, *source_ids(table, paths)}]


async def _rest(services: "Services", id: UUID, reason: str) -> Outcome:
    async with services.database.unit() as unit:
        await unit.connection.execute(_REST, id, reason, FIRST_REST, LONGEST_REST)
    logger.warning("a follower rests", follower=str(id), reason=reason)
    return Outcome.FAILED
