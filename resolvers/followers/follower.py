"""What is known of a follower, and what each kind of them has to say for itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from adapters.database import Unit
from domain.changes.cursor import EventCursor, read_cursor
from resolvers.streams.record_events import RecordEventSelection

ChangeEvent = Mapping[str, Any]
"""A `RecordEvent` of the API, whole, as JSON: `domain.changes.selection.WHOLE_EVENT`.

Its `place` says where it stands in the log: unlike the cursor, the same each time that it is read."""


@dataclass(frozen=True, eq=False)
class Follower:
    """One follower in one of its turns; its id is that of the automation or webhook that it reads for."""

    id: UUID
    kind: str
    table_id: UUID
    cursor: str
    tables: Sequence[UUID] = ()
    """Those whose changes may concern it."""
    rests_until: datetime | None = None
    """From when on it has its turn, whether or not there is anything new."""

    @property
    def position(self) -> EventCursor:
        """Behind what it has read."""
        return read_cursor(self.cursor)


class Reader(Protocol):
    """What followers of one kind read, and what they do with it."""

    async def selection(self, follower: Follower) -> RecordEventSelection | None:
        """What it wants of the log, with the rights of its owner, and all members of an event.

        None when it wants nothing for now. Raises a `DomainError` when it may not or cannot read: then it rests.
        """

    async def receive(self, unit: Unit, follower: Follower, events: Sequence[ChangeEvent]) -> None:
        """Write down what comes of events, in the transaction that moves the place behind them. Nothing else: what has
        effects elsewhere is put into the queue."""

    async def missed(self, unit: Unit, follower: Follower) -> None:
        """Write down that the log does not reach back to the place any more; it goes on from now."""
