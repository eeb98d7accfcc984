"""Attacks that take their time: connections that are there, and do little."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bench.attacks.wire import GONE, Reader, Tally, Target, Writer, answered, asked, connected
from bench.requests import send

HEADERS = b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\n"
BIG = "query ($t: ID!) { records(tableId: $t, first: 1000) { nodes { id fields } } }"

Doing = Callable[[int, Reader, Writer], Awaitable[None]]


async def _on_each(target: Target, tally: Tally, count: int, do: Doing) -> None:
    async def one(number: int) -> None:
        with suppress(*GONE):
            async with connected(target) as (reader, writer):
                tally.outcomes["connections"] += 1
                await do(number, reader, writer)
        tally.outcomes["closed"] += 1

    await asyncio.gather(*(one(number) for number in range(count)))


async def slow_headers(target: Target, tally: Tally) -> None:
    """500 connections that send a header a second, and never the last one."""

    async def drip(_: int, reader: Reader, writer: Writer) -> None:
        writer.write(HEADERS)
        while not reader.at_eof():
            writer.write(b"X-Header: value\r\n")
            await asyncio.sleep(1)

    await _on_each(target, tally, 500, drip)


async def slow_bodies(target: Target, tally: Tally) -> None:
    """300 connections that send all of 1 MB but the end, and then a byte a second."""
    head = HEADERS + b"Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"

    async def drip(_: int, reader: Reader, writer: Writer) -> None:
        writer.write(head + b" " * 990_000)
        await writer.drain()
        while not reader.at_eof():
            writer.write(b" ")
            await asyncio.sleep(1)

    await _on_each(target, tally, 300, drip)


async def slow_readers(target: Target, tally: Tally) -> None:
    """100 connections that ask for pages of 1,000 records, one behind the other, and read nothing of the answers."""

    async def ask(number: int, _: Reader, writer: Writer) -> None:
        writer.transport.pause_reading()
        for _round in range(5):
            writer.write(asked(target, number, BIG, {"t": target.table}))
            await asyncio.sleep(0.2)
        await asyncio.sleep(60)

    await _on_each(target, tally, 100, ask)


async def streams(target: Target, tally: Tally) -> None:
    """Streamed answers, by SSE and multipart, that are opened and dropped, 8 at a time."""
    document = b'{"query":"subscription { recordEvents(tableId: \\"%b\\") { type } }"}' % target.table.encode()
    accepted = ("text/event-stream", "multipart/mixed;subscriptionSpec=1.0")

    async def open_and_drop(number: int, _: Reader, __: Writer) -> None:
        while True:
            number += 1
            token = target.tokens[number % len(target.tokens)]
            headers = f"Authorization: Bearer {token}\r\nAccept: {accepted[number % 2]}\r\n"
            async with connected(target) as (reader, writer):
                writer.write(send("POST", "/graphql", document, headers))
                if number % 3:
                    await reader.readuntil(b"\r\n\r\n")
                tally.outcomes["opened"] += 1
            await asyncio.sleep(0.02)

    await _on_each(target, tally, 8, open_and_drop)


async def new_connections(target: Target, tally: Tally) -> None:
    """A connection for each request."""
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(_reconnect(target, tally))


async def _reconnect(target: Target, tally: Tally) -> None:
    while True:
        with suppress(*GONE):
            async with connected(target) as (reader, writer):
                writer.write(asked(target, 0, "{ __typename }"))
                tally.outcomes[await answered(reader)] += 1
        await asyncio.sleep(0.01)
