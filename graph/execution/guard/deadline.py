"""Gives up operations whose time is up: one timer looks after all of them, for one each costs more than a deadline may.

Otherwise this is `asyncio.timeout`: the task is cancelled, and the block raises `TimeoutError`.
"""

import asyncio
from types import TracebackType
from typing import Final, Self

TICKS: Final = 10
"""How often it is looked within the time that an operation has: so it may take a tenth longer."""


class Deadlines:
    """The operations of one event loop that are under way; each may take `seconds`, None for ever."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self._running: set[Deadline] = set()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> "Deadline":
        """The deadline of an operation, to be entered by its task."""
        return Deadline(self)

    def add(self, deadline: "Deadline") -> None:
        """Look after an operation."""
        self._running.add(deadline)
        if self._timer is None:
            self._wait()

    def remove(self, deadline: "Deadline") -> None:
        """The operation has come to its end."""
        self._running.discard(deadline)

    def _wait(self) -> None:
        assert self.seconds is not None  # nothing is added otherwise
        self._timer = asyncio.get_running_loop().call_later(self.seconds / TICKS, self._look)

    def _look(self) -> None:
        now, self._timer = asyncio.get_running_loop().time(), None
        for deadline in [each for each in self._running if each.when <= now]:
            self._running.discard(deadline)
            deadline.expire()
        if self._running:
            self._wait()


class Deadline:
    """When one operation must have ended; a context manager around it."""

    __slots__ = ("_cancelling", "_deadlines", "_task", "expired", "when")

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        self.expired = False
        """Whether the operation was given up."""
        self.when = float("inf")
        """In seconds of the event loop's clock."""

    def __enter__(self) -> Self:
        seconds = self._deadlines.seconds
        if seconds is not None:
            task = asyncio.current_task()
            assert task is not None  # coroutines run in tasks
            self._task, self._cancelling = task, task.cancelling()
            self.when = asyncio.get_running_loop().time() + seconds
            self._deadlines.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deadlines.remove(self)
        if self.expired and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def allow(self, seconds: float) -> None:
        """Give the operation so many seconds from now on, where it has less."""
        self.when = max(self.when, asyncio.get_running_loop().time() + seconds)

    def expire(self) -> None:
        """Give the operation up."""
        self.expired = True
        self._task.cancel()
