"""One operation whose answers are one HTTP response, sent piece by piece until there are no more or nobody is there."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import Protocol

from starlette.types import Receive, Scope, Send

from adapters.tokens import EXPIRED
from domain.errors import Unauthenticated
from graph.errors import describe
from graph.execution.json_text import error_json
from graph.execution.streams import Answers
from graph.transport.forms import StreamForm
from graph.transport.refusals import Header
from graph.transport.report import Report

CONNECTION = "tablegraph.connection"
"""Where the server's protocol class puts a `Connection` into the `state` of the ASGI scope."""


class Connection(Protocol):
    """What ASGI has no message for: that the server stops, to cut a response off, that one begins."""

    stopping: asyncio.Event

    def drop(self) -> None:
        """Close the connection; the client sees that the response is not complete."""
        ...

    def begin_response(self, scope: Scope, headers: Sequence[Header]) -> Sequence[Header]:
        """Tell that the response to a request begins, and have headers sent with it that need no check.

        Those are returned that are still to be sent with the others. Where the body is not complete yet, the rest of
        it is thrown away, and the connection closed with the response: `connection` is among them.
        """
        ...


class HttpStream:
    """One response in the making."""

    def __init__(self, form: StreamForm, report: Report, scope: Scope, receive: Receive, send: Send) -> None:
        self._form = form
        self._report = report
        self._receive = receive
        self._send_message = send
        self._connection: Connection | None = scope.get("state", {}).get(CONNECTION)
        self._has_begun = False
        """Whether there was an answer that was executed."""

    async def deliver(self, answers: Answers, heartbeat_seconds: float, seconds_left: float | None) -> None:
        """Send the answers; ends early with an error after `seconds_left`, when the access token has expired.

        The operation ends at once when the client leaves, and when the server stops; then the response stays
        incomplete, so that the client knows that it is worth asking again.
        """
        await self._begin()
        self._report.code = "OK"
        sending = asyncio.create_task(self._send_all(answers))
        leaving = asyncio.create_task(self._client_leaves())
        stopping = asyncio.create_task(self._server_stops())
        beating = asyncio.create_task(self._beat(heartbeat_seconds))
        try:
            done, _ = await asyncio.wait(
                (sending, leaving, stopping), timeout=seconds_left, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            await _end(sending, leaving, stopping, beating)
        if sending in done:
            await self._send(self._form.closing, is_last=True)
        elif not done:
            await self._fail(Unauthenticated(EXPIRED))
            await self._send(self._form.closing, is_last=True)
        elif stopping in done and self._connection is not None:
            self._connection.drop()

    async def _begin(self) -> None:
        headers = [
            (b"content-type", self._form.content_type),
            (b"cache-control", b"no-cache"),
            (b"x-accel-buffering", b"no"),
        ]
        await self._send_message({"type": "http.response.start", "status": 200, "headers": headers})
        await self._send(self._form.opening)

    async def _send_all(self, answers: Answers) -> None:
        form = self._form
        try:
            async with aclosing(answers):
                async for answer in answers:
                    if answer.code != "OK":
                        self._report.code = answer.code
                    is_failure = self._has_begun and not answer.executed
                    self._has_begun = True
                    await self._send(form.failure(answer.body) if is_failure else form.next(answer.body))
        except Exception as error:  # whatever it is, the client gets an answer without its details
            await self._fail(error)

    async def _fail(self, error: Exception) -> None:
        message, extensions = describe(error, str(error), self._report.request_id)
        self._report.code = extensions["code"]
        body = error_json(message, extensions)
        await self._send(self._form.failure(body) if self._has_begun else self._form.next(body))

    async def _client_leaves(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _server_stops(self) -> None:
        if self._connection is not None:
            await self._connection.stopping.wait()
        else:
            await asyncio.get_running_loop().create_future()

    async def _beat(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self._send(self._form.heartbeat)

    async def _send(self, body: bytes, *, is_last: bool = False) -> None:
        await self._send_message({"type": "http.response.body", "body": body, "more_body": not is_last})


async def _end(*tasks: "asyncio.Task[None]") -> None:
    """Cancel what still runs, and wait until it has given back what it holds."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
