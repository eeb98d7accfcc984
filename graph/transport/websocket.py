"""GraphQL over WebSocket: one conversation in the graphql-transport-ws protocol for each socket.

Every operation is a task of the conversation, and sends its results itself: while the socket takes no more, the task
stands still, and with it the reading of what it would send. So nothing is queued here for a slow client.
"""

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack, aclosing, suppress
from dataclasses import dataclass, replace
from typing import Any

from starlette.types import Receive, Scope, Send

from domain.errors import DomainError, Forbidden, RateLimited, Unauthenticated, Unavailable
from domain.ids import Kind, new_id
from graph.errors import describe
from graph.execution.documents import DocumentCache
from graph.execution.engine import Answer, Engine, Request, error_body
from graph.execution.json_text import error_json
from graph.execution.streams import Streams
from graph.transport.headers import request_headers
from graph.transport.http import client_of, header_text
from graph.transport.limits import CallerLimits, MessageRate, TransportLimits
from graph.transport.messages import (
    ACKNOWLEDGED,
    PROTOCOL,
    TOO_SLOW,
    ClientMessage,
    Complete,
    ConnectionInit,
    Malformed,
    Ping,
    Pong,
    Subscribe,
    complete_message,
    error_message,
    first_error,
    next_head,
    pong_message,
    read_message,
)
from graph.transport.origins import Origins
from graph.transport.report import report_of
from graph.trusted.documents import TrustedDocuments
from resolvers.authentication import Credentials, authenticate, seconds_left
from resolvers.context import Client, RequestContext
from resolvers.rates import count_request
from resolvers.services import Services

MAX_REASON_BYTES = 123
"""What a close frame has room for."""
FOREIGN = "Pages of this origin may not open a WebSocket here; the settings allowed_origins and cors_origins let them."
EXPIRED = "Forbidden: the access token has expired"


