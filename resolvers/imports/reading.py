"""Reading the file of an import in a worker thread, so that the event loop goes on with other requests."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """What `work` returns. It cannot be interrupted: when the caller is cancelled, its end is waited for."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    finally:
        await _ended(running)


async def ahead(items: Iterator[T]) -> AsyncGenerator[T, None]:
    """The items, each made in a worker thread while the one before it is being used; close it with `aclosing`."""
    coming = asyncio.ensure_future(asyncio.to_thread(next, items, None))
    try:
        while (item := await asyncio.shield(coming)) is not None:
            coming = asyncio.ensure_future(asyncio.to_thread(next, items, None))
            yield item
    finally:
        await _ended(coming)


async def _ended(running: "asyncio.Future[T]") -> None:
    """Wait for a thread that nobody asks any more: it may still use the file that is closed next."""
    if not running.done():
        await asyncio.wait([running])
    if not running.cancelled():
        running.exception()
