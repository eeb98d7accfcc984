"""The end of a task."""

import asyncio
from typing import Any, Final

PATIENCE_SECONDS: Final = 0.1


async def end_task(task: asyncio.Task[Any]) -> None:
    """Cancel a task, again and again until it has ended: redis-py loses a cancellation now and then (8.1)."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=PATIENCE_SECONDS)
