"""Event cursors: PostgreSQL snapshots, so that no change is missed however out of order transactions commit.

A snapshot's text is `xmin:xmax:xip,…`: transactions below xmin are visible, from xmax on they are not, and between
the two those in the list are not. `RecordConnection.eventCursor` is the snapshot that a read was made in.
"""

import re
from dataclasses import dataclass
from typing import Final

from domain.errors import BadRequest

_SNAPSHOT: Final = re.compile(r"([0-9]{1,19}):([0-9]{1,19}):((?:[0-9]{1,19}(?:,[0-9]{1,19})*)?)")
_MAX_NUMBER: Final = (1 << 63) - 1
"""Of a row of the log, and, far from ever being reached, of a transaction."""


@dataclass(frozen=True, slots=True)
class EventCursor:
    """A place in the stream of changes.

    Behind everything that the snapshot `since` sees. Inside a batch, which is what `until` sees and `since` does not,
    in the order of its rows' numbers: also behind those up to `seq`.
    """

    since: str
    until: str | None = None
    seq: int = 0

    def encode(self) -> str:
        """The opaque form that clients get."""
        return encode_cursor(self.since if self.until is None else f"{self.since}/{self.until}/{self.seq}")


def read_cursor(text: str, argument: str = "after") -> EventCursor:
    """The cursor that a client sends back; raises `BadRequest` for what is none.

    Whether its snapshots belong to this database is for the database to say.
    """
    try:
        parts = bytes.fromhex(text).decode("ascii").split("/")
    except ValueError:
        parts = []
    snapshots, numbers = parts[:2], parts[2:]
    is_sound = all(map(_is_snapshot, snapshots)) and all(map(_is_number, numbers)) and text.isalnum()
    match parts:
        case [since] if is_sound:
            return EventCursor(since)
        case [since, until, seq] if is_sound:
            return EventCursor(since, until, int(seq))
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


def cursor_after_own(snapshot: str, transaction: str | None) -> str:
    """The cursor behind everything the snapshot sees and its own transaction: the same snapshot with that one visible.

    Transactions that began between the snapshot and its own are listed as still running, which is what they were.
    """
    if transaction is None:
        return encode_cursor(snapshot)
    xmin, xmax, running = snapshot.split(":")
    own, next_unseen = int(transaction), int(xmax)
    listed = [int(each) for each in running.split(",") if each and int(each) != own]
    if own >= next_unseen:
        listed += range(next_unseen, own)
        next_unseen = own + 1
    lowest = min([next_unseen, *listed])
    return encode_cursor(f"{max(lowest, int(xmin))}:{next_unseen}:{','.join(map(str, listed))}")


def encode_cursor(snapshot: str) -> str:
    """The opaque form of a snapshot."""
    return snapshot.encode().hex()
