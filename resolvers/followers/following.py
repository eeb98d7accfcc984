"""Beginning and ending to follow a table, as part of the transaction that makes or changes who does."""

from typing import Final
from uuid import UUID

from adapters.bus import Bus
from adapters.database import Unit
from domain.changes.new import CURRENT

FOLLOWERS: Final = UUID(int=1)
"""The topic of the bus that wakes whoever looks after the followers, when there is another one."""

NOW: Final = f"encode(convert_to({CURRENT}, 'UTF8'), 'hex')"
"""The cursor behind everything that is there."""

_FOLLOW: Final = f"""
INSERT INTO log_followers (id, kind, base_id, table_id, cursor, tables)
SELECT $1, $2, t.base_id, t.id, coalesce($4, {NOW}), ARRAY[t.id] FROM tables t WHERE t.id = $3
ON CONFLICT (id) DO UPDATE SET failures = 0, error = NULL, schema_version = NULL, rests_until = now(),
   cursor = coalesce($4, log_followers.cursor)
"""
"""One that is there has its turn at once: what it did not read while it rested, or was off, is no news to anybody."""


async def follow(unit: Unit, bus: Bus, id: UUID, kind: str, table_id: UUID, cursor: str | None = None) -> None:
    """Follow a table from now on, or from a cursor; who follows it already goes on where it is, unless told."""
    await unit.connection.execute(_FOLLOW, id, kind, table_id, cursor)
    unit.after_commit(lambda: bus.publish(FOLLOWERS))


async def unfollow(unit: Unit, id: UUID) -> None:
    """Follow no longer, and forget the place."""
    await unit.connection.execute("DELETE FROM log_followers WHERE id = $1", id)
