"""Whatever a client sends over a WebSocket, it is told what was wrong by the code of the close; the server lives on."""

import asyncio
import os
import random
import struct
from collections.abc import Iterator

import orjson
import pytest

from tests.support.raw import Line, raw
from tests.support.sockets import opened

CODES = {1002, 1003, 1007, 1009, 4400, 4401, 4429}
"""What the protocols have for malformed frames and messages, for operations too early, and for too many of anything."""
HANDSHAKE = (
    "GET /graphql HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    "Sec-WebSocket-Protocol: graphql-transport-ws\r\n{more}\r\n"
)
INIT = b'{"type":"connection_init"}'
TEXT, BINARY, CLOSE, PING = 0x81, 0x82, 0x88, 0x89


def frame(first: int, payload: bytes, *, masked: bool = True, length: int | None = None) -> bytes:
    """A frame; `length` is what it says where that is not the truth."""
    size = len(payload) if length is None else length
    mask = 0x80 if masked else 0
    if size < 126:
        head = bytes([first, mask | size])
    elif size <= 0xFFFF:
        head = bytes([first, mask | 126]) + struct.pack("!H", size)
    else:
        head = bytes([first, mask | 127]) + struct.pack("!Q", size)
    return head + (b"\0\0\0\0" if masked else b"") + payload


async def code_of_close(line: Line) -> int:
    """The code of the close that the server sends, whatever it sends before; 1006 where it sends none."""
    try:
        while True:
            first, size = await line.exactly(2)
            if size == 126:
                [size] = struct.unpack("!H", await line.exactly(2))
            payload = await line.exactly(size)
            if first == CLOSE:
                return int(struct.unpack("!H", payload[:2])[0])
    except (asyncio.IncompleteReadError, ConnectionError):
        return 1006


async def shake_hands(line: Line, address: str) -> None:
    """Open the WebSocket."""
    await line.send(HANDSHAKE.format(host=address, more="").encode())
    assert (await line.head()).startswith("HTTP/1.1 101 ")


async def is_alive(address: str) -> bool:
    """Whether a well-behaved client is served as ever."""
    async with opened(address) as socket:
        await socket.initialise()
        id = await socket.subscribe("{ __typename }")
        return await socket.next(id) == {"__typename": "Query"}


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param(frame(TEXT, b"x", masked=False), 1002, id="not masked"),
        pytest.param(frame(0xC1, b"x"), 1002, id="reserved bit"),
        pytest.param(frame(0x83, b"x"), 1002, id="reserved opcode"),
        pytest.param(frame(0x80, b"x"), 1002, id="nothing to continue"),
        pytest.param(frame(0x01, b"x") + frame(TEXT, b"x"), 1002, id="message in a message"),
        pytest.param(frame(PING, b"x" * 126), 1002, id="long ping"),
        pytest.param(frame(0x09, b"x"), 1002, id="ping in pieces"),
        pytest.param(frame(CLOSE, b"x"), 1002, id="short close"),
        pytest.param(frame(CLOSE, struct.pack("!H", 999)), 1002, id="close with a bad code"),
        pytest.param(frame(CLOSE, struct.pack("!H", 1000) + b"\xff"), 1007, id="close that is no UTF-8"),
        pytest.param(frame(TEXT, b"\xff"), 1007, id="no UTF-8"),
        pytest.param(frame(0x01, b"\xe2\x82") + frame(0x80, b"("), 1007, id="no UTF-8 in pieces"),
        pytest.param(frame(TEXT, b"", length=(1 << 20) + 1), 1009, id="too large"),
        pytest.param(frame(TEXT, b"", length=(1 << 63) - 1), 1009, id="far too large"),
        pytest.param(frame(0x01, b"x" * 600_000) + frame(0x80, b"x" * 600_000), 1009, id="too large in pieces"),
        pytest.param(frame(0x01, b"") + frame(0x00, b"") * 1_001, 1009, id="too many pieces"),
        pytest.param(frame(PING, b"") * 101, 4429, id="too many pings"),
        pytest.param(frame(BINARY, INIT), 4400, id="binary"),
        pytest.param(frame(TEXT, b""), 4400, id="empty"),
        pytest.param(frame(TEXT, b'{"type":"ping","payload":{"a":' + b"[" * 70 + b"]" * 70 + b"}}"), 4400, id="deep"),
        pytest.param(frame(TEXT, b'{"type":"ping","payload":{"a":' + b"1" * 101 + b"}}"), 4400, id="digits"),
    ],
)
@pytest.mark.parametrize("is_initialised", [False, True])
async def test_each_fault_has_its_code(address: str, sent: bytes, code: int, is_initialised: bool) -> None:
    async with raw(address) as line:
        await shake_hands(line, address)
        await line.send((frame(TEXT, INIT) if is_initialised else b"") + sent)
        assert await code_of_close(line) == code
    assert await is_alive(address)


