"""From the beginning to the end of a process: the parts that run in it, and what it leaves behind."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Protocol

from adapters.database import give_up_when_silent
from adapters.tasks import beside
from resolvers.services import Services
from server.services import close_services


class Part(Protocol):
    """Something that goes on beside requests."""

    def running(self) -> AbstractAsyncContextManager[object]:
        """It goes on for as long as the block lasts."""
        ...


@asynccontextmanager
async def running_parts(services: Services, parts: Iterable[Part], ending: asyncio.Event) -> AsyncIterator[None]:
    """Begin the parts, each behind the one before; end them in reverse, and close the services behind them all.

    `ending` is set at the end if it was not before, also where a part does not begin. A database that says nothing from
    then on holds nobody up.
    """
    async with beside(_wait_for_no_silence(services, ending)), AsyncExitStack() as stack:
        stack.push_async_callback(close_services, services)
        try:
            for part in parts:
                await stack.enter_async_context(part.running())
            yield
        finally:
            ending.set()


async def _wait_for_no_silence(services: Services, ending: asyncio.Event) -> None:
    await ending.wait()
    await give_up_when_silent(services.database)
