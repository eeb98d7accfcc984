"""What a connection may send, and at what pace: all that is too much, too slow or no HTTP is answered and let go."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import orjson
import pytest

from resolvers.services import Services
from server.settings import Settings
from tests.support.api import Api
from tests.support.raw import Line, post, raw
from tests.support.records import Records
from tests.support.sockets import served
from tests.support.streams import SSE, streamed
from tests.support.tables import make_table

ME = b'{"query":"{ me { id } }"}'
ANSWER = b'{"data":{"me":null}}'
MOST = 2_000
LONG = 1_000_000
"""Bytes that are never read at once."""


@pytest.fixture
async def address(settings: Settings, services: Services) -> AsyncIterator[str]:
    """A server that takes little, and waits for a second."""
    update = {"max_body_bytes": MOST, "max_header_bytes": 4_096, "request_timeout": timedelta(seconds=1)}
    async with served(settings.model_copy(update=update), services) as address:
        yield address


@pytest.fixture
async def line(address: str) -> AsyncIterator[Line]:
    """An open connection that has said nothing yet."""
    async with raw(address) as line:
        yield line


async def assert_refused(line: Line, status: int, code: str = "BAD_REQUEST") -> None:
    """The next reply is this refusal, and nothing comes after it."""
    reply = await line.reply()
    assert (reply.status, reply.codes, reply.headers["connection"]) == (status, [code], "close")
    assert await line.rest() == b""


# --- bodies ---


async def test_a_body_of_the_size_that_is_taken_is_answered(line: Line) -> None:
    for _ in range(2):
        await line.send(post(ME.ljust(MOST)))
        reply = await line.reply()
        assert (reply.status, reply.body, reply.headers.get("connection")) == (200, ANSWER, None)


async def test_a_declared_length_is_refused_before_the_body_is_read(line: Line) -> None:
    await line.send(post(length=MOST + 1))
    await assert_refused(line, 413, "PAYLOAD_TOO_LARGE")


async def test_a_client_that_waits_for_100_continue_is_spared_the_body(line: Line) -> None:
    await line.send(post(b"", "Expect: 100-continue", length=MOST + 1))
    await assert_refused(line, 413, "PAYLOAD_TOO_LARGE")


async def test_chunks_are_counted(line: Line) -> None:
    chunk = b"3e8\r\n" + b" " * 1_000 + b"\r\n"
    await line.send(post(b"", "Transfer-Encoding: chunked", length=-1), chunk, chunk, chunk)
    await assert_refused(line, 413, "PAYLOAD_TOO_LARGE")


async def test_chunks_of_the_size_that_is_taken_are_answered(line: Line) -> None:
    chunks = [b"%x\r\n%b\r\n" % (len(part), part) for part in (ME[:5], ME[5:], b" " * 1_900)]
    await line.send(post(b"", "Transfer-Encoding: chunked", length=-1), *chunks, b"0\r\n\r\n")
    assert (await line.reply()).body == ANSWER


async def test_who_goes_on_sending_still_reads_why_it_was_refused(line: Line) -> None:
    await line.send(post(length=50_000_000), *[b" " * 100_000] * 20)
    await assert_refused(line, 413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize("path", ["/nowhere", "/health", "/import"])
async def test_no_path_reads_on_when_it_has_answered(line: Line, path: str) -> None:
    await line.send(post(b"x", path=path, length=10_000))
    reply = await line.reply()
    assert 400 <= reply.status < 500
    assert reply.headers["connection"] == "close"
    assert await line.rest() == b""


# --- headers ---


@pytest.mark.parametrize("count", [97, 98])
async def test_so_many_headers_are_taken(line: Line, count: int) -> None:
    await line.send(post(ME, *(f"X-{i}: x" for i in range(count))))
    if count == 97:  # with three of `post`
        assert (await line.reply()).body == ANSWER
    else:
        await assert_refused(line, 431)


@pytest.mark.parametrize("parts", [1, 8])
@pytest.mark.parametrize("size", [3_900, 4_200])
async def test_so_many_bytes_of_headers_are_taken(line: Line, size: int, parts: int) -> None:
    request = post(ME, f"X-Long: {'x' * size}")
    step = -(-len(request) // parts)
    await line.send(*(request[i : i + step] for i in range(0, len(request), step)))
    if size == 3_900:
        assert (await line.reply()).body == ANSWER
    else:
        await assert_refused(line, 431)


@pytest.mark.parametrize("start", [b"GET /" + b"x" * 5_000, b"GET / HTTP/1.1\r\nX: " + b"x" * 5_000])
async def test_headers_without_an_end_are_refused(line: Line, start: bytes) -> None:
    await line.send(start)
    await assert_refused(line, 431)


async def test_a_large_body_does_not_count_as_headers(settings: Settings, services: Services) -> None:
    async with served(settings, services) as address, raw(address) as line:
        await line.send(post(ME.ljust(1 << 20)))
        assert (await line.reply()).body == ANSWER


async def test_what_follows_the_body_adds_no_headers(line: Line) -> None:
    chunk = b"%x\r\n%b\r\n" % (len(ME), ME)
    await line.send(post(chunk + b"0\r\nAuthorization: Bearer x\r\n\r\n", "Transfer-Encoding: chunked", length=-1))
    assert (await line.reply()).body == ANSWER


@pytest.mark.parametrize("tail", [b"0\r\nX: " + b"x" * LONG, b"0\r\n" + b"X: x\r\n" * 200, b"1;x=" + b"x" * LONG])
async def test_trailers_and_extensions_of_chunks_are_bounded(line: Line, tail: bytes) -> None:
    await line.send(post(b"", "Transfer-Encoding: chunked", length=-1), b"1\r\n{\r\n" + tail)
    await assert_refused(line, 431)


# --- what is no HTTP ---


@pytest.mark.parametrize(
    "request_",
    [b"nonsense\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /health HTTP/2.0\r\nHost: localhost\r\n\r\n",
     b"GET /health HTTP/0.9\r\nHost: localhost\r\n\r\n", b"CONNECT /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
     b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
     post(ME, "Transfer-Encoding: chunked"), post(ME, "Content-Length: 1"), post(ME, "Content-Length: x", length=-1),
     post(b"", "Transfer-Encoding: chunked", length=-1) + b"nonsense\r\n"],
)  # fmt: skip
async def test_what_is_no_request_is_a_coded_error(line: Line, request_: bytes) -> None:
    await line.send(request_)
    await assert_refused(line, 400)


async def test_nonsense_after_a_request_spoils_no_answer(line: Line) -> None:
    await line.send(post(ME) + b"\x00\x00\x00\x00nonsense\r\n\r\n")
    answered = await line.rest()
    assert answered.count(b"HTTP/1.1") <= 1


# --- wishes for another protocol ---


@pytest.mark.parametrize("wish", ["h2c", "foo", "websocket", "h2c, foo"])
@pytest.mark.parametrize("is_split", [False, True])
async def test_a_wish_for_another_protocol_is_ignored(line: Line, wish: str, is_split: bool) -> None:
    """Java's HttpClient wishes for h2c with each first request, by POST as well."""
    head, _, body = post(ME, "Connection: Upgrade, HTTP2-Settings", f"Upgrade: {wish}").partition(b"\r\n\r\n")
    parts = [head + b"\r\n\r\n", body] if is_split else [head + b"\r\n\r\n" + body]
    for _ in range(2):
        await line.send(*parts)
        assert (await line.reply()).body == ANSWER


