"""Ids: time-ordered UUIDs that say what they name, so that no directory has to be asked.

Layout of an id, a UUIDv8 (RFC 9562, section 5.8), most significant bit first:

    48 bits  milliseconds since 1970
     4 bits  version, 8
    12 bits  the upper 12 bits of the number
     2 bits  variant
    20 bits  the lower 20 bits of the number
    42 bits  random

The number is a `Kind` for the entities of the catalog, and a table's own number for a record; numbers below
`FIRST_TABLE_NUMBER` belong to kinds.
"""

import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from itertools import count
from uuid import UUID

FIRST_TABLE_NUMBER = 1024
MAX_NUMBER = (1 << 32) - 1
_CANONICAL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
"""Python's UUID takes much more: braces, hyphens anywhere, underscores, digits of other scripts."""
_RANDOM_BITS = 42
_START_BITS = 41
_STEP_BITS = 32


class Kind(IntEnum):
    """What an id of the catalog names."""

    USER = 1
    SESSION = 2
    API_KEY = 3
    WORKSPACE = 4
    WORKSPACE_MEMBER = 5
    BASE = 6
    TABLE = 7
    FIELD = 8
    VIEW = 9
    AUTOMATION = 10
    AUTOMATION_ACTION = 11
    AUTOMATION_RUN = 12
    MUTATION = 13
    CHOICE = 14
    CONNECTION = 15
    UNIQUE_CONSTRAINT = 20
    APPLICATION_TOKEN = 30
    IDENTITY = 31
    PASSKEY = 32
    ROLE = 40
    GROUP = 41
    INVITATION = 42
    AUDIT_ENTRY = 43
    ACCESS_GRANT = 44
    ROLE_OVERRIDE = 60
    SHARE_LINK = 61
    RECORD_POLICY = 63
    WEBHOOK = 70
    WEBHOOK_DELIVERY = 71
    WEBHOOK_ATTEMPT = 72
    INCOMING_WEBHOOK = 73
    INCOMING_REQUEST = 74
    SCHEDULE = 75
    FUNCTION_CALL = 80


_KINDS = {kind.value: kind for kind in Kind}


def new_id(number: int) -> UUID:
    """A new id for an entity of this kind, or for a record of the table with this number."""
    return new_ids(number, 1)[0]


def new_ids(number: int, count: int) -> list[UUID]:
    """`count` new ids that sort in the order of the list, and behind all that this process has made before.

    They share a millisecond and count up from a random start.
    """
    milliseconds, start = _last.next(count)
    upper, lower = number >> 20, number & 0xFFFFF
    head = (milliseconds << 80) | (8 << 76) | (upper << 64) | (2 << 62) | (lower << _RANDOM_BITS)
    return [UUID(int=head | (start + offset)) for offset in range(count)]


def least_id_of(moment: datetime) -> UUID:
    """An id that sorts before all that are made from this moment on, and behind those from before its millisecond."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


@dataclass(slots=True)
class _Last:
    """Where the ids that were made last end: those of the same millisecond go on from there, by a random step.

    So records made one after the other sort in that order, even those of one operation, and when the clock stands or
    is set back.
    """

    milliseconds: int = 0
    end: int = 0

    def next(self, count: int) -> tuple[int, int]:
        """The millisecond of the next `count` ids, and where their random part starts."""
        now = time.time_ns() // 1_000_000
        if now > self.milliseconds:
            self.milliseconds, start = now, secrets.randbits(_START_BITS)
        else:
            start = self.end + 1 + secrets.randbits(_STEP_BITS)
        if start + count >= 1 << _RANDOM_BITS:
            self.milliseconds, start = self.milliseconds + 1, secrets.randbits(_START_BITS)
        self.end = start + count - 1
        return self.milliseconds, start


_last = _Last()


def counting_ids(number: int) -> Iterator[UUID]:
    """New ids without end, each greater than the one before: those of a batch whose length is not known yet."""
    first = new_id(number).int
    return (UUID(int=first + offset) for offset in count())


def number_of(id: UUID) -> int | None:
    """The number inside an id, or None when it is not one of ours."""
    value = id.int
    if (value >> 76) & 0xF != 8 or (value >> 62) & 0x3 != 2:
        return None
    return ((value >> 64) & 0xFFF) << 20 | (value >> _RANDOM_BITS) & 0xFFFFF


def kind_of(id: UUID) -> Kind | None:
    """The kind of a catalog id; None for a record's id or a foreign one."""
    number = number_of(id)
    return _KINDS.get(number) if number is not None else None


def table_number_of(id: UUID) -> int | None:
    """The number of the table that a record's id belongs to; None for any other id."""
    number = number_of(id)
    return number if number is not None and number >= FIRST_TABLE_NUMBER else None


def parse_id(text: object) -> UUID | None:
    """The UUID that a client wrote in the canonical form of 36 characters, or None."""
    return UUID(text) if isinstance(text, str) and _CANONICAL.fullmatch(text) else None
