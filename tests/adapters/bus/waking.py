"""Waiting for buses and for those who listen to them."""

import asyncio

from adapters.bus import Bus
from tests.support.waiting import SECONDS, eventually


async def woken(event: asyncio.Event) -> bool:
    """True, once the event is set."""
    async with asyncio.timeout(SECONDS):
        return await event.wait()


async def connected(*buses: Bus) -> None:
    """Return once all of them are connected."""
    await eventually(lambda: all(bus.is_connected for bus in buses))


async def disconnected(*buses: Bus) -> None:
    """Return once all of them know that they are not."""
    await eventually(lambda: not any(bus.is_connected for bus in buses))
