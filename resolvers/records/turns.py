"""Work on many records that lets others have their turn."""

import asyncio
from collections.abc import Iterable
from time import monotonic

from domain.records.values import Row

TURN_SECONDS = 0.01
"""How long parsing may keep the event loop to itself."""


async def in_turns(rows: Iterable[Row]) -> list[Row]:
    """All rows, parsed a few at a time: other requests get their turn every few milliseconds."""
    parsed: list[Row] = []
    turn_ends = monotonic() + TURN_SECONDS
    for row in rows:
        parsed.append(row)
        if monotonic() > turn_ends:
            await asyncio.sleep(0)
            turn_ends = monotonic() + TURN_SECONDS
    return parsed
