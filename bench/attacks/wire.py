"""The attackers' side of HTTP and WebSocket: what they send, and a tally of what becomes of it."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from bench.frames import CLOSE, PING, PONG, frame, handshake, payload_of
from bench.listener import PROTOCOL
from bench.requests import graphql

PAUSE: Final = 0.01
"""Seconds between two requests of a connection at least: an attacker that burns a core would be the load itself."""
CONNECTIONS: Final = 2
_CODE: Final = re.compile(rb'"code":"([A-Z_]+)"')
_LENGTH: Final = re.compile(rb"content-length: (\d+)")
GONE: Final = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, RuntimeError)
"""What tells that the server has closed the connection; the last one is uvloop's."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to attack: a server, tokens of some of its users, and a table that they may see."""

    port: int
    tokens: Sequence[str]
    table: str
    base: str


@dataclass(slots=True)
class Tally:
    """What became of it: how often each status with its code, or each close code, came."""

    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def faults(self) -> Mapping[str, int]:
        """What must not come: errors of the server other than that it is busy, and sockets that were cut off."""
        return {name: count for name, count in self.outcomes.items() if _is_fault(name)}


def _is_fault(name: str) -> bool:
    is_broken = name.startswith("5") and not name.startswith("503")
    return is_broken or "INTERNAL_ERROR" in name or name in ("close 1006", "close 1011", "close 4500")


Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


@asynccontextmanager
async def connected(target: Target) -> AsyncIterator[tuple[Reader, Writer]]:
    """A connection, which is cut off at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port, limit=1 << 20)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


def asked(target: Target, number: int, document: str, variables: Mapping[str, Any] | None = None) -> bytes:
    """A GraphQL request of one of the users, who take turns."""
    return graphql(target.tokens[number % len(target.tokens)], document, variables or {})


async def flood(target: Target, tally: Tally, requests: Iterator[bytes], connections: int = CONNECTIONS) -> None:
    """Send requests for ever, each connection the next one when it has the answer."""
    await asyncio.gather(*(_keep_asking(target, tally, requests) for _ in range(connections)))


async def _keep_asking(target: Target, tally: Tally, requests: Iterator[bytes]) -> None:
    while True:
        try:
            async with connected(target) as (reader, writer):
                while True:
                    writer.write(next(requests))
                    tally.outcomes[await answered(reader)] += 1
                    await asyncio.sleep(PAUSE)
        except GONE:
            tally.outcomes["closed"] += 1
            await asyncio.sleep(PAUSE)


async def answered(reader: Reader) -> str:
    """The status of the next answer, with the code of its first error."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    body = await reader.readexactly(int(length[1])) if length else b""
    code = _CODE.search(body)
    return head[9:12].decode() + (f" {code[1].decode()}" if code else "")


class Socket:
    """One open WebSocket; what it gets is thrown away but for pings, and the code of the close is tallied."""

    def __init__(self, reader: Reader, writer: Writer, tally: Tally) -> None:
        self.writer = writer
        self._reader = reader
        self._tally = tally

    async def send(self, *messages: Mapping[str, Any] | bytes) -> None:
        """Send messages, or frames as they are."""
        self.writer.write(b"".join(each if isinstance(each, bytes) else frame(orjson.dumps(each)) for each in messages))
        await self.writer.drain()

    async def listen(self) -> None:
        """Read until the server closes it."""
        data = b""
        with suppress(*GONE):
            while chunk := await self._reader.read(1 << 16):
                data = self._take(data + chunk)
                if data is None:
                    return
        self._tally.outcomes["close 1006"] += 1

    def _take(self, data: bytes) -> Any:
        while (span := payload_of(data, 0)) is not None:
            payload, opcode = data[span[0] : span[1]], data[0] & 0x0F
            if opcode == CLOSE:
                self._tally.outcomes[f"close {int.from_bytes(payload[:2], 'big')}"] += 1
                return None
            if opcode == PING:
                self.writer.write(frame(payload, PONG))
            elif code := _CODE.search(payload):
                self._tally.outcomes[f"message {code[1].decode()}"] += 1
            data = data[span[1] :]
        return data


@asynccontextmanager
async def opened(target: Target, tally: Tally, number: int) -> AsyncIterator[Socket]:
    """A socket of one of the users, initialised."""
    async with connected(target) as (reader, writer):
        writer.write(handshake("/graphql", PROTOCOL))
        await reader.readuntil(b"\r\n\r\n")
        socket = Socket(reader, writer, tally)
        token = target.tokens[number % len(target.tokens)]
        await socket.send({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}})
        yield socket
