"""uvicorn's WebSockets, taught to let go of clients that do not read, are not there, or break the protocol."""

import logging
from asyncio.transports import BaseTransport
from typing import Any, Final, Protocol, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Response
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import StatusLike

from domain.errors import BadRequest
from graph.execution.json_text import error_json
from graph.transport.intake import INTAKE, TOO_MUCH, Intake
from graph.transport.limits import MessageRate
from graph.transport.messages import TOO_SLOW
from server.watches import WriteWatch, is_unreachable

SECONDS_TO_CLOSE: Final = 10.0
"""How long a client that was told to go may take to do so."""
SECONDS_TO_LINGER: Final = 2.0
"""The same for one that broke the protocol: from then on nothing that it sends is understood."""
MAX_FRAGMENTS: Final = 1_000
"""Frames of one message: empty ones would not count in its bytes."""
LOST: Final = 4499
"""What graphql-ws calls terminated: its clients come back then. They would not after uvicorn's own 1011."""
TOO_OFTEN: Final = 4429
TOO_BIG: Final = 1009
TRY_LATER: Final = 1013

NO_HANDSHAKE: Final = "This is no valid handshake of a WebSocket (RFC 6455, 4.2.1)."

LIBRARY: Final = logging.getLogger("uvicorn.sockets")
"""Set to warnings by `server.logs`: who opens thousands of sockets is not to fill the logs with two lines for each."""


class Handshakes(ServerProtocol):
    """The library's reading of handshakes, which refuses in the form that all refusals of the server have."""

    def reject(self, status: StatusLike, text: str) -> Response:  # noqa: ARG002  # the words of the library
        """The answer to a request that is no handshake."""
        response = super().reject(status, error_json(NO_HANDSHAKE, {"code": BadRequest.code}).decode())
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "application/json; charset=utf-8"
        return response


class SocketLimits(Protocol):
    """What is read from the configuration."""

    slow_client_seconds: float
    max_messages_per_minute: int


class SocketProtocol(WebSocketsSansIOProtocol):
    """WebSocket."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.logger = LIBRARY
        self.conn = Handshakes(max_size=self.config.ws_max_size, logger=LIBRARY)
        self._limits = cast(SocketLimits, self.config)
        self._pings = MessageRate(self._limits.max_messages_per_minute, self.loop.time)
        self._is_deaf = False
        """Whether whatever still comes is thrown away."""

    def connection_made(self, transport: BaseTransport) -> None:
        """uvicorn's own, then the watch."""
        super().connection_made(transport)
        intake: Intake | None = self.app_state.get(INTAKE)
        self._part = None if intake is None else intake.begin()
        self._watch = WriteWatch(self.transport, self._limits.slow_client_seconds, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to be watched, and nothing to wait for."""
        self._watch.end()
        self._note_unfinished(0)
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Called by the transport when its buffer is full."""
        super().pause_writing()
        self._watch.begin()

    def resume_writing(self) -> None:
        """Called by the transport when its buffer has room."""
        self._watch.end()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """uvicorn's own, for a client that still can be understood."""
        if self._is_deaf:
            return
        super().data_received(data)
        self._note_unfinished(0 if self._is_deaf else self._unfinished())
        if not self.handshake_initiated:  # the library takes less for a request than the parser before it
            self.transport.close()

    def _unfinished(self) -> int:
        """Bytes that wait here for the rest of a frame, or of a message."""
        return len(self.conn.reader.buffer) + sum(len(each) for each in self.frames)

    def _note_unfinished(self, size: int) -> None:
        if self._part is not None and not self._part.holds(size):
            self._break(TRY_LATER, TOO_MUCH)
            self._part.holds(0)

    def handle_cont(self, event: Frame) -> None:
        """A message goes on."""
        if self._is_deaf:
            return
        if len(self.frames) >= MAX_FRAGMENTS:
            self._break(TOO_BIG, f"A message has at most {MAX_FRAGMENTS:,} frames")
        else:
            super().handle_cont(event)

    def handle_ping(self) -> None:
        """A ping was answered; each costs as much as a small message."""
        if self._is_deaf:
            return
        super().handle_ping()
        if self._pings.is_exceeded():
            self._break(TOO_OFTEN, f"Too many pings: at most {self._limits.max_messages_per_minute} a minute are taken")

    def send_receive_event_to_app(self) -> None:
        """A message is complete; one that is no UTF-8 ends the connection, for which uvicorn logs a traceback."""
        if self._is_deaf:
            return
        if self.curr_msg_data_type == "text" and not _is_text(self.frames):
            self.frames = []
            self._break(1007, "A text message is not UTF-8")
        else:
            super().send_receive_event_to_app()

    def handle_parser_exception(self) -> None:
        """What came is no WebSocket; the library has its close ready, if the connection was one before."""
        self._is_deaf = True
        self.stop_keepalive()
        close = self.conn.close_sent
        code, reason = (1006, "") if close is None else (close.code, close.reason)
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = self.disconnected = True
        self.writable.set()  # who waits to send is told that there is nobody
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        if self.close_timer is None:  # with one, the end of the application does not close the transport
            self.close_timer = self.loop.call_later(SECONDS_TO_LINGER, self.transport.close)

    def keepalive_timeout(self) -> None:
        """No pong came in time. That tells nothing while its bytes wait here, or the ping's in a full buffer."""
        is_waiting = not self.writable.is_set() and not is_unreachable(self.transport)
        if (is_waiting or self.read_paused) and not self.close_sent and self.ping_timeout is not None:
            self.pong_timer = self.loop.call_later(self.ping_timeout, self.keepalive_timeout)
            return
        self.pong_timer = None
        self._leave(LOST, f"Connection lost: no pong within {self.ping_timeout:g} seconds")

    async def run_asgi(self) -> None:
        """uvicorn's own; when the application is done, the connection is given a time to end as it should."""
        await super().run_asgi()
        self.loop.call_later(SECONDS_TO_CLOSE, self.transport.abort)

    def _give_up(self) -> None:
        self._leave(TOO_SLOW, f"Too slow: nothing was read for {self._limits.slow_client_seconds:g} seconds")

    def _break(self, code: int, reason: str) -> None:
        """Close for something that the client did on the level of frames."""
        if not self.close_sent and self.conn.state is State.OPEN:
            self.conn.send_close(code, reason)
        self.handle_parser_exception()

    def _leave(self, code: int, reason: str) -> None:
        """Close without waiting for room in the buffer; the application learns of it at once."""
        self.stop_keepalive()
        if self.close_sent or self.conn.state is not State.OPEN or self.transport.is_closing():
            self.transport.abort()
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = self.disconnected = True
        self.writable.set()  # who waits to send is told that there is nobody
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()  # a client that is alive after all answers, then all is well
        self.close_timer = self.loop.call_later(SECONDS_TO_CLOSE, self.transport.abort)


def _is_text(frames: list[bytes]) -> bool:
    try:
        b"".join(frames).decode()
    except UnicodeDecodeError:
        return False
    return True
