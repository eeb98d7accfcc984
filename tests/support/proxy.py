"""A way to a server that a test can cut, close, stall and open again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

Streams: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Proxy:
    """Passes on what comes to a port of this machine; `port` stays the same when it is closed and opened again."""

    def __init__(self, reach: Callable[[], Awaitable[Streams]]) -> None:
        self._reach = reach
        self._flowing = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._transports: set[asyncio.WriteTransport] = set()
        self.port = 0
        self.flow()

    async def open(self) -> None:
        """Take connections."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse connections, and cut those that there are."""
        if self._server is not None:
            self._server.close()
        for transport in self._transports:
            transport.abort()
        self._transports.clear()

    def stall(self) -> None:
        """Hold on to what comes from now on, on connections that stay open."""
        self._flowing.clear()

    def flow(self) -> None:
        """Let it pass again, what was held too."""
        self._flowing.set()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await self._reach()
        self._transports |= {writer.transport, there_writer.transport}
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._copy(reader, there_writer))
            tasks.create_task(self._copy(there_reader, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1 << 16):
                await self._flowing.wait()
                writer.write(data)
        except ConnectionError:
            pass
        writer.close()


@asynccontextmanager
async def proxied(reach: Callable[[], Awaitable[Streams]]) -> AsyncIterator[Proxy]:
    """An open proxy to what `reach` connects to; closed after the block."""
    proxy = Proxy(reach)
    await proxy.open()
    try:
        yield proxy
    finally:
        await proxy.close()
