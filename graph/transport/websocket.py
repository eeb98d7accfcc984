"""GraphQL over WebSocket: one conversation in the graphql-transport-ws protocol for each socket.

Every operation is a task of the conversation, and sends its results itself: while the socket takes no more, the task
stands still, and with it the reading of what it would send. So nothing is queued here for a slow client.
"""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

from starlette.types import Receive, Scope, Send

from domain.errors import DomainError, RateLimited, Unavailable
from graph.errors import describe
from graph.execution.engine import error_body
from graph.execution.streams import Streams
from graph.transport.http import client_of, header_text
from graph.transport.messages import (
    ACKNOWLEDGED,
    PROTOCOL,
    ClientMessage,
    Complete,
    ConnectionInit,
    Malformed,
    Ping,
    Pong,
    Subscribe,
    complete_message,
    error_message,
    next_message,
    pong_message,
    read_message,
)
from graph.transport.report import report_of
from resolvers.authentication import Credentials, authenticate
from resolvers.context import RequestContext
from resolvers.services import Services

MAX_REASON_BYTES = 123
"""What a close frame has room for."""


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """Numbers that bound one socket: seconds until it must be initialised, bytes of a message, operations at a time."""

    init_seconds: float
    max_message_bytes: int
    max_operations: int


class _Closing(Exception):
    """The server has a reason to close the socket."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")


class _Gone(Exception):
    """There is nobody to send to any more."""


class GraphQLSocketEndpoint:
    """The ASGI application of `/graphql` for WebSockets."""

    def __init__(self, streams: Streams, services: Services, limits: SocketLimits) -> None:
        self._streams = streams
        self._services = services
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold one conversation, from the handshake to the close."""
        message = await receive()
        if message["type"] != "websocket.connect":
            return
        accepted = PROTOCOL if PROTOCOL in scope["subprotocols"] else None
        await send({"type": "websocket.accept", "subprotocol": accepted})
        conversation = _Conversation(self._streams, self._services, self._limits, scope, receive, send)
        await conversation.hold(is_understood=accepted is not None)