async def test_pieces_within_the_limits_are_a_message(address: str) -> None:
    async with raw(address) as line:
        await shake_hands(line, address)
        pieces = frame(0x01, b"") + frame(0x00, b"") * 900 + frame(0x80, INIT)
        await line.send(pieces, frame(PING, b"p"), frame(TEXT, b"{"))
        assert await code_of_close(line) == 4400


def faults(source: random.Random) -> Iterator[bytes]:
    """Malformed frames and messages without an end; none may come out as anything that the protocol has."""
    whole = [INIT, b'{"type":"ping"}', b'{"id":"1","type":"subscribe","payload":{"query":"{ me { id } }"}}']
    while True:
        message = bytearray(source.choice(whole))
        for _ in range(source.randint(1, 4)):
            message[source.randrange(len(message))] = source.choice(b'{}[]",:\\\x00\xff\xc3a1 ')
        if _is_json(message):
            message = bytearray(source.choice([b"[]", b"1", b'{"type":"x"}', b'{"type":"complete"}']))
        yield frame(source.choice([TEXT, TEXT, TEXT, BINARY]), bytes(message))
        yield frame(source.randrange(0x83, 0x88), source.randbytes(source.randrange(200)))
        yield frame(0x80, source.randbytes(source.randrange(20)))
        yield frame(TEXT, source.randbytes(source.randrange(60)) + b"\xff")
        yield frame(source.choice([0x91, 0xA1, 0xC1, 0xF2]), b"x", masked=source.random() < 0.5)


def _is_json(text: bytes | bytearray) -> bool:
    try:
        orjson.loads(bytes(text))
    except orjson.JSONDecodeError:
        return False
    return True


async def test_500_malformed_messages_each_get_a_code(address: str) -> None:
    seed = int.from_bytes(os.urandom(4))
    print(f"seed {seed}")  # pytest shows it when the test fails
    source = random.Random(seed)
    all_faults = faults(source)

    async def one(fault: bytes) -> tuple[bytes, int]:
        async with raw(address) as line:
            await shake_hands(line, address)
            start = source.choice([b"", frame(TEXT, INIT), frame(TEXT, INIT) + frame(PING, b"x")])
            await line.send(start + fault)
            return fault, await code_of_close(line)

    for _ in range(25):
        found = await asyncio.gather(*(one(next(all_faults)) for _ in range(20)))
        assert [each for each in found if each[1] not in CODES] == []
    assert await is_alive(address)


@pytest.mark.parametrize(
    ("start", "statuses"),
    [
        (HANDSHAKE.format(host="localhost", more="Cookie: " + "x" * 9_000 + "\r\n"), {431}),
        (HANDSHAKE.format(host="localhost", more="").replace("/graphql", "/graphql?" + "x" * 9_000), {400}),
        (HANDSHAKE.format(host="localhost", more="").replace("/graphql", "/graphql?\xff"), {400}),
        (HANDSHAKE.format(host="localhost", more="").replace("GET", "POST"), {415}),
        (HANDSHAKE.format(host="localhost", more="").replace("AAAA==", ""), {400}),
        (HANDSHAKE.format(host="localhost", more="").replace("13", "8"), {400, 426}),
        (HANDSHAKE.format(host="localhost", more="").replace("/graphql", "/nowhere"), {403, 404}),
        (HANDSHAKE.format(host="localhost", more="".join(f"X-{i}: x\r\n" for i in range(120))), {431}),
    ],
)  # fmt: skip
async def test_a_handshake_that_is_none_is_answered(address: str, start: str, statuses: set[int]) -> None:
    async with raw(address) as line:
        await line.send(start.encode("latin-1"))
        assert int((await line.head()).split()[1]) in statuses
        await line.rest()
    assert await is_alive(address)
