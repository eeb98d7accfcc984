"""How responses are written: each with as few writes as it can be, for every one costs a call of the kernel."""

import asyncio
from typing import Any

import pytest

from resolvers.services import Services
from server.http_protocol import HttpProtocol
from server.settings import Settings
from tests.support.raw import post, raw
from tests.support.sockets import served

ME = b'{"query":"{ me { id } }"}'
ANSWER = b'{"data":{"me":null}}'


class _Noted:
    """A transport that notes what is written to it."""

    def __init__(self, transport: asyncio.Transport, writes: list[bytes]) -> None:
        self._transport = transport
        self._writes = writes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        self._writes.append(data)
        self._transport.write(data)

    def writelines(self, parts: tuple[bytes, ...]) -> None:
        self._writes.append(b"".join(parts))
        self._transport.writelines(parts)


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What servers write that start from now on."""
    writes: list[bytes] = []

    class Noting(HttpProtocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
            super().connection_made(_Noted(transport, writes))  # type: ignore[arg-type]  # it is one in all it does

    monkeypatch.setattr("server.protocols.HttpProtocol", Noting)
    return writes


async def test_a_response_is_one_write(settings: Settings, services: Services, writes: list[bytes]) -> None:
    async with served(settings, services, with_bus=False) as address, raw(address) as line:
        for _ in range(2):
            await line.send(post(ME))
            assert (await line.reply()).body == ANSWER

    assert [(each[:15], each.endswith(b"\r\n\r\n" + ANSWER)) for each in writes] == [(b"HTTP/1.1 200 OK", True)] * 2


async def test_a_response_without_a_body_is_written_too(settings: Settings, services: Services) -> None:
    async with served(settings, services, with_bus=False) as address, raw(address) as line:
        await line.send(b"HEAD /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head = await line.head()
        await line.send(post(ME))
        reply = await line.reply()

    assert head.startswith("HTTP/1.1 200 OK\r\n")
    assert (reply.status, reply.body) == (200, ANSWER)
