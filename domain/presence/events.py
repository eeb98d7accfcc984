"""What happened in a channel between two looks at it."""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

Member = Mapping[str, Any]
"""A member as the API shows it: `user`, `connectionId`, `focus`, `cursor` and `joinedAt`, as decoded JSON."""
Change = tuple["PresenceEventType", Member]


class PresenceEventType(Enum):
    """What an event of a channel says."""

    STATE = "STATE"
    JOIN = "JOIN"
    LEAVE = "LEAVE"
    FOCUS = "FOCUS"
    BLUR = "BLUR"
    CURSOR = "CURSOR"


def changes_between(before: Sequence[Member], after: Sequence[Member]) -> Iterator[Change]:
    """The changes that lead from one state to another: who left, who joined, then focus and cursor of who stayed.

    A connection that left and came back between the looks did both. Who joins with a focus or a cursor has no event
    of its own for them: the member in JOIN shows both.
    """
    old, new = _by_visit(before), _by_visit(after)
    yield from ((PresenceEventType.LEAVE, member) for visit, member in old.items() if visit not in new)
    yield from ((PresenceEventType.JOIN, member) for visit, member in new.items() if visit not in old)
    for visit, member in new.items():
        if visit in old:
            yield from _moves(old[visit], member)


def _by_visit(members: Sequence[Member]) -> dict[tuple[str, str], Member]:
    return {(member["connectionId"], member["joinedAt"]): member for member in members}


def _moves(before: Member, after: Member) -> Iterator[Change]:
    if before["focus"] != after["focus"]:
        yield (PresenceEventType.BLUR if after["focus"] is None else PresenceEventType.FOCUS), after
    if before["cursor"] != after["cursor"]:
        yield PresenceEventType.CURSOR, after
