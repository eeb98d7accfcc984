"""uvicorn's HTTP/1.1, taught to bound what it reads and to let go of clients that do not read, or do not send.

uvicorn keeps every header that comes, waits for the rest of a request as long as the client likes, and closes a
connection when all that was written to it is sent. To a client that stopped reading that is never: its socket, its
buffers and the operation behind them would stay for as long as that machine runs.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any, Final, Protocol, cast

import structlog
from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from graph.execution.json_text import error_json
from graph.transport.http_stream import CONNECTION
from graph.transport.refusals import Header
from server.turnstile import LOBBY, Turnstile
from server.watches import LEAST_RATE, ReadWatch, WriteWatch

logger = structlog.get_logger("tablegraph.access")

SECONDS_TO_CLOSE: Final = 10.0
"""How long a client that was told to go may take to do so."""
SECONDS_TO_LINGER: Final = 2.0
"""How long what a client still sends is thrown away, so that it reads why; closing at once would reset the connection,
and the client would lose the answer with it."""
LONG_UPLOADS: Final = frozenset({"/import"})
"""Paths whose bodies may take longer than other requests as long as they move on."""
MAX_HANDSHAKE_LINE: Final = 8_000
"""Bytes of a header in the handshake of a WebSocket; the library that reads it again takes 8,192."""
VERSIONS: Final = frozenset({"1.0", "1.1"})
CLOSE: Final[Header] = (b"connection", b"close")
LINE_END: Final = b"\r\n"
_AUTHORITY: Final = re.compile(rb"[a-z][a-z0-9+.-]*://([^/?#]*)", re.IGNORECASE)
TOO_LARGE: Final = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE


class HttpLimits(Protocol):
    """What is read from the configuration."""

    slow_client_seconds: float
    request_seconds: float
    max_headers: int
    max_header_bytes: int


class _Refused(Exception):
    """Raised while a request is parsed; the parser wraps it."""


class HttpProtocol(HttpToolsProtocol):
    """HTTP/1.1. The application finds it in the `state` of its scope, see `graph.transport.http_stream.Connection`."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._limits = cast(HttpLimits, self.config)
        self._silent_bytes = 0
        """That came since the parser had something to tell: of headers, of trailers, of a chunk's extension."""
        self._is_complete = False
        """Whether the last request has come as a whole; there is none at first."""
        self._is_ending = False
        """Whether whatever still comes is thrown away."""
        self._fault: tuple[HTTPStatus, str] | None = None
        self._body_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """uvicorn's own, then what the application and the watches need."""
        super().connection_made(transport)
        self.stopping = asyncio.Event()
        self.app_state = {**self.app_state, CONNECTION: self}
        self._write_watch = WriteWatch(transport, self._limits.slow_client_seconds, transport.abort)
        self._read_watch = ReadWatch(self._limits.request_seconds, self._is_excused, self._give_up)
        self._read_watch.begin()
        self._turnstile = Turnstile(self, self.app_state.get(LOBBY), self._read)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to be watched, and nobody to be told of a stop."""
        self._write_watch.end()
        self._read_watch.end()
        self._turnstile.close()
        self.app_state = {}  # it refers to this object
        super().connection_lost(exc)

    # --- reading ---

    def data_received(self, data: bytes) -> None:
        """uvicorn's own for what does not have to wait, then a look at what is incomplete."""
        if self._is_ending:
            return
        if self._turnstile.holds(data):
            self._read_watch.end()
        else:
            self._read(data)

    def _read(self, data: bytes) -> None:
        self._silent_bytes += len(data)
        self._unset_keepalive_if_required()
        self._parse(data)
        if self._is_complete or self._is_ending or self.transport.get_protocol() is not self:
            return
        if self._silent_bytes > self._limits.max_header_bytes or self._has_too_many_headers():
            self._refuse(TOO_LARGE, self._too_large())
        else:
            self._read_watch.begin()

    def _parse(self, data: bytes) -> None:
        """uvicorn's own `data_received`, but for what follows a request for a protocol that is not spoken here.

        The parser takes that for the other protocol's, and what comes with the next packet for another request: a
        proxy that passes such requests on would have the body of one answered as if it were its client's next.
        """
        rest: bytes | memoryview = data
        try:
            while rest:
                rest = self._feed(rest)
        except HttpParserError:
            self.send_400_response("Invalid HTTP request received.")

    def _feed(self, data: bytes | memoryview) -> bytes | memoryview:
        """Give the parser what was received; what it has not taken, as it saw a wish for another protocol."""
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
                return b""
            head = self._head_without_upgrade()
            self.parser = HttpRequestParser(self)  # this one may take the connection for closed
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn has it
            self.parser.feed_data(head)
            return memoryview(data)[upgrade.args[0] :]
        return b""

    def _should_upgrade(self) -> bool:
        """Whether the request is the handshake of a WebSocket; every other wish for another protocol is ignored."""
        return self.parser.get_method() == b"GET" and super()._should_upgrade()

    def _head_without_upgrade(self) -> bytes:
        first = b"%b %b HTTP/%b" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
        lines = [b"%b: %b" % header for header in self.headers if header[0] != b"upgrade"]
        return b"\r\n".join([first, *lines, LINE_END])

    def on_message_begin(self) -> None:
        """A request begins."""
        self._is_complete = False
        self._body_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The headers are there: they are counted, and what comes after the body cannot add to them."""
        self._require_moderate_headers()
        self._silent_bytes = 0
        if self._comes_again():
            return
        self._read_watch.end()
        self.scope["headers"] = list(self.headers) if self.url[:1] == b"/" else self._headers_of_target()
        self.expect_100_continue = self.expect_100_continue and self.parser.get_http_version() != "1.0"
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body is there."""
        self._silent_bytes = 0
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is there as a whole."""
        if self._comes_again():
            return
        self._read_watch.end()
        self._silent_bytes = 0
        self._is_complete = True
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """uvicorn's own; from here on the other protocol has the connection."""
        self._read_watch.end()
        self._is_complete = True
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """Called by uvicorn for what cannot be parsed, and where something here raised `_Refused`."""
        status, message = self._fault or (HTTPStatus.BAD_REQUEST, msg)
        self._refuse(status, message)

    def _headers_of_target(self) -> list[Header]:
        """The headers of a request whose target is a whole URL: its host counts, not the header's (RFC 9112, 3.2.2)."""
        target = _AUTHORITY.match(self.url)
        if target is None:
            return list(self.headers)
        return [(b"host", target[1]), *(header for header in self.headers if header[0] != b"host")]

    def _comes_again(self) -> bool:
        """Whether the parser will get this head once more, without the wish for another protocol."""
        return self.parser.should_upgrade() and not self._should_upgrade()

    def _has_too_many_headers(self) -> bool:
        return self.headers is not None and len(self.headers) > self._limits.max_headers

    def _require_moderate_headers(self) -> None:
        most = self._limits.max_header_bytes
        if self._has_too_many_headers() or (self._silent_bytes > most and self._size() > most):
            self._fault = TOO_LARGE, self._too_large()
        elif self.parser.get_http_version() not in VERSIONS or self.parser.get_method() == b"CONNECT":
            self._fault = HTTPStatus.BAD_REQUEST, "The server speaks HTTP/1.1 and HTTP/1.0, and is no proxy."
        elif self.parser.should_upgrade() and self._should_upgrade():
            self._require_short_lines()
        if self._fault is not None:
            raise _Refused

    def _require_short_lines(self) -> None:
        most = MAX_HANDSHAKE_LINE
        if not self.url.isascii() or len(self.url) > most:
            self._fault = HTTPStatus.BAD_REQUEST, f"The URL of a handshake is at most {most:,} characters of ASCII."
        elif any(len(name) + len(value) > most for name, value in self.headers):
            self._fault = TOO_LARGE, f"A header of a handshake has at most {most:,} bytes."

    def _size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _too_large(self) -> str:
        limits = self._limits
        return f"At most {limits.max_headers} headers of {limits.max_header_bytes:,} bytes with the URL are taken."

    def _is_excused(self) -> bool:
        """Whether the time goes on: where it is not the client who is slow, or where a long body moves on."""
        if self.flow.read_paused:
            return True
        cycle, moved = self.cycle, self._body_bytes
        self._body_bytes = 0
        is_upload = cycle is not None and cycle.more_body and cycle.scope["path"] in LONG_UPLOADS
        return is_upload and moved >= LEAST_RATE * self._limits.request_seconds

    def _give_up(self) -> None:
        if self.headers is None and not self._silent_bytes:  # it has not said a word
            self.transport.close()
            return
        seconds = self._limits.request_seconds
        self._refuse(HTTPStatus.REQUEST_TIMEOUT, f"The request was not complete within {seconds:g} seconds.")

    # --- writing and closing ---

    def pause_writing(self) -> None:
        """Called by the transport when its buffer is full."""
        super().pause_writing()
        self._write_watch.begin()

    def resume_writing(self) -> None:
        """Called by the transport when its buffer has room."""
        self._write_watch.end()
        super().resume_writing()

    def on_response_complete(self) -> None:
        """Called when all of a response is written, if not sent."""
        super().on_response_complete()
        self._watch_the_end()
        self._turnstile.leave()

    def timeout_keep_alive_handler(self) -> None:
        """Called when a connection was not used for a while."""
        super().timeout_keep_alive_handler()
        self._watch_the_end()

    def shutdown(self) -> None:
        """Called by the server when it stops: streams are ended, other requests answered."""
        self._turnstile.stop()
        super().shutdown()
        self.stopping.set()

    def drop(self) -> None:
        """Close the connection in the middle of a response."""
        self.cycle.disconnected = True
        self.transport.close()
        asyncio.get_running_loop().call_later(SECONDS_TO_CLOSE, self.transport.abort)

    def begin_response(self, scope: Scope, headers: Sequence[Header]) -> Sequence[Header]:
        """Called by the application as its response to a request begins, see `Connection`.

        The request's place is free then: a client that does not read the response must not keep others out.
        """
        self._turnstile.leave()
        cycle = self.cycle
        if cycle is None or cycle.scope is not scope:
            return headers
        rest: Sequence[Header] = (CLOSE,) if cycle.more_body else ()
        if scope["method"] == "HEAD":  # whose response has no body that would take its head along
            return (*headers, *rest)
        end = self._end if cycle.more_body else self.transport.close
        cycle.transport = cast(asyncio.Transport, _Outlet(self.transport, headers, end))
        return rest

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        """Answer for the application, unless it has begun to; then end the connection."""
        cycle = self.cycle
        is_answering = cycle is not None and not cycle.response_complete
        if is_answering and not self._may_answer_for(cycle):
            self.transport.abort()
            return
        if is_answering:
            cycle.disconnected = True
            cycle.message_event.set()
        self._turnstile.leave()
        logger.info("request refused", status=status.value, reason=message)
        self.transport.write(_response(status, message))
        self._end()

    def _may_answer_for(self, cycle: Any) -> bool:
        """Whether the response that is awaited is that to the request at fault, and has not begun."""
        return not self._is_complete and cycle.more_body and not cycle.response_started and not self.pipeline

    def _end(self) -> None:
        """Close the connection when its client has had the time to read what was written."""
        if self._is_ending:
            return
        self._is_ending = True
        self._read_watch.end()
        self.flow.resume_reading()
        if self.transport.can_write_eof() and not self.transport.is_closing():
            self.transport.write_eof()
        self.loop.call_later(SECONDS_TO_LINGER, self._close)

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
        self._watch_the_end()

    def _watch_the_end(self) -> None:
        """A transport that is closing waits until its buffer is sent; not for ever."""
        if self.transport.is_closing() and self.transport.get_write_buffer_size():
            self._write_watch.begin()


