"""Responses on the wire, whatever an application does: each is whole, or a client sees that it is not."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Final

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from resolvers.services import Services
from server.boundary import Boundary
from server.hosts import hosts_of
from server.metrics import Metrics
from server.protocols import ServerConfig
from server.security_headers import SECURITY_HEADERS
from server.settings import Settings
from tests.support.raw import Line, raw
from tests.support.sockets import BareServer

Handler = Callable[[Receive, Send], Awaitable[None]]


def begun(status: int = 200, length: int | None = None) -> Message:
    headers = [] if length is None else [(b"content-length", str(length).encode())]
    return {"type": "http.response.start", "status": status, "headers": headers}


def part(data: bytes = b"", *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": more}


def sending(*messages: Message | Exception) -> Handler:
    """A handler that sends these messages, reads nothing, and perhaps fails."""

    async def handle(receive: Receive, send: Send) -> None:
        for message in messages:
            if isinstance(message, Exception):
                raise message
            await send(dict(message))

    return handle


async def _read(receive: Receive, send: Send) -> None:
    data = b""
    while (message := await receive())["type"] == "http.request":
        data += message["body"]
        if not message["more_body"]:
            await sending(begun(200, len(data)), part(data))(receive, send)


FAULT: Final = ValueError("a secret")
HANDLERS: Final[Mapping[str, Handler]] = {
    "/read": _read,
    "/whole": sending(begun(200, 5), part(b"whole")),
    "/pieces": sending(begun(), part(b"wh", more=True), part(b"ole", more=True), part()),
    "/empty": sending(begun(200, 0), part()),
    "/nothing": sending(begun(204), part()),
    "/unchanged": sending(begun(304), part()),
    "/fails": sending(FAULT),
    "/begins-and-fails": sending(begun(), FAULT),
    "/fails-midway": sending(begun(), part(b"who", more=True), FAULT),
    "/too-long": sending(begun(200, 3), part(b"whole")),
    "/too-short": sending(begun(200, 9), part(b"whole")),
    "/begins-only": sending(begun()),
}
WHOLE: Final = {
    "/whole": (200, b"whole"),
    "/pieces": (200, b"whole"),
    "/empty": (200, b""),
    "/nothing": (204, b""),
    "/unchanged": (304, b""),
}
CUT_OFF: Final = ("/begins-and-fails", "/fails-midway", "/too-long", "/too-short", "/begins-only")


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers by its path; its own life has no events."""
    if scope["type"] != "lifespan":
        await HANDLERS[scope["path"]](receive, send)
        return
    for event in ("startup", "shutdown"):
        assert (await receive())["type"] == f"lifespan.{event}"
        await send({"type": f"lifespan.{event}.complete"})


@pytest.fixture
async def address(settings: Settings, services: Services) -> AsyncIterator[str]:
    """The server's own protocol and outermost layer around that application."""
    app = Boundary(application, Metrics(services, 10), "off", hosts_of(settings))
    listener = socket.create_server(("127.0.0.1", 0))
    server = BareServer(ServerConfig(app, settings, timeout_graceful_shutdown=5))
    serving = asyncio.create_task(server.serve([listener]))
    await server.ready.wait()
    yield f"127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.fixture
