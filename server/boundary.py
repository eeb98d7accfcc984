"""The outermost layer of every HTTP request: its id, its one line in the log, its numbers, and the last resort."""

from time import perf_counter
from typing import Literal

import orjson
import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import Unavailable
from graph.errors import describe
from graph.transport.report import HEADER, Report, report_of
from server.metrics import Metrics

logger = structlog.get_logger("tablegraph.access")

AccessLog = Literal["all", "errors", "off"]


class Boundary:
    """ASGI middleware. It costs every request, so it does no more than it must."""

    def __init__(self, app: ASGIApp, metrics: Metrics, access_log: AccessLog) -> None:
        self._app = app
        self._metrics = metrics
        self._least_status = {"all": 0, "errors": 400, "off": 1000}[access_log]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request on; anything else goes through untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        report = report_of(scope)
        reply = _Reply(send, report.request_id)
        bound = structlog.contextvars.bind_contextvars(request_id=report.request_id)
        self._metrics.begun()
        try:
            await self._app(scope, receive, reply.send)
        except Exception as error:  # whatever it is, the client gets an answer without its details
            await reply.fail(error, report)
        finally:
            self._finish(scope, report, reply.status, perf_counter() - started)
            structlog.contextvars.reset_contextvars(**bound)

    def _finish(self, scope: Scope, report: Report, status: int, seconds: float) -> None:
        code = report.code or (str(status) if status else "disconnected")
        self._metrics.answered(report.operation or "none", code, seconds)
        if status >= self._least_status or (report.code not in (None, "OK") and self._least_status < 1000):
            logger.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                operation=report.operation,
                code=code,
                ms=round(seconds * 1000, 2),
            )


class _Reply:
    """The way back to the client: notes the status and adds the request id to the headers."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._header = (HEADER, request_id.encode("ascii"))
        self.status = 0
        """0 until the answer has begun: then the client has gone or the server is being stopped."""

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], self._header]
        await self._send(message)

    async def fail(self, error: Exception, report: Report) -> None:
        """Answer for a request whose handling failed; an answer that has begun is cut off instead."""
        message, extensions = describe(error, str(error), report.request_id)
        report.code = extensions["code"]
        if self.status:
            raise error
        status = 503 if report.code == Unavailable.code else 500
        body = orjson.dumps({"errors": [{"message": message, "extensions": extensions}]})
        headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})
