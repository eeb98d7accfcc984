"""Event cursors: PostgreSQL snapshots, so that no change is missed however out of order transactions commit.

A snapshot's text is `xmin:xmax:xip,…`: transactions below xmin are visible, from xmax on they are not, and between
the two those in the list are not. `RecordConnection.eventCursor` is the snapshot that a read was made in.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.errors import BadRequest

_SNAPSHOT: Final = re.compile(r"([0-9]{1,19}):([0-9]{1,19}):((?:[0-9]{1,19}(?:,[0-9]{1,19})*)?)")
_MAX_NUMBER: Final = (1 << 63) - 1
"""Of a row of the log, and, far from ever being reached, of a transaction."""
_ID: Final = re.compile(r"[0-9a-f]{32}")
OWN: Final = UUID(int=0)
"""In the place of a derived record: the own record of the change."""

Place = tuple[int, UUID | None]
"""The number of a row of the log, and which of the records it concerns; None for all of them."""


@dataclass(frozen=True, slots=True)
class EventCursor:
    """A place in the stream of changes.

    Behind everything that the snapshot `since` sees. Inside a batch, which is what `until` sees and `since` does not,
    in the order of its rows' numbers: also behind those up to `seq`. Where a row makes events of several records, that
    of its own record and then derived ones in the order of their ids: behind those up to `derived`, `OWN` for its own.
    """

    since: str
    until: str | None = None
    seq: int = 0
    derived: UUID | None = None

    def encode(self) -> str:
        """The opaque form that clients get."""
        if self.until is None:
            return encode_cursor(self.since)
        derived = "" if self.derived is None else f"/{self.derived.hex}"
        return encode_cursor(f"{self.since}/{self.until}/{self.seq}{derived}")

    def over(
        self, places: Sequence[Place], snapshot: str, cut_at: Place | None
    ) -> "tuple[list[EventCursor], EventCursor]":
        """The cursors behind each of the changes at these places, which were read behind this one; and behind all.

        `snapshot` is that of the read, and `cut_at` the place where it ended, if there is more behind it. When there is
        none, the last one of them stands behind everything that was there.
        """
        until = self.until or snapshot
        cursors = [EventCursor(self.since, until, *place) for place in places]
        behind = EventCursor(until) if cut_at is None else EventCursor(self.since, until, *cut_at)
        return [*cursors[:-1], behind] if cursors else [], behind


def read_cursor(text: str, argument: str = "after") -> EventCursor:
    """The cursor that a client sends back; raises `BadRequest` for what is none.

    Whether its snapshots belong to this database is for the database to say.
    """
    try:
        parts = bytes.fromhex(text).decode("ascii").split("/")
    except ValueError:
        parts = []
    snapshots, numbers, ids = parts[:2], parts[2:3], parts[3:]
    is_sound = all(map(_is_snapshot, snapshots)) and all(map(_is_number, numbers)) and text.isalnum()
    is_sound = is_sound and all(map(_ID.fullmatch, ids))
    match parts:
        case [since] if is_sound:
            return EventCursor(since)
        case [since, until, seq] if is_sound:
            return EventCursor(since, until, int(seq))
        case [since, until, seq, derived] if is_sound:
            return EventCursor(since, until, int(seq), UUID(derived))
    raise BadRequest(f"'{argument}' is not an event cursor of this API.", argument=argument)


def _is_number(text: str) -> bool:
    return text.isdecimal() and int(text) <= _MAX_NUMBER


def _is_snapshot(text: str) -> bool:
    """Whether PostgreSQL would take it: xmin, xmax and all between them, in ascending order."""
    match = _SNAPSHOT.fullmatch(text)
    if match is None:
        return False
    lowest, next_unseen = int(match[1]), int(match[2])
    running = [int(each) for each in match[3].split(",") if each]
    in_range = all(lowest <= each < next_unseen for each in running)
    return 1 <= lowest <= next_unseen <= _MAX_NUMBER and in_range and running == sorted(running)


def cursor_after_own(snapshot: str, transaction: str) -> str:
    """The cursor behind a transaction of one's own, and behind everything before it that its snapshot sees.

    Transactions that began before it and have not ended are listed as running; those between the snapshot and it are,
    which is what they were. What began later counts as unseen, even where the snapshot has seen it: the cursor is cut
    behind the one transaction of which it is certain that it is written, see `domain/changes/new.py`.
    """
    _, xmax, running = snapshot.split(":")
    own = int(transaction)
    listed = [int(each) for each in running.split(",") if each and int(each) < own]
    listed += range(int(xmax), own)
    return encode_cursor(f"{min([own + 1, *listed])}:{own + 1}:{','.join(map(str, listed))}")


def encode_cursor(snapshot: str) -> str:
    """The opaque form of a snapshot."""
    return snapshot.encode().hex()
