"""Tasks beside others, and their end."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

PATIENCE_SECONDS: Final = 0.1


async def end_task(task: asyncio.Task[Any]) -> None:
    """Cancel a task, again and again until it has ended: redis-py loses a cancellation now and then (8.1)."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=PATIENCE_SECONDS)


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Have work that goes on for ever done beside a block, for as long as the block lasts."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        await end_task(task)
