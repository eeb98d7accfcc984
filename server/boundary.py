"""The outermost layer of every HTTP request: its id, its one line in the log, its numbers, and the last resort."""

from asyncio import CancelledError
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from time import perf_counter
from typing import Any, Final, Literal

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import Unavailable
from domain.webhooks.tokens import without_token
from graph.errors import describe
from graph.execution.json_text import error_json
from graph.transport.http_stream import CONNECTION, Connection
from graph.transport.rate_headers import rate_headers
from graph.transport.refusals import Header, status_of_code
from graph.transport.report import HEADER, Report, report_of
from graph.transport.websocket import refuse_handshake
from server.gate import RETRY_AFTER
from server.hosts import Hosts
from server.metrics import Metrics
from server.security_headers import lacking_security_headers

logger = structlog.get_logger("tablegraph.access")

AccessLog = Literal["all", "errors", "off"]
LONGEST_NAME: Final = 100
"""Letters of an operation's name in the log; clients may send any."""


class Boundary:
    """ASGI middleware. It costs every request, so it does no more than it must."""

    def __init__(self, app: ASGIApp, metrics: Metrics, access_log: AccessLog, hosts: Hosts) -> None:
        self._app = app
        self._metrics = metrics
        self._hosts = hosts
        self._least_status = {"all": 0, "errors": 400, "off": 1000}[access_log]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request on; a WebSocket is counted, and anything else goes through untouched."""
        if scope["type"] != "http":
            await self._pass_socket(scope, receive, send)
            return
        started = perf_counter()
        report = report_of(scope)
        reply = _Reply(scope, send, report)
        bound = structlog.contextvars.bind_contextvars(request_id=report.request_id)
        self._metrics.begun()
        try:
            refusal = self._hosts.refusal(scope)
            if refusal is None:
                await self._app(scope, receive, reply.send)
            else:
                report.code = refusal.code
                await reply.refuse(400, refusal.message, {"code": refusal.code})
        except Exception as error:  # whatever it is, the client gets an answer without its details
            await reply.fail(error, report)
        except CancelledError:  # the server stops, and has waited for this one as long as it may
            await reply.fail(Unavailable("The server is being stopped; try again."), report)
        finally:
            self._finish(scope, report, reply.status, perf_counter() - started)
            structlog.contextvars.reset_contextvars(**bound)

    async def _pass_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a WebSocket, or the application's life span."""
        is_socket = scope["type"] == "websocket"
        refusal = self._hosts.refusal(scope) if is_socket else None
        with self._metrics.socket_open() if is_socket else nullcontext():
            if refusal is None:
                await self._app(scope, receive, send)
            else:
                await refuse_handshake(send, 400, refusal)

    def _finish(self, scope: Scope, report: Report, status: int, seconds: float) -> None:
        code = report.code or (str(status) if status else "disconnected")
        self._metrics.answered(report.operation or "none", code, seconds)
        if status >= self._least_status or (report.code not in (None, "OK") and self._least_status < 1000):
            known = {"operation": report.operation, "name": report.name and report.name[:LONGEST_NAME]}
            logger.info(
                "request",
                method=scope["method"],
                path=without_token(scope["path"]),
                status=status,
                **{key: value for key, value in known.items() if value},
                code=code,
                ms=round(seconds * 1000, 2),
            )


class _Reply:
    """The way back to the client: notes the status, and adds the headers that every answer has."""

    def __init__(self, scope: Scope, send: Send, report: Report) -> None:
        self._scope = scope
        self._send = send
        self._report = report
        self.status = 0
        """0 until the answer has begun: then the client has gone or the server is being stopped."""

    async def send(self, message: Message) -> None:
        """Pass a message on. A body that is answered before all of it is here is not read any further."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            more: Sequence[Header] = self._more(message["headers"])
            connection: Connection | None = self._scope.get("state", {}).get(CONNECTION)
            if connection is not None:
                more = connection.begin_response(self._scope, more)
            message["headers"] = [*message["headers"], *more]
        await self._send(message)

    def _more(self, own: Sequence[Header]) -> list[Header]:
        """The headers that an answer gets beside its own."""
        report = self._report
        more = [(HEADER, report.request_id.encode("ascii")), *rate_headers(report.balances)]
        if self.status != 304:  # the browser would take them for those of what it has, which has its own
            more += lacking_security_headers(own)
        if self.status == 503 and all(name != RETRY_AFTER[0] for name, _ in own):
            more.append(RETRY_AFTER)
        return more

    async def fail(self, error: Exception, report: Report) -> None:
        """Answer for a request whose handling failed; an answer that has begun is cut off instead."""
        message, extensions = describe(error, str(error), report.request_id)
        report.code = extensions["code"]
        if self.status:
            raise error
        await self.refuse(status_of_code(extensions["code"]), message, extensions)

    async def refuse(self, status: int, message: str, extensions: Mapping[str, Any]) -> None:
        """Answer with one error."""
        body = error_json(message, extensions)
        headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})
