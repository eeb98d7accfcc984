"""A keep-alive HTTP connection of a load client: a request goes out, its whole answer comes back."""

import asyncio
from typing import cast

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


class Exchange(asyncio.Protocol):
    """One connection, for one request at a time; whoever derives from it says what happens with an answer."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def ask(self, request: bytes) -> None:
        """Send a request; the last one must have been answered."""
        self.transport.write(request)

    def answered(self, answer: bytes) -> None:
        """Take an answer, with its head."""
        raise NotImplementedError

    @property
    def is_within(self) -> bool:
        """Whether an answer has begun and not ended."""
        return bool(self._missing)

    def data_received(self, data: bytes) -> None:
        self._chunks.append(data)
        if self._missing == 0:
            data = b"".join(self._chunks)
            end = data.find(_HEAD_END)
            if end < 0:
                return
            at = data.index(_LENGTH) + len(_LENGTH)
            self._missing = end + len(_HEAD_END) + int(data[at : data.index(b"\r", at)])
            self._chunks = [data]
        self._missing -= len(data)
        if self._missing == 0:
            answer = b"".join(self._chunks)
            self._chunks.clear()
            self.answered(answer)


def has_failed(answer: bytes) -> bool:
    """Whether it is anything but a plain success."""
    return not answer.startswith(b"HTTP/1.1 200") or b'{"errors"' in answer[:600]


def body_of(answer: bytes) -> bytes:
    """Without the head."""
    return answer[answer.index(_HEAD_END) + len(_HEAD_END) :]
