"""Threads for what blocks and may block for long: few of each kind, so that they take nobody else's."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from threading import Thread
from typing import Any


class Threads:
    """A bounded number of threads at a time. Who finds none free waits, as long as it may.

    A thread cannot be stopped: one whose caller has given up works on, and has its place until it ends. It does not
    keep the process from ending.
    """

    def __init__(self, most: int, name: str) -> None:
        self._name = name
        self._places = asyncio.Semaphore(most)

    async def run(self, body: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """What a function returns that runs in one of them."""
        await self._places.acquire()
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[Any] = loop.create_future()
        work = partial(copy_context().run, partial(body, *arguments, **named))
        Thread(target=self._do, args=(loop, ended, work), name=self._name, daemon=True).start()
        return await ended

    def _do(self, loop: asyncio.AbstractEventLoop, ended: "asyncio.Future[Any]", work: Callable[[], Any]) -> None:
        """In the thread."""
        returned, error = None, None
        try:
            returned = work()
        except BaseException as raised:
            error = raised
        with suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits
            loop.call_soon_threadsafe(self._end, ended, returned, error)

    def _end(self, ended: "asyncio.Future[Any]", returned: Any, error: BaseException | None) -> None:
        self._places.release()
        if ended.done():
            return
        if error is None:
            ended.set_result(returned)
        else:
            ended.set_exception(error if isinstance(error, Exception) else RuntimeError(repr(error)))
