"""A bare TCP connection to a served application: sends any bytes, at any pace, and reads whatever comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson

SECONDS = 20
"""How long anything may take before the test gives up."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One response; `codes` are those of its errors."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def codes(self) -> list[str]:
        """`extensions.code` of each error; the body must be well-formed."""
        assert self.headers["content-type"] == "application/json; charset=utf-8"
        body: Any = orjson.loads(self.body)
        assert list(body) == ["errors"]
        assert all(isinstance(error["message"], str) for error in body["errors"])
        return [error["extensions"]["code"] for error in body["errors"]]


class Line:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def send(self, *parts: bytes) -> None:
        """Send the parts, each by itself; what the other side does not take any more is left out."""
        for part in parts:
            try:
                self.writer.write(part)
                await self.writer.drain()
            except ConnectionError:
                return

    async def head(self) -> str:
        """The first line of the next response and its headers."""
        async with asyncio.timeout(SECONDS):
            return (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")

    async def reply(self) -> Reply:
        """The next response, which must have a length."""
        first, *lines = (await self.head()).split("\r\n")[:-2]
        async with asyncio.timeout(SECONDS):
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            body = await self._reader.readexactly(int(headers["content-length"]))
        return Reply(int(first.split()[1]), headers, body)

    async def exactly(self, size: int) -> bytes:
        """So many bytes; raises `IncompleteReadError` or `ConnectionError` where the other side ends before."""
        async with asyncio.timeout(SECONDS):
            return await self._reader.readexactly(size)

    async def rest(self) -> bytes:
        """All that comes until the other side has closed its half, or reset the connection."""
        async with asyncio.timeout(SECONDS):
            try:
                return await self._reader.read()
            except ConnectionError:
                return b""


@asynccontextmanager
async def raw(address: str) -> AsyncIterator[Line]:
    """An open connection that has said nothing yet."""
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=16 << 20)
    try:
        yield Line(reader, writer)
    finally:
        writer.transport.abort()


def post(body: bytes = b"", *headers: str, path: str = "/graphql", length: int | None = None) -> bytes:
    """A request by POST; `length` is what it declares where that is not the truth, and -1 declares none."""
    declared = [] if length == -1 else [f"Content-Length: {len(body) if length is None else length}"]
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json", *declared, *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