async def http(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client with one connection, which it keeps."""
    limits = httpx.Limits(max_connections=1)
    async with httpx.AsyncClient(base_url=f"http://{address}", limits=limits, timeout=20) as http:
        yield http


@pytest.fixture
async def line(address: str) -> AsyncIterator[Line]:
    """An open connection that has said nothing yet."""
    async with raw(address) as line:
        yield line


def names_once(response: httpx.Response) -> bool:
    """Whether no header comes twice, and the server's own are among them."""
    names = [name.lower() for name, _ in response.headers.raw]
    own = [] if response.status_code == 304 else [name for name, _ in SECURITY_HEADERS]
    return len(names) == len(set(names)) and {b"x-request-id", *own} <= set(names)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_what_is_sent_whole_is_read_whole_and_the_connection_goes_on(
    http: httpx.AsyncClient, method: str
) -> None:
    for path, (status, body) in WHOLE.items():
        response = await http.request(method, path, content=b"unread" if method == "POST" else None)
        assert (response.status_code, response.content) == (status, b"" if method == "HEAD" else body), path
        assert names_once(response), path
        assert "connection" not in response.headers, path


async def test_a_failure_before_the_response_is_one_error_and_the_connection_goes_on(http: httpx.AsyncClient) -> None:
    for _ in range(2):
        response = await http.post("/fails", content=b"unread")
        assert (response.status_code, [each["extensions"]["code"] for each in response.json()["errors"]]) == (
            500,
            ["INTERNAL_ERROR"],
        )
        assert "secret" not in response.text
        assert names_once(response)


@pytest.mark.parametrize("path", CUT_OFF)
async def test_a_failure_after_it_has_begun_shows(http: httpx.AsyncClient, path: str) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await http.get(path)
    assert (await http.get("/whole")).content == b"whole"  # by another connection


async def test_answers_to_requests_that_came_together_are_whole_and_in_turn(line: Line) -> None:
    paths = ["/whole", "/empty", "/fails", "/whole"]
    await line.send(b"".join(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() for path in paths))
    for path in paths:
        reply = await line.reply()
        assert (reply.status, len(reply.body) > 0) == (500 if path == "/fails" else 200, path != "/empty")
        assert "x-request-id" in reply.headers
        assert reply.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", ["/whole", "/pieces", "/nothing", "/fails"])
async def test_a_body_that_is_not_complete_ends_the_connection_behind_the_answer(line: Line, path: str) -> None:
    await line.send(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc".encode())
    answer = await line.rest()
    assert answer.startswith(b"HTTP/1.1 ")
    assert answer.count(b"connection: close\r\n") == 1
    assert answer.count(b"x-request-id: ") == 1
    assert answer.endswith({"/whole": b"whole", "/pieces": b"0\r\n\r\n", "/fails": b"}"}.get(path, b"\r\n\r\n"))


@pytest.mark.parametrize("asked", ["HTTP/1.1\r\nConnection: close", "HTTP/1.0", "HTTP/1.0\r\nConnection: keep-alive"])
async def test_who_wants_one_answer_gets_one(line: Line, asked: str) -> None:
    await line.send(f"GET /whole {asked}\r\nHost: localhost\r\n\r\n".encode())
    reply = await line.reply()
    assert (reply.body, reply.headers["connection"]) == (b"whole", "close")
    assert await line.rest() == b""


@pytest.mark.parametrize(("version", "is_told"), [("1.1", True), ("1.0", False)])
async def test_to_go_on_is_told_to_those_who_know_that_answer(line: Line, version: str, is_told: bool) -> None:
    head = f"POST /read HTTP/{version}\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
    await line.send(head.encode())
    if is_told:
        assert await line.head() == "HTTP/1.1 100 Continue\r\n\r\n"
    await line.send(b"abc")
    reply = await line.reply()
    assert (reply.status, reply.body) == (200, b"abc")


@pytest.mark.parametrize("sent", ["a b", "a\tb", "\xe9", "x" * 65, "a\x7f", "a;b", "", "%0d%0aset-cookie: x"])
async def test_an_id_that_is_not_harmless_is_not_said_again(line: Line, sent: str) -> None:
    await line.send(f"GET /whole HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: {sent}\r\n\r\n".encode("latin-1"))
    reply = await line.reply()
    if reply.status == 200:
        assert len(reply.headers["x-request-id"]) == 32
        assert set(reply.headers["x-request-id"]) <= set("0123456789abcdef")
        assert "set-cookie" not in reply.headers
    else:
        assert (reply.status, reply.codes) == (400, ["BAD_REQUEST"])
