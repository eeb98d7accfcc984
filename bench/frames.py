"""The client's side of the WebSocket protocol (RFC 6455): what it sends, as bytes, and where received frames end.

Only as much as a load client needs: text messages of one frame, pings and closes.
"""

import base64
import secrets
from typing import Final

TEXT: Final = 0x1
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA
_FINAL: Final = 0x80
_MASKED: Final = 0x80
_NO_MASK: Final = bytes(4)
"""A client must mask; with this key the bytes stay as they are, so that masking costs nothing."""


def handshake(path: str, protocol: str = "") -> bytes:
    """The request that opens a socket; it offers no extension, so nothing is compressed."""
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    offered = f"Sec-WebSocket-Protocol: {protocol}\r\n" if protocol else ""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{offered}\r\n"
    ).encode()


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """A whole message, or a control frame."""
    size = len(payload)
    if size < 126:
        head = bytes((_FINAL | opcode, _MASKED | size))
    elif size < 1 << 16:
        head = bytes((_FINAL | opcode, _MASKED | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((_FINAL | opcode, _MASKED | 127)) + size.to_bytes(8, "big")
    return head + _NO_MASK + payload


def payload_of(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the payload of the server's frame at `at` begins and ends; None when the frame is not whole yet."""
    size = len(data)
    if size < at + 2:
        return None
    length, start = data[at + 1], at + 2
    if length == 126:
        start = at + 4
        length = int.from_bytes(data[at + 2 : start], "big")
    elif length == 127:
        start = at + 10
        length = int.from_bytes(data[at + 2 : start], "big")
    end = start + length
    return (start, end) if end <= size else None
