"""Connections that lead to allowed addresses only.

The name is looked up once, here, each address is checked, and the connection is made to that very address, so that
there is no second answer of DNS that could be another one (rebinding). Encryption goes on with the name.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Final

import httpcore2

from adapters.outgoing.addresses import may_go_to
from adapters.outgoing.faults import SHOWN, TO_ALLOW, Failure, TargetFailed, TargetRefused
from adapters.outgoing.names import Resolver
from adapters.outgoing.rules import Rules

MAX_ADDRESSES: Final = 4
"""Addresses of a name that are tried."""


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Makes the connections of a pool."""

    def __init__(self, rules: Rules, resolver: Resolver) -> None:
        self._rules = rules
        self._resolver = resolver
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the name that httpcore2 passes it by
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection to the first allowed address that takes it."""
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._allowed(host, port)
                return await self._first(addresses, port, local_address, socket_options)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(f"{host} takes no connection") from error

    async def _allowed(self, host: str, port: int) -> Sequence[str]:
        try:
            found = await self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise TargetFailed(f"{host[:SHOWN]} has no address.", Failure.NAME) from error
        allowed = [address for address in dict.fromkeys(found) if may_go_to(address, self._rules.networks)]
        if not allowed:
            reason = f"{host[:SHOWN]} does not lead to a public address, and no other is allowed. {TO_ALLOW}"
            raise TargetRefused(reason)
        return allowed[:MAX_ADDRESSES]

    async def _first(
        self, addresses: Sequence[str], port: int, local_address: str | None, options: Iterable[Any] | None
    ) -> httpcore2.AsyncNetworkStream:
        *others, last = addresses
        for address in others:
            try:
                return await self._inner.connect_tcp(address, port, None, local_address, options)
            except httpcore2.ConnectError:
                continue
        return await self._inner.connect_tcp(last, port, None, local_address, options)
