"""Clients of the servers: operations over HTTP, and streams of a table's events over WebSocket."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

SECONDS = 30
"""How long an answer may take: longer than any lock is held and any statement may run."""
RETRIABLE_CODES = frozenset({"UNAVAILABLE"})
RETRIABLE_CLOSES = frozenset({1001, 1006, 1011, 1012, 1013, 4410})
"""Going away, gone without a word, no answer to a ping, restarting, try again later, too slow."""
EVENTS = """
    subscription ($table: ID!, $filter: RecordFilter, $types: [RecordEventType!], $after: String) {
      recordEvents(tableId: $table, filter: $filter, types: $types, after: $after) {
        cursor type isFilterTransition recordId previous changedFields mutationId at actor { id }
        record { id revision fields }
      }
    }
"""
_CURSOR = "query ($table: ID!) { records(tableId: $table) { eventCursor } }"


class Refused(Exception):
    """The server answered with an error; `code` is its first one's."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(str(errors)[:500])
        self.code: str = errors[0]["extensions"]["code"]


class Unanswered(Exception):
    """No answer: the server is not there, went away meanwhile, or says to try again. What was sent may be done."""


class Client:
    """A user's operations over HTTP; `headers` sign them."""

    def __init__(self) -> None:
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        self._http = httpx.AsyncClient(timeout=SECONDS, limits=limits)
        self.headers: dict[str, str] = {}

    async def execute(self, address: str, document: str, variables: Mapping[str, Any]) -> Any:
        """The data of an operation; raises `Refused` or `Unanswered`."""
        content = orjson.dumps({"query": document, "variables": variables})
        headers = {"Content-Type": "application/json", **self.headers}
        try:
            response = await self._http.post(f"http://{address}/graphql", content=content, headers=headers)
            answer = orjson.loads(response.content)
        except (httpx.TransportError, orjson.JSONDecodeError) as error:
            raise Unanswered(repr(error)) from error
        if "errors" not in answer:
            return answer["data"]
        refused = Refused(answer["errors"])
        if refused.code in RETRIABLE_CODES:
            raise Unanswered(str(refused)) from refused
        raise refused

    async def cursor(self, address: str, table_id: str) -> str:
        """The event cursor of this moment: a stream that follows it has no beginning that could be late."""
        cursor: str = (await self.execute(address, _CURSOR, {"table": table_id}))["records"]["eventCursor"]
        return cursor

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


class Stream:
    """One subscription, which has one root field, on a socket of its own."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def begin(self, headers: Mapping[str, str], document: str, variables: Mapping[str, Any]) -> None:
        """Initialise the socket and subscribe; raises as `event` does."""
        await self._send({"type": "connection_init", "payload": dict(headers)})
        await self._receive()  # the acknowledgement, or the close
        await self._send({"type": "subscribe", "id": "1", "payload": {"query": document, "variables": dict(variables)}})

    async def event(self) -> dict[str, Any]:
        """The next event; raises `Refused` when the stream has ended with an error, `Unanswered` when it may resume."""
        while True:
            message = await self._receive()
            match message["type"]:
                case "next":
                    event: dict[str, Any]
                    [event] = message["payload"]["data"].values()
                    return event
                case "error":
                    refused = Refused(message["payload"])
                    raise Unanswered(str(refused)) if refused.code in RETRIABLE_CODES else refused
                case "complete":
                    raise Unanswered("completed")

    async def _receive(self) -> dict[str, Any]:
        try:
            message: dict[str, Any] = orjson.loads(await self._connection.recv())
        except WebSocketException as error:
            raise self._closed() from error
        return message

    @property
    def close_code(self) -> int:
        """The code with which the socket was closed; 1006 where it broke."""
        return self._connection.close_code or 1006

    def _closed(self) -> Exception:
        code, reason = self.close_code, self._connection.close_reason
        if code in RETRIABLE_CLOSES:
            return Unanswered(f"closed with {code} {reason}")
        return Refused([{"message": reason, "extensions": {"code": f"CLOSED_{code}"}}])

    async def leave(self) -> None:
        """End the subscription and the socket, as the protocol has it."""
        await self._send({"type": "complete", "id": "1"})
        await self._connection.close()

    def cut(self) -> None:
        """Drop the connection at once, whatever is under way on it."""
        self._connection.transport.abort()

    async def _send(self, message: Mapping[str, Any]) -> None:
        try:
            await self._connection.send(orjson.dumps(message).decode())
        except WebSocketException as error:
            raise self._closed() from error


@asynccontextmanager
async def streaming(
    address: str, headers: Mapping[str, str], document: str = EVENTS, **variables: Any
) -> AsyncIterator[Stream]:
    """A stream that has begun; raises `Unanswered` when nobody takes the connection."""
    options: dict[str, Any] = {"max_size": None, "compression": None, "close_timeout": 1, "ping_interval": None}
    try:
        connection = await connect(
            f"ws://{address}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")], **options
        )
    except (OSError, WebSocketException) as error:
        raise Unanswered(repr(error)) from error
    try:
        stream = Stream(connection)
        await stream.begin(headers, document, variables)
        yield stream
    finally:
        await connection.close()
