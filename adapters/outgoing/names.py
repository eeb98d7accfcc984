"""Which addresses a name has."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeAlias

Resolver: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a name for a port, the best first; raises `OSError` where there are none."""

THREADS: Final = 8
"""Names that are looked up at a time."""


class SystemNames:
    """Asks the system, as all programs of the machine do, in threads of its own.

    Those of the event loop look up names too, of the database for one, and a name of a user's may take long.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, "names")

    async def __call__(self, name: str, port: int) -> Sequence[str]:
        """See `Resolver`."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, _addresses, name, port)

    def close(self) -> None:
        """Wait for nobody."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _addresses(name: str, port: int) -> Sequence[str]:
    return [str(address[0]) for *_, address in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]