class _Closing(Exception):
    """The server has a reason to close the socket."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")


class _Gone(Exception):
    """There is nobody to send to any more."""


class GraphQLSocketEndpoint:
    """The ASGI application of `/graphql` for WebSockets."""

    def __init__(
        self,
        engine: Engine,
        services: Services,
        limits: TransportLimits,
        callers: CallerLimits,
        trusted: TrustedDocuments,
        origins: Origins,
    ) -> None:
        self._shared = _Shared(engine.documents, Streams(engine), services, limits, callers, trusted)
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold one conversation, from the handshake to the close."""
        message = await receive()
        if message["type"] != "websocket.connect":
            return
        if not self._origins.admit(scope["headers"]):
            await refuse_handshake(send, 403, Forbidden(FOREIGN))
            return
        accepted = PROTOCOL if PROTOCOL in scope["subprotocols"] else None
        await send({"type": "websocket.accept", "subprotocol": accepted})
        conversation = _Conversation(self._shared, scope, receive, send)
        await conversation.hold(is_understood=accepted is not None)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all sockets have in common."""

    documents: DocumentCache
    streams: Streams
    services: Services
    limits: TransportLimits
    callers: CallerLimits
    trusted: TrustedDocuments


class _Conversation:
    """One open socket."""

    def __init__(self, shared: _Shared, scope: Scope, receive: Receive, send: Send) -> None:
        self._shared = shared
        self._services = shared.services
        self._limits = shared.limits
        self._receive = receive
        self._send_message = send
        self._headers = request_headers(scope)
        self._client = client_of(scope, self._headers, report_of(scope))
        self._connection_id = new_id(Kind.CONNECTION)
        self._credentials: Credentials | None = None
        """None until the conversation is initialised."""
        self._seconds_left: float | None = None
        """From the moment that it was; None where nothing limits it beforehand."""
        self._rate = MessageRate(shared.limits.max_messages_per_minute, asyncio.get_running_loop().time)
        self._places = ExitStack()
        """Where the socket is counted."""
        self._is_closed = False
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        """Those of the operations, and of operations that are being cancelled."""

    async def hold(self, *, is_understood: bool) -> None:
        """Take messages until the client leaves or there is a reason to close; no task outlives the conversation."""
        try:
            if not is_understood:
                raise _Closing(4406, "Subprotocol not acceptable")
            await self._initialise()
            await self._converse()
        except _Gone:
            pass
        except Exception as error:  # whatever it is, the client is told, and no details of what it should not know
            await self._stop()
            await self._close(self._closing(error))
        finally:
            self._places.close()
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

    async def _converse(self) -> None:
        try:
            async with asyncio.timeout(self._seconds_left) as expiry:
                while True:
                    await self._take(await self._next())
        except TimeoutError:
            if not expiry.expired():
                raise
            raise _Closing(4403, EXPIRED) from None

    async def _next(self) -> ClientMessage:
        received = await self._receive()
        if received["type"] != "websocket.receive":
            self._services.figures.closed_slow += received.get("code") == TOO_SLOW
            raise _Gone
        text = received.get("text")
        if text is None:
            raise _Closing(4400, "Invalid message: the protocol has no binary ones")
        encoded = text.encode()
        if len(encoded) > self._limits.max_message_bytes:
            raise _Closing(1009, f"A message has at most {self._limits.max_message_bytes} bytes")
        try:
            message = read_message(encoded, self._limits.json)
        except Malformed as error:
            raise _Closing(4400, f"Invalid message: {error}") from error
        # The first message is not counted: the others may be as many as operations may run.
        if not isinstance(message, ConnectionInit) and self._rate.is_exceeded():
            most = self._limits.max_messages_per_minute
            raise _Closing(4429, f"Too many messages: at most {most} a minute are taken")
        return message

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
        self._client = _traced(self._client, payload)
        try:
            viewer = await authenticate(self._services, credentials, self._client)
            self._seconds_left = seconds_left(self._services, credentials, viewer)
            context = RequestContext(self._services, viewer, self._client, self._connection_id)
            self._places.enter_context(self._shared.callers.sockets.place(context))
        except Unavailable:
            raise
        except RateLimited as error:
            raise _Closing(4429, f"Too many sockets: {error.message}") from error
        except DomainError as error:
            raise _Closing(4403, f"Forbidden: {error.message}") from error
        self._credentials = credentials
        await self._send(ACKNOWLEDGED)

    async def _begin(self, subscribe: Subscribe) -> None:
        credentials, most = self._credentials, self._limits.max_operations
        if credentials is None:
            raise _Closing(4401, "Unauthorized")
        if subscribe.id in self._operations:
            raise _Closing(4409, f"Subscriber for {subscribe.id} already exists")
        if len(self._operations) >= most:
            message = f"{most} operations run on this socket, which is the most; end one first."
            error = RateLimited(message, quota="operations", limit=most, remaining=0)
            await self._send(error_message(subscribe.id, error_body(error, self._client.request_id)))
            return
        while len(self._tasks) >= most:  # those that the client has ended give back first what they hold
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
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
            self._operations.pop(subscribe.id, None)
            await self._send(ending)
        except _Gone:  # the conversation ends by itself
            return
        except _Closing as closing:
            await self._close(closing)

    async def _run(self, subscribe: Subscribe, credentials: Credentials) -> str:
        """Send the results of an operation; returns the message that ends it."""
        shared = self._shared
        try:
            request = shared.trusted.known(subscribe.request)
            # Credentials may have come to their end since the socket was opened.
            viewer = await authenticate(self._services, credentials, self._client)
            context = RequestContext(self._services, viewer, self._client, self._connection_id)
            await count_request(context)
            if not shared.documents.is_subscription(request.query, request.operation_name):
                return await self._send_results(subscribe.id, request, context)
            with shared.callers.subscriptions.place(context):
                return await self._send_results(subscribe.id, request, context)
        except _Gone:
            raise
        except Unauthenticated as error:
            raise _Closing(4403, f"Forbidden: {error.message}") from error
        except Exception as error:  # whatever it is, the client gets an answer without its details
            return error_message(subscribe.id, error_body(error, self._client.request_id))

    async def _send_results(self, id: str, request: Request, context: RequestContext) -> str:
        head = next_head(id)
        async with aclosing(self._shared.streams.answers(request, context)) as answers:
            async for answer in answers:
                if not answer.executed:
                    return self._failed(id, answer, context)
                await self._send(f"{head}{answer.text or answer.body.decode()}}}")
        return complete_message(id)

    def _failed(self, id: str, answer: Answer, context: RequestContext) -> str:
        """The message that ends an operation which failed; raises `_Closing` where the credentials are at fault.

        The client can do better than to give up the operation then: come back with others, and go on.
        """
        if answer.code == Unauthenticated.code and context.viewer_or_none is not None:
            raise Unauthenticated(first_error(answer.body))
        return error_message(id, answer.body)

    async def _send(self, text: str) -> None:
        if self._is_closed:
            raise _Gone
        try:
            await self._send_message({"type": "websocket.send", "text": text})
        except OSError as error:
            raise _Gone from error

    async def _close(self, closing: _Closing) -> None:
        """Close the socket, once; whoever waits for a message of the client learns of it."""
        if self._is_closed:
            return
        self._is_closed = True
        with suppress(OSError):  # the client was quicker
            await self._send_message({"type": "websocket.close", "code": closing.code, "reason": closing.reason})

    async def _stop(self) -> None:
        """Cancel what runs, and wait until it has given back what it holds."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)


async def refuse_handshake(send: Send, status: int, error: DomainError) -> None:
    """Answer a handshake with an error instead of a socket; the script of a page sees no more than that it failed."""
    body = error_json(error.message, {"code": error.code})
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})


def _traced(client: Client, payload: Mapping[str, Any]) -> Client:
    """The client with the trace that the payload of the first message names, if it does; what is no text is none."""
    parent, state = payload.get("traceparent"), payload.get("tracestate")
    if not isinstance(parent, str):
        return client
    return replace(client, trace=(parent, state if isinstance(state, str) else ""))


def _credentials(payload: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> Credentials:
    """What the payload of the first message brings; what the request of the handshake brought when that is nothing."""
    sent = {key.lower(): value for key, value in payload.items() if value is not None}
    authorization, api_key = sent.get("authorization"), sent.get("x-api-key")
    if not isinstance(authorization, str | None) or not isinstance(api_key, str | None):
        raise _Closing(4400, "Invalid message: 'Authorization' and 'X-API-Key' are strings")
    if authorization is None and api_key is None:
        return Credentials(header_text(headers, b"authorization"), header_text(headers, b"x-api-key"))
    return Credentials(authorization, api_key)
