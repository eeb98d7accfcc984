"""The threads on which passwords are hashed and verified, so that nobody else waits for it."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum, auto
from typing import Final, TypeVar

from adapters.passwords.argon2id import Argon2id
from adapters.passwords.hasher import PasswordHasher
from domain.errors import Unavailable

T = TypeVar("T")


class Verdict(Enum):
    """What came of comparing a password with a stored hash."""

    WRONG = auto()
    RIGHT = auto()
    RIGHT_BUT_OUTDATED = auto()
    """Right, and the hash should be replaced by a new one."""


DEFAULT_THREADS: Final = max(1, (os.cpu_count() or 1) // 2)
DEFAULT_MAX_WAITING: Final = 200
NICENESS: Final = 5
"""Of the threads that hash: about a third of what the event loop gets of a core for which both wait."""


def _stand_back() -> None:
    """Let the event loop have a core before this thread does: a flood of sign-ins must not keep others waiting."""
    if sys.platform == "linux":  # where a thread has a niceness of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


class Passwords:
    """Hashes and verifies on `threads` threads of its own; new hashes are made by the first of the `hashers`.

    At most `max_waiting` callers wait; one more gets `Unavailable`, so that a flood of sign-ins cannot pile up.
    """

    def __init__(
        self,
        hashers: Sequence[PasswordHasher] = (),
        *,
        threads: int = DEFAULT_THREADS,
        max_waiting: int = DEFAULT_MAX_WAITING,
    ) -> None:
        self._hashers = tuple(hashers) or (Argon2id(),)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="passwords", initializer=_stand_back)
        self._max_waiting = max_waiting
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """A new hash."""
        return await self._run(lambda: self._hashers[0].hash(password))

    async def check(self, password: str, stored: str | None) -> Verdict:
        """Compare; without a stored hash it takes as long and is wrong, so time does not tell who has an account."""
        return await self._run(lambda: self._compare(password, stored))

    def close(self) -> None:
        """Let the threads go; those at work finish first."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _compare(self, password: str, stored: str | None) -> Verdict:
        hasher = next((each for each in self._hashers if stored and each.recognises(stored)), None)
        if hasher is None or stored is None:
            self._hashers[0].hash(password)
            return Verdict.WRONG
        if not hasher.verify(stored, password):
            return Verdict.WRONG
        outdated = hasher is not self._hashers[0] or hasher.is_outdated(stored)
        return Verdict.RIGHT_BUT_OUTDATED if outdated else Verdict.RIGHT

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= self._max_waiting:
            raise Unavailable(f"{self._max_waiting} sign-ins are waiting already; try again.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1
