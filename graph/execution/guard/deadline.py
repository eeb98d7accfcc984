"""Gives up operations whose time is up: one timer looks after all of them, for one each costs more than a deadline may.

Otherwise this is `asyncio.timeout`: the task is cancelled, and the block raises `TimeoutError`.
"""

import asyncio
from math import inf
from types import TracebackType
from typing import Final, Self

TICKS: Final = 10
"""How often it is looked within the time that an operation has: so it may take a tenth longer."""


class Deadlines:
    """The operations of one event loop that are under way; each may take `seconds`, None for ever."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self.running: set[Deadline] = set()
        """Those that are looked after."""
        self.is_looking = False
        """Whether there is a timer."""

    def look_soon(self) -> None:
        """Look after those that are running."""
        assert self.seconds is not None  # none is running otherwise
        self.is_looking = True
        asyncio.get_running_loop().call_later(self.seconds / TICKS, self._look)

    def _look(self) -> None:
        now, self.is_looking = asyncio.get_running_loop().time(), False
        for deadline in [each for each in self.running if each.when <= now]:
            self.running.discard(deadline)
            deadline.expire()
        if self.running:
            self.look_soon()


class Deadline:
    """When one operation must have ended; a context manager around it, entered by its task."""

    __slots__ = ("_cancelling", "_deadlines", "_task", "expired", "when")

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        self.expired = False
        """Whether the operation was given up."""
        self.when = inf
        """In seconds of the event loop's clock."""

    def __enter__(self) -> Self:
        deadlines = self._deadlines
        if deadlines.seconds is not None:
            loop = asyncio.get_running_loop()
            task = asyncio.current_task(loop)
            assert task is not None  # coroutines run in tasks
            self._task, self._cancelling = task, task.cancelling()
            self.when = loop.time() + deadlines.seconds
            deadlines.running.add(self)
            if not deadlines.is_looking:
                deadlines.look_soon()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deadlines.running.discard(self)
        if self.expired and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    @property
    def seconds(self) -> float | None:
        """How long an operation may take."""
        return self._deadlines.seconds

    def allow(self, seconds: float) -> None:
        """Give the operation so many seconds from now on, where it has less."""
        self.when = max(self.when, asyncio.get_running_loop().time() + seconds)

    def expire(self) -> None:
        """Give the operation up."""
        self.expired = True
        self._task.cancel()
