"""A table, two served applications on one database, and people with their sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from adapters.database import Database
from adapters.passwords import Passwords
from resolvers.services import Services
from server.services import make_services
from server.settings import Settings
from tests.support.api import Api, Person
from tests.support.catalog import add_member
from tests.support.sockets import Socket, opened, served
from tests.support.tables import MadeTable, create_records, make_table

MEMBER = "connectionId user { email } focus { tableId viewId recordId fieldId } cursor"
PRESENCE = f"""
    subscription ($channel: String!) {{
      presence(channel: $channel) {{ type channel member {{ {MEMBER} }} members {{ {MEMBER} }} }}
    }}
"""
FOCUS = "mutation ($input: FocusCellInput!) { focusCell(input: $input) { connectionId focus { recordId } } }"
BLUR = "mutation ($input: BlurCellInput) { blurCell(input: $input) { connectionId } }"
MOVE = "mutation ($input: MoveCursorInput!) { moveCursor(input: $input) { connectionId } }"


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with one field, Name."""
    return await make_table(api)


@pytest.fixture
async def record(api: Api, table: MadeTable) -> str:
    """Id of a record of the table."""
    return (await create_records(api, table, [{"Name": "Bolt"}]))[0]


@pytest.fixture
def channel(table: MadeTable) -> str:
    """The table's channel."""
    return f"table:{table.id}"


@pytest.fixture
async def guest(api: Api, table: MadeTable) -> Person:
    """Somebody who may read the table."""
    person = await api.register()
    await add_member(api, table.owner, table.workspace_id, person, "VIEWER")
    return person


@pytest.fixture
async def address(settings: Settings, services: Services) -> AsyncIterator[str]:
    """Where the application is served."""
    async with served(settings, services) as address:
        yield address


@pytest.fixture
async def elsewhere(settings: Settings, database: Database, passwords: Passwords) -> AsyncIterator[str]:
    """Where it is served by another process's services, on the same database."""
    services = make_services(settings, database)
    services.passwords = passwords
    async with served(settings, services) as address:
        yield address


class Follower:
    """A socket that is in a channel; `id` is its own connection's."""

    def __init__(self, socket: Socket, operation: str, state: dict[str, Any]) -> None:
        self.socket = socket
        self.operation = operation
        self.state = state
        self.id: str = state["member"]["connectionId"]
        self._answers: dict[str, Any] = {}
        self._events: list[dict[str, Any]] = []

    async def event(self) -> dict[str, Any]:
        """The next event."""
        while not self._events:
            await self._take()
        return self._events.pop(0)

    async def until(self, type: str) -> dict[str, Any]:
        """The next event of a type."""
        while (event := await self.event())["type"] != type:
            pass
        return event

    async def run(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The payload of a message that answers an operation over this socket."""
        id = f"run{len(self._answers)}"
        self._answers[id] = None
        payload = {"query": document, "variables": variables}
        await self.socket.send({"id": id, "type": "subscribe", "payload": payload})
        while self._answers[id] is None:
            await self._take()
        return self._answers[id]

    async def focus(self, table: MadeTable, **cell: Any) -> dict[str, Any]:
        """focusCell."""
        return await self.run(FOCUS, {"input": {"tableId": str(table.id), **cell}})

    async def move(self, channel: str, cursor: Any) -> dict[str, Any]:
        """moveCursor."""
        return await self.run(MOVE, {"input": {"channel": channel, "cursor": cursor}})

    async def _take(self) -> None:
        message = await self.socket.receive()
        if message["type"] == "complete":
            return
        assert message["type"] == "next", message
        if message["id"] in self._answers:
            self._answers[message["id"]] = message["payload"]
        else:
            assert message["id"] == self.operation, message
            self._events.append(message["payload"]["data"]["presence"])


async def join(socket: Socket, channel: str) -> Follower:
    """Subscribe to a channel over a socket that is initialised, and take the state."""
    id = await socket.subscribe(PRESENCE, {"channel": channel})
    return Follower(socket, id, (await socket.next(id))["presence"])


@asynccontextmanager
async def present(address: str, person: Person, channel: str) -> AsyncIterator[Follower]:
    """A person in a channel, over a socket of its own."""
    async with opened(address) as socket:
        await socket.initialise(person)
        yield await join(socket, channel)
