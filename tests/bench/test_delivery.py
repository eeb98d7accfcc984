"""That the subscribers of the benchmarks count right, before a sound broadcast and before some that are not."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import orjson
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

import bench.run
from bench.broadcast import Broadcast
from bench.hall import Empty, Hall, Heard, Ready, Take
from bench.listener import Seat
from bench.requests import send
from bench.run import Run

MESSAGE = b'{"id":"1","type":"next","payload":{"data":{"text":"%s"}}}' % (b"x" * 70_000)
PUBLISH = send("POST", "/publish", MESSAGE)


class _Twice(Broadcast):
    """Sends everything two times."""

    async def publish(self, request: Request) -> Response:
        await super().publish(request)
        return await super().publish(request)


class _Forgetful(Broadcast):
    """Sends the first message only."""

    _is_done = False

    async def publish(self, request: Request) -> Response:
        is_done, self._is_done = self._is_done, True
        return Response(b"{}") if is_done else await super().publish(request)


class _Refusing(Broadcast):
    """Answers that it failed."""

    async def publish(self, request: Request) -> Response:
        return Response(orjson.dumps({"errors": []}), 500)


@asynccontextmanager
async def _served(make: Callable[[], Broadcast]) -> AsyncIterator[int]:
    """The port of a broadcast."""
    broadcast = make()
    routes = [
        WebSocketRoute("/broadcast", broadcast.join),
        Route("/publish", broadcast.publish, methods=["POST"]),
    ]
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(Starlette(routes=routes), ws="websockets-sansio", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup([listener])
    try:
        yield listener.getsockname()[1]
    finally:
        await server.shutdown([listener])


@asynccontextmanager
async def _hall(port: int, count: int = 5) -> AsyncIterator[Hall]:
    hall = Hall()
    await Take(port, "/broadcast", [Seat()] * count).carry_out(hall)
    try:
        yield hall
    finally:
        await Empty().carry_out(hall)


async def test_burst_counts_each_message_of_each_socket() -> None:
    async with _served(Broadcast) as port, _hall(port) as hall:
        await Ready(port, PUBLISH, 1).carry_out(hall)

        outcome = await Run(port, [PUBLISH], 0.2, at_a_time=3).carry_out(hall)

    assert outcome.deliveries == 5 * len(outcome.arrivals) >= 15
    assert outcome.sample == MESSAGE
    assert hall.listeners == []


async def test_drip_writes_as_often_as_asked() -> None:
    async with _served(Broadcast) as port, _hall(port) as hall:
        outcome = await Run(port, [PUBLISH], 0.2, a_second=50).carry_out(hall)

    assert (len(outcome.answers), len(outcome.arrivals), outcome.deliveries) == (10, 10, 50)


async def test_message_that_comes_twice_is_told() -> None:
    async with _served(_Twice) as port, _hall(port) as hall:
        with pytest.raises(RuntimeError, match=r"deliveries of \d writes to 5"):
            await Run(port, [PUBLISH], 0.08, a_second=50).carry_out(hall)


async def test_message_that_is_lost_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.run, "SECONDS_TO_DRAIN", 0.3)
    async with _served(_Forgetful) as port, _hall(port) as hall:
        with pytest.raises(TimeoutError):
            await Run(port, [PUBLISH], 0.04, a_second=50).carry_out(hall)


async def test_write_that_fails_is_told() -> None:
    async with _served(_Refusing) as port, _hall(port) as hall:
        with pytest.raises(RuntimeError, match="a write failed"):
            await Run(port, [PUBLISH], 0.05).carry_out(hall)


async def test_what_is_heard_counts_from_when_all_were_ready() -> None:
    async with _served(Broadcast) as port, _hall(port) as hall:
        await Ready(port, PUBLISH, 1).carry_out(hall)
        await asyncio.gather(*(_publish(hall, port) for _ in range(3)))

        assert await Heard(15).carry_out(hall) == 15


async def _publish(hall: Hall, port: int) -> None:
    async with hall.writer(port) as writer:
        await writer.write(PUBLISH)
