"""A worker that has its hands full, and requests to it byte by byte."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from graph.execution.admission import OVERLOADED
from resolvers.services import Services
from tests.support.api import Person, bearer
from tests.support.waiting import eventually

ME = b'{"query": "{ me { id } }"}'
WORKSPACES = "{ workspaces { id } }"
REFUSED = {"errors": [{"message": OVERLOADED, "extensions": {"code": "UNAVAILABLE"}}]}


@asynccontextmanager
async def one_at_work(services: Services, http: httpx.AsyncClient, person: Person) -> AsyncIterator[None]:
    """While the block runs the only connection is taken, and an operation waits for it; then that one is answered."""
    async with services.database.unit():
        waiting = asyncio.create_task(http.post("/graphql", json={"query": WORKSPACES}, headers=bearer(person)))
        await eventually(lambda: services.database.waiting == 1)
        yield
    assert (await waiting).json() == {"data": {"workspaces": []}}


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes, *more: bytes) -> bytes:
    """The answer to one request on a connection that stays."""
    headers = b"\r\n".join(
        [b"Host: localhost", b"Content-Type: application/json", b"Content-Length: %d" % len(body), *more]
    )
    writer.write(b"POST /graphql HTTP/1.1\r\n" + headers + b"\r\n\r\n" + body)
    head = await reader.readuntil(b"\r\n\r\n")
    [length] = [int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")]
    return head + await reader.readexactly(length)
