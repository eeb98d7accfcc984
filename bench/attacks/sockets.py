"""Attacks on WebSockets: many of them, and what they send."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count
from random import Random

from bench.attacks.wire import GONE, Socket, Tally, Target, opened
from bench.frames import PING, frame

EVENTS = "subscription ($t: ID!, $f: RecordFilter) { recordEvents(tableId: $t, filter: $f) { type recordId } }"
MOVE = "mutation ($i: MoveCursorInput!) { moveCursor(input: $i) { __typename } }"
PRESENCE = "subscription ($c: String!) { presence(channel: $c) { __typename } }"
PAUSE = 0.005

Doing = Callable[[int, Socket], Awaitable[None]]


async def _on_each(target: Target, tally: Tally, connections: int, do: Doing, *, again: bool = True) -> None:
    """Do something on sockets until the server closes them, and then on others, for ever."""

    async def one(number: int) -> None:
        while True:
            with suppress(*GONE):
                async with opened(target, tally, number) as socket:
                    doing = asyncio.ensure_future(do(number, socket))
                    try:
                        await socket.listen()
                    finally:
                        doing.cancel()
                        await asyncio.wait([doing])
            if not again:
                return
            await asyncio.sleep(PAUSE)

    await asyncio.gather(*(one(number) for number in range(connections)))


async def idle(target: Target, tally: Tally) -> None:
    """1,000 sockets that are initialised and then silent."""

    async def nothing(_: int, __: Socket) -> None:
        tally.outcomes["opened"] += 1

    await _on_each(target, tally, 1_000, nothing, again=False)


async def malformed(target: Target, tally: Tally) -> None:
    """4 sockets at a time that send what is no frame, no text or no message."""
    chance = Random(7)
    samples = [chance.randbytes(500) for _ in range(8)]
    samples += [
        frame(each) for each in (b"{", b"\xff\xfe", b"[" * 90_000, b'{"type":"x"}', b'{"id":1,"type":"subscribe"}')
    ]
    samples += [frame(b"x" * 200, PING), frame(b"", 0), b"\x81\x05hello", frame(b"\x00", 8)]

    async def send(number: int, socket: Socket) -> None:
        await socket.send(samples[(number + chance.randrange(100)) % len(samples)])

    await _on_each(target, tally, 4, send)


async def large_frames(target: Target, tally: Tally) -> None:
    """4 sockets that send messages of nearly 1 MB, of just over it, and such of a thousand frames that never end."""
    nearly = frame(b'{"type":"ping","payload":{"a":[' + b"1," * 499_000 + b"1]}}")
    over = frame(b" " * (1 << 20) + b" ")
    bits = bytearray(frame(b" " * 1_000))
    bits[0] = 0x01
    rest = bytearray(bits)
    rest[0] = 0x00

    async def send(number: int, socket: Socket) -> None:
        for _ in range(200):
            await socket.send((nearly, over, bytes(bits) + bytes(rest) * 900)[number % 3])
            await asyncio.sleep(0.05)

    await _on_each(target, tally, 4, send)


async def pings(target: Target, tally: Tally) -> None:
    """4 sockets that send pings, of both kinds, as fast as they are closed for it."""

    async def send(number: int, socket: Socket) -> None:
        one = frame(b"x" * 100, PING) if number % 2 else frame(b'{"type":"ping"}')
        while True:
            await socket.send(one * 50)
            await asyncio.sleep(PAUSE)

    await _on_each(target, tally, 4, send)


async def storms(target: Target, tally: Tally) -> None:
    """4 sockets that subscribe and complete at once."""
    variables = {"t": target.table}

    async def send(_: int, socket: Socket) -> None:
        for number in count():
            begin = {"id": str(number), "type": "subscribe", "payload": {"query": EVENTS, "variables": variables}}
            await socket.send(begin, {"id": str(number), "type": "complete"})
            await asyncio.sleep(PAUSE)

    await _on_each(target, tally, 4, send)


async def many_filters(target: Target, tally: Tally) -> None:
    """40 sockets with 100 subscriptions each, every one with another filter."""

    async def send(number: int, socket: Socket) -> None:
        for each in range(95):
            wanted = {"field": "Name", "operator": "ICONTAINS", "value": f"{number} {each}"}
            payload = {"query": EVENTS, "variables": {"t": target.table, "f": wanted}}
            await socket.send({"id": str(each), "type": "subscribe", "payload": payload})
            tally.outcomes["subscribed"] += 1
            await asyncio.sleep(0.02)
        await asyncio.sleep(60)

    await _on_each(target, tally, 40, send)


async def presence(target: Target, tally: Tally) -> None:
    """10 sockets in a presence channel that move their cursors as often as they are let."""

    async def send(_: int, socket: Socket) -> None:
        channel = f"table:{target.table}"
        payload = {"query": PRESENCE, "variables": {"c": channel}}
        await socket.send({"id": "presence", "type": "subscribe", "payload": payload})
        await asyncio.sleep(0.3)
        for number in count():
            moved = {"i": {"channel": channel, "cursor": {"x": number, "text": "x" * 900}}}
            payload = {"query": MOVE, "variables": moved}
            await socket.send({"id": str(number), "type": "subscribe", "payload": payload})
            await asyncio.sleep(0.02)

    await _on_each(target, tally, 10, send)
