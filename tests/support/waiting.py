"""Waiting for what happens soon, in a test that must not say when."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable

SECONDS = 60
"""How long anything may take before the test gives up."""


async def eventually(condition: Callable[[], bool | Awaitable[bool]], seconds: float = SECONDS) -> None:
    """Return once the condition holds; it is looked at less often the longer that takes."""
    pause = 0.01
    async with asyncio.timeout(seconds):
        while True:
            held = condition()
            if await held if isawaitable(held) else held:
                return
            await asyncio.sleep(pause)
            pause = min(1.1 * pause, 0.05)
