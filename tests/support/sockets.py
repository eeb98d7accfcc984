"""A served application and a client of its WebSocket, both in this process; the client speaks the bare protocol."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from itertools import count
from typing import Any, Self

import orjson
import pytest
import uvicorn
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from resolvers.services import Services
from server.app import create_app
from server.protocols import ServerConfig
from server.settings import Settings
from tests.support.api import Person, bearer

PROTOCOL = "graphql-transport-ws"
SECONDS = 60
"""How long anything may take before the test gives up."""


class BareServer(uvicorn.Server):
    """uvicorn that leaves the signals to the tests, and says when it is `ready`."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def served(settings: Settings, services: Services, *, with_bus: bool = True, port: int = 0) -> AsyncIterator[str]:
    """The address, `127.0.0.1:PORT`, of the application over these services."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, object]]:
        async with AsyncExitStack() as stack:
            if with_bus:
                await stack.enter_async_context(services.bus.running())
            await stack.enter_async_context(services.streams.running())
            await stack.enter_async_context(services.presence.running())
            await stack.enter_async_context(app.state.telemetry.running())
            yield app.state.shared

    listener = socket.create_server(("127.0.0.1", port))
    config = ServerConfig(create_app(settings, services, lifespan), settings, timeout_graceful_shutdown=5)
    server = BareServer(config)
    serving = asyncio.create_task(server.serve([listener]))
    await server.ready.wait()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


class Socket:
    """One socket. What is received is decoded; nothing is answered by itself."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self._ids = count(1)

    async def send(self, message: Mapping[str, Any] | str | bytes) -> None:
        """Send a message, or any text or bytes as they are."""
        await self.connection.send(orjson.dumps(message).decode() if isinstance(message, Mapping) else message)

    async def receive(self) -> dict[str, Any]:
        """The next message."""
        async with asyncio.timeout(SECONDS):
            message: dict[str, Any] = orjson.loads(await self.connection.recv())
        return message

    async def initialise(self, person: Person | None = None, payload: Mapping[str, Any] | None = None) -> Self:
        """Make oneself known, and wait until that is acknowledged."""
        await self.send({"type": "connection_init", "payload": payload or (bearer(person) if person else {})})
        assert await self.receive() == {"type": "connection_ack"}
        return self

    async def subscribe(self, query: str, variables: Mapping[str, Any] | None = None, id: str | None = None) -> str:
        """Begin an operation; its id."""
        id = id or f"op{next(self._ids)}"
        plain = {
            key: value if isinstance(value, int | list | dict | None) else str(value)
            for key, value in (variables or {}).items()
        }
        await self.send({"id": id, "type": "subscribe", "payload": {"query": query, "variables": plain}})
        return id

    async def next(self, id: str) -> dict[str, Any]:
        """The data of the next message, which must be a result of this operation without errors."""
        message = await self.receive()
        assert (message["type"], message["id"]) == ("next", id), message
        assert "errors" not in message["payload"], message
        data: dict[str, Any] = message["payload"]["data"]
        return data

    async def event(self, id: str) -> dict[str, Any]:
        """The next event of a subscription to `recordEvents`."""
        event: dict[str, Any] = (await self.next(id))["recordEvents"]
        return event

    async def end(self, id: str) -> None:
        """End an operation, and take what it has sent until the server knew; nothing else may arrive meanwhile."""
        await self.send({"id": id, "type": "complete"})
        await self.send({"type": "ping"})
        while (message := await self.receive())["type"] != "pong":
            assert message["id"] == id, message

    async def refusal(self, id: str) -> dict[str, Any]:
        """The one error that ends this operation, as the next message."""
        message = await self.receive()
        assert (message["type"], message["id"]) == ("error", id), message
        [error] = message["payload"]
        return error

    async def closed(self) -> tuple[int, str]:
        """Code and reason of the close, which must come before any other message."""
        async with asyncio.timeout(SECONDS):
            with pytest.raises(ConnectionClosed) as raised:
                await self.connection.recv()
        close = raised.value.rcvd
        assert close is not None
        return close.code, close.reason


@asynccontextmanager
async def opened(
    address: str, *, protocol: str | None = PROTOCOL, headers: Mapping[str, str] | None = None
) -> AsyncIterator[Socket]:
    """An open socket that has said nothing yet."""
    options: dict[str, Any] = {
        "subprotocols": [Subprotocol(protocol)] if protocol else None,
        "additional_headers": headers,
    }
    unlimited: dict[str, Any] = {"max_size": None, "compression": None, "close_timeout": 1}
    async with connect(f"ws://{address}/graphql", **options, **unlimited) as connection:
        yield Socket(connection)