class _Conversation:
    """One open socket."""

    def __init__(
        self, streams: Streams, services: Services, limits: SocketLimits, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._streams = streams
        self._services = services
        self._limits = limits
        self._receive = receive
        self._send_message = send
        self._headers: Mapping[bytes, bytes] = dict(scope["headers"])
        self._client = client_of(scope, self._headers, report_of(scope))
        self._credentials: Credentials | None = None
        """None until the conversation is initialised."""
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        """Those of the operations, and of operations that are being cancelled."""

    async def hold(self, *, is_understood: bool) -> None:
        """Take messages until the client leaves or there is a reason to close; no task outlives the conversation."""
        try:
            if not is_understood:
                raise _Closing(4406, "Subprotocol not acceptable")
            await self._initialise()
            while True:
                await self._take(await self._next())
        except _Gone:
            pass
        except Exception as error:  # whatever it is, the client is told, and no details of what it should not know
            await self._stop()
            await self._close(self._closing(error))
        finally:
            await self._stop()

    def _closing(self, error: Exception) -> _Closing:
        if isinstance(error, _Closing):
            return error
        message, extensions = describe(error, str(error), self._client.request_id)
        return _Closing(1013 if extensions["code"] == Unavailable.code else 4500, message)

    async def _initialise(self) -> None:
        try:
            async with asyncio.timeout(self._limits.init_seconds) as deadline:
                while self._credentials is None:
                    await self._take(await self._next())
        except TimeoutError:
            if not deadline.expired():
                raise
            raise _Closing(4408, "Connection initialisation timeout") from None

    async def _next(self) -> ClientMessage:
        received = await self._receive()
        if received["type"] != "websocket.receive":
            raise _Gone
        text = received.get("text")
        if text is None:
            raise _Closing(4400, "Invalid message: the protocol has no binary ones")
        if len(text) > self._limits.max_message_bytes or len(text.encode()) > self._limits.max_message_bytes:
            raise _Closing(1009, f"A message has at most {self._limits.max_message_bytes} bytes")
        try:
            return read_message(text)
        except Malformed as error:
            raise _Closing(4400, f"Invalid message: {error}") from error

    async def _take(self, message: ClientMessage) -> None:
        match message:
            case ConnectionInit(payload=payload):
                await self._acknowledge(payload)
            case Ping(payload=payload):
                await self._send(pong_message(payload))
            case Subscribe():
                await self._begin(message)
            case Complete(id=id):
                self._end(id)
            case Pong():
                pass

    async def _acknowledge(self, payload: Mapping[str, Any]) -> None:
        if self._credentials is not None:
            raise _Closing(4429, "Too many initialisation requests")
        credentials = _credentials(payload, self._headers)
        try:
            await authenticate(self._services, credentials, self._client)
        except DomainError as error:
            if isinstance(error, Unavailable):
                raise
            raise _Closing(4403, f"Forbidden: {error.message}") from error
        self._credentials = credentials
        await self._send(ACKNOWLEDGED)

    async def _begin(self, subscribe: Subscribe) -> None:
        credentials, most = self._credentials, self._limits.max_operations
        if credentials is None:
            raise _Closing(4401, "Unauthorized")
        if subscribe.id in self._operations:
            raise _Closing(4409, f"Subscriber for {subscribe.id} already exists")
        if len(self._tasks) >= most:
            error = RateLimited(f"{most} operations run on this socket, which is the most; end one first.")
            await self._send(error_message(subscribe.id, error_body(error, self._client.request_id)))
            return
        task = asyncio.create_task(self._operate(subscribe, credentials))
        self._operations[subscribe.id] = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _end(self, id: str) -> None:
        """Stop an operation; one that is over already, or never was, is nothing to wonder at."""
        task = self._operations.pop(id, None)
        if task is not None:
            task.cancel()

    async def _operate(self, subscribe: Subscribe, credentials: Credentials) -> None:
        """Run an operation and send what it answers. The id is free again before the client can know that it is."""
        try:
            ending = await self._run(subscribe, credentials)
        except Exception as error:  # whatever it is, the client gets an answer without its details
            ending = error_message(subscribe.id, error_body(error, self._client.request_id))
        self._operations.pop(subscribe.id, None)
        with suppress(_Gone):  # the conversation ends by itself
            await self._send(ending)

    async def _run(self, subscribe: Subscribe, credentials: Credentials) -> str:
        """Send the results of an operation; returns the message that ends it."""
        # Credentials may have come to their end since the socket was opened.
        viewer = await authenticate(self._services, credentials, self._client)
        context = RequestContext(self._services, viewer, self._client)
        async with aclosing(self._streams.answers(subscribe.request, context)) as answers:
            async for answer in answers:
                if not answer.executed:
                    return error_message(subscribe.id, answer.body)
                await self._send(next_message(subscribe.id, answer.body))
        return complete_message(subscribe.id)

    async def _send(self, text: str) -> None:
        try:
            await self._send_message({"type": "websocket.send", "text": text})
        except OSError as error:
            raise _Gone from error

    async def _close(self, closing: _Closing) -> None:
        with suppress(OSError):  # the client was quicker
            await self._send_message({"type": "websocket.close", "code": closing.code, "reason": closing.reason})

    async def _stop(self) -> None:
        """Cancel what runs, and wait until it has given back what it holds."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)


def _credentials(payload: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> Credentials:
    """What the payload of the first message brings; what the request of the handshake brought when that is nothing."""
    sent = {key.lower(): value for key, value in payload.items() if value is not None}
    authorization, api_key = sent.get("authorization"), sent.get("x-api-key")
    if not isinstance(authorization, str | None) or not isinstance(api_key, str | None):
        raise _Closing(4400, "Invalid message: 'Authorization' and 'X-API-Key' are strings")
    if authorization is None and api_key is None:
        return Credentials(header_text(headers, b"authorization"), header_text(headers, b"x-api-key"))
    return Credentials(authorization, api_key)