class _Outlet:
    """The transport of one response, whose head leaves together with the first part of its body, as ASGI wants it.

    What the kernel does for a write costs more than all that is done to put the head together. Headers of our own are
    added here: uvicorn looks through each of them for what must not be in it, at four times the cost.
    """

    __slots__ = ("_end", "_head", "_headers", "_transport", "is_closing")

    def __init__(self, transport: asyncio.Transport, headers: Iterable[Header], end: Callable[[], None]) -> None:
        self._transport = transport
        self._headers = headers
        self._end = end
        self._head: bytes | None = None
        """None until it is there, and empty as soon as it is written."""
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        """Keep the head, which comes first; write it with what comes then."""
        if self._head is None:
            lines = b"".join([b"%b: %b\r\n" % header for header in self._headers])
            self._head = data[: -len(LINE_END)] + lines + LINE_END
        elif self._head:
            self._transport.writelines((self._head, data))
            self._head = b""
        else:
            self._transport.write(data)

    def close(self) -> None:
        """Close the connection, or have it linger; of a response without any body the head is written."""
        if self._head:
            self.write(b"")
        self._end()


def _response(status: HTTPStatus, message: str) -> bytes:
    body = error_json(message, {"code": "BAD_REQUEST"})
    head = b"content-type: application/json; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
    return STATUS_LINE[status] + head % len(body) + body
