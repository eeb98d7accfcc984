"""Has whole requests wait before they are parsed, while the process has its hands full, and turns away those in vain.

At twice the capacity as many requests are refused as are answered. With a parser, a task and an application for each
refusal half of the answers would be lost to that (see bench/cases/overload.py); so what can be told from the bytes
alone is held up here, and all else by `server.gate`.
"""

import re
from collections.abc import Callable
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from server.gate import BODY, HEADERS
from server.lobby import Lobby

LOBBY: Final = "tablegraph.lobby"
"""Where the application's lifespan puts its `Lobby` into the state of the server."""

_LINE: Final = b"POST /graphql HTTP/1.1\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*(?=\r\n)")
_NOT_PLAIN: Final = re.compile(
    rb"\r\n(?:transfer-encoding|expect|upgrade|connection|origin|[ \t]|accept:[^\r]*(?:text|multipart)/)"
)
"""Headers that ask for more than an answer; browsers that send an `Origin` want an answer that names it, and a stream
has a place for as long as it lasts."""
_REFUSAL: Final = b"HTTP/1.1 503 Service Unavailable\r\n%b\r\n\r\n%b" % (
    b"\r\n".join(b"%b: %b" % header for header in HEADERS),
    BODY,
)


class Turnstile:
    """That of one HTTP connection; `read` takes what is let in."""

    def __init__(self, protocol: HttpToolsProtocol, lobby: Lobby | None, read: Callable[[bytes], None]) -> None:
        self._protocol = protocol
        self._lobby = lobby
        self._read = read
        self._held = b""
        """The whole request that waits."""
        self._turn: int | None = None
        """When a request was let in that is not answered yet."""

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return len(self._held)

    def holds(self, data: bytes) -> bool:
        """Whether what was received has to wait, or was answered with 503; else it is for the parser, now."""
        lobby = self._lobby
        if lobby is None:
            return False
        if self._held:
            self._release(lobby, data)
            return True
        if self._turn is not None or not self._is_between_requests() or not is_whole(data):
            return False
        self._turn = lobby.lets_in()
        if self._turn is not None:
            return False
        self._held = data
        is_kept = lobby.wait(self)
        if not is_kept:
            self._turn = lobby.lets_in(whether_quick=False)
            if self._turn is not None:
                self._held = b""
                return False
        self._protocol._unset_keepalive_if_required()
        if not is_kept:
            self.turn_away()
        return True

    def enter(self, turn: int) -> None:
        """Called by the lobby, which has counted it in."""
        self._turn = turn
        held, self._held = self._held, b""
        self._read(held)

    def turn_away(self) -> None:
        """Answer what waits with 503; nothing does afterwards."""
        protocol, self._held = self._protocol, b""
        if self._lobby is not None:
            self._lobby.admission.refused += 1
        protocol.transport.write(_REFUSAL)
        protocol.timeout_keep_alive_task = protocol.loop.call_later(
            protocol.timeout_keep_alive, protocol.timeout_keep_alive_handler
        )

    def leave(self) -> None:
        """The response begins, there is going to be none, or the client has gone."""
        if self._turn is not None and self._lobby is not None:
            turn, self._turn = self._turn, None
            self._lobby.leave(turn)

    def close(self) -> None:
        """The connection has ended."""
        self.leave()
        if self._held and self._lobby is not None:
            self._lobby.forget(self)
            self._held = b""

    def stop(self) -> None:
        """The server stops: what waits is turned away, for its connection is about to be closed."""
        if self._held and self._lobby is not None:
            self._lobby.forget(self)
            self.turn_away()

    def _release(self, lobby: Lobby, more: bytes) -> None:
        """Who does not wait for the answer goes the long way, whose buffers are bounded."""
        lobby.forget(self)
        held, self._held = self._held, b""
        self._read(held + more)

    def _is_between_requests(self) -> bool:
        """Whether the parser has seen the end of the last request, nothing of the next, and that one was answered."""
        cycle = self._protocol.cycle
        if cycle is None:
            return self._protocol.scope is None
        return cycle.scope is self._protocol.scope and cycle.response_complete and not cycle.more_body


def is_whole(data: bytes) -> bool:
    """Whether this is a request to /graphql, from its first byte to its last, of which the body's length is told."""
    end = data.find(b"\r\n\r\n")
    if end < 0 or not data.startswith(_LINE):
        return False
    head = data[: end + 2].lower()
    lengths = _LENGTH.findall(head)
    if len(lengths) != 1 or head.count(b"content-length") != 1 or _NOT_PLAIN.search(head):
        return False
    return end + 4 + int(lengths[0]) == len(data)
