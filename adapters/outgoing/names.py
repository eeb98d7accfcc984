"""Which addresses a name has."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

Resolver: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a name for a port, the best first; raises `OSError` where there are none."""


async def resolve(name: str, port: int) -> Sequence[str]:
    """By the system, as all programs of the machine do."""
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]
