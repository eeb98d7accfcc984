"""Servers that requests are sent to in tests: each does to its connections what a test says, and notes what came."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Behaviour = Callable[["Target", asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Target:
    """A server that runs: its port, and the requests that it got, whole."""

    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    sent: int = 0

    def url(self, host: str = "hook.test", path: str = "/in", scheme: str = "http") -> str:
        """An address of it."""
        return f"{scheme}://{host}:{self.port}{path}"


def answering(status: str = "200 OK", body: bytes = b"", *headers: str) -> Behaviour:
    """Answers always the same."""

    async def behave(target: Target, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)

    return behave


@asynccontextmanager
async def serving(behaviour: Behaviour, context: ssl.SSLContext | None = None) -> AsyncIterator[Target]:
    """A server on a port of 127.0.0.1 that lives as long as the block."""
    target, tasks = Target(), set[asyncio.Task[None]]()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())  # type: ignore[arg-type]
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                target.requests.append(await _request(reader))
                await behaviour(target, writer)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    target.port = server.sockets[0].getsockname()[1]
    try:
        yield target
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    return head + await reader.readexactly(int(lengths[0].split(b":")[1]) if lengths else 0)