@pytest.mark.parametrize("is_split", [False, True])
async def test_the_body_beside_such_a_wish_is_no_other_request(line: Line, is_split: bool) -> None:
    """A proxy that passes the wish on would have taken the second answer for that to its next request."""
    head = post(b"", "Connection: Upgrade", "Upgrade: foo", length=len(post(ME)))
    await line.send(*([head, post(ME)] if is_split else [head + post(ME)]), post(ME, "Connection: close"))
    assert (await line.reply()).codes == ["BAD_REQUEST"]
    assert (await line.reply()).body == ANSWER
    assert await line.rest() == b""


async def test_who_wishes_for_another_protocol_may_have_the_connection_closed(line: Line) -> None:
    await line.send(post(ME, "Connection: Upgrade, close", "Upgrade: foo"))
    assert (await line.reply()).body == ANSWER
    assert await line.rest() == b""


async def test_requests_behind_such_wishes_are_answered_in_turn(line: Line) -> None:
    wish = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n"
    await line.send(wish * 1_500 + post(ME))
    for _ in range(1_500):
        assert (await line.reply()).body == b'{"status":"ok"}'
    assert (await line.reply()).body == ANSWER


async def test_the_body_beside_such_a_wish_is_bounded(line: Line) -> None:
    await line.send(post(b"", "Connection: Upgrade", "Upgrade: foo", length=MOST + 1))
    await assert_refused(line, 413, "PAYLOAD_TOO_LARGE")


# --- slow ones ---


@pytest.mark.parametrize(
    "start", [b"G", b"POST /graphql HTTP/1.1\r\nHost: local", post(length=100), post(ME[:-1], length=len(ME))]
)
async def test_a_request_that_is_not_completed_is_given_up(line: Line, start: bytes) -> None:
    await line.send(start)
    await assert_refused(line, 408)


async def test_dripping_bytes_do_not_gain_time(line: Line) -> None:
    async def drip() -> None:
        for _ in range(1_000):
            await line.send(b" ")
            await asyncio.sleep(0.05)

    await line.send(post(length=MOST))
    dripping = asyncio.create_task(drip())
    await assert_refused(line, 408)
    dripping.cancel()


async def test_who_says_nothing_is_let_go(line: Line) -> None:
    assert await line.rest() == b""


async def test_a_second_request_has_its_own_time(line: Line) -> None:
    for _ in range(3):
        await line.send(post(ME)[:-5])
        await asyncio.sleep(0.4)
        await line.send(ME[-5:])
        assert (await line.reply()).body == ANSWER


@pytest.mark.parametrize(("rows", "is_taken"), [(600, True), (4, False)])
async def test_an_upload_may_take_long_while_it_moves(line: Line, api: Api, rows: int, is_taken: bool) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    path = f"/import?fileName=a.csv&tableId={table.id}"
    headers = ("Transfer-Encoding: chunked", f"Authorization: Bearer {table.owner.access_token}")

    async def upload() -> None:
        await line.send(post(b"5\r\nName\n\r\n", *headers, path=path, length=-1))
        for _ in range(8):  # twice what a request may take
            await asyncio.sleep(0.25)
            await line.send(b"%x\r\n%b\r\n" % (10 * rows, b"123456789\n" * rows))
        await line.send(b"0\r\n\r\n")

    async with asyncio.TaskGroup() as both:
        both.create_task(upload())
        if is_taken:
            reply = await line.reply()
            assert (reply.status, orjson.loads(reply.body)["rowCount"]) == (200, 8 * rows)
        else:
            await assert_refused(line, 408)


async def test_a_stream_that_is_idle_is_not_taken_for_slow(address: str, api: Api) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    document = "subscription ($table: ID!) { recordEvents(tableId: $table) { type } }"
    async with streamed(address, SSE, document, {"table": table.id}, table.owner) as stream:
        await asyncio.sleep(2)  # twice what a request may take
        await Records(api, table).create({"Name": "a"})
        assert (await stream.event())[1] == {"data": {"recordEvents": {"type": "CREATED"}}}
