"""Which addresses a name has."""

import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

from adapters.threads import Threads

Resolver: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a name for a port, the best first; raises `OSError` where there are none."""

THREADS: Final = 8
"""Names that are looked up at a time."""


class SystemNames:
    """Asks the system, as all programs of the machine do, in threads of its own.

    Those of the event loop look up names too, of the database for one, and a name of a user's may take long.
    """

    def __init__(self) -> None:
        self._threads = Threads(THREADS, "names")

    async def __call__(self, name: str, port: int) -> Sequence[str]:
        """See `Resolver`."""
        addresses: Sequence[str] = await self._threads.run(_addresses, name, port)
        return addresses


def _addresses(name: str, port: int) -> Sequence[str]:
    return [str(address[0]) for *_, address in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]
