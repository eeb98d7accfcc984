"""Who may open a WebSocket, and how many of them."""

from contextlib import AsyncExitStack

import pytest
from websockets.exceptions import InvalidStatus

from graph.transport.origins import Origins
from resolvers.services import Services
from server.settings import Settings
from tests.support.api import Api
from tests.support.raw import raw
from tests.support.sockets import Socket, opened, served
from tests.support.waiting import eventually

ME = "{ me { email } }"
HOST = "localhost:8000"


def admits(allowed: list[str], *origins: str, host: str = HOST) -> bool:
    """Whether a handshake with these Origin headers may go on."""
    headers = [(b"host", host.encode()), *((b"origin", origin.encode()) for origin in origins)]
    return Origins(allowed).admit(headers)


@pytest.mark.parametrize("origin", [f"http://{HOST}", f"https://{HOST}", f"HTTP://{HOST.upper()}"])
def test_a_page_of_the_host_itself_may(origin: str) -> None:
    assert admits([], origin)


@pytest.mark.parametrize(
    "origin", ["http://localhost", "http://localhost:8001", "https://evil.example", "null", "", HOST, f"x{HOST}"]
)
def test_other_pages_may_not(origin: str) -> None:
    assert not admits([], origin)
    assert not admits(["https://app.example"], origin)


def test_pages_of_the_list_may() -> None:
    allowed = ["https://App.example", "http://localhost:3000"]
    assert admits(allowed, "https://app.example")
    assert admits(allowed, "http://localhost:3000")
    assert not admits(allowed, "http://app.example")
    assert not admits(allowed, "https://app.example.evil.example")


def test_who_is_no_browser_may() -> None:
    assert admits([])


def test_any_page_may_where_any_is_set() -> None:
    assert admits(["*"], "https://evil.example")
    assert admits(["*"], "null")


def test_two_origins_are_none() -> None:
    assert not admits(["https://app.example"], "https://app.example", "https://app.example")


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short", 400),
        ("Sec-WebSocket-Version: 13", 400),
        ("Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", 400),
    ],
)
async def test_what_is_no_handshake_is_refused_as_all_else(
    settings: Settings, services: Services, wrong: str, status: int
) -> None:
    async with served(settings, services) as address, raw(address) as line:
        head = f"GET /graphql HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{wrong}"
        await line.send(f"{head}\r\n\r\n".encode())
        reply = await line.reply()
        assert (reply.status, reply.codes) == (status, ["BAD_REQUEST"])


async def test_a_foreign_page_gets_no_socket(settings: Settings, services: Services) -> None:
    listed = settings.model_copy(
        update={"allowed_origins": "https://app.example, https://b.example", "cors_origins": "https://c.example"}
    )
    async with served(listed, services) as address:
        for origin in (f"http://{address}", "https://app.example", "https://b.example", "https://c.example"):
            async with opened(address, headers={"Origin": origin}) as socket:
                await socket.initialise()
        with pytest.raises(InvalidStatus) as raised:
            async with opened(address, headers={"Origin": "https://evil.example"}):
                pass
    response = raised.value.response
    assert (response.status_code, response.headers["content-type"]) == (403, "application/json; charset=utf-8")
    assert b'"code":"FORBIDDEN"' in response.body


async def test_a_user_may_have_so_many_sockets(settings: Settings, services: Services, api: Api) -> None:
    few = settings.model_copy(update={"max_sockets_per_user": 2})
    user, other = await api.register(), await api.register()
    said = "Too many sockets: 2 sockets of yours run on this server, which is the most; end one first."
    async with served(few, services) as address, AsyncExitStack() as sockets:

        async def another() -> Socket:
            return await sockets.enter_async_context(opened(address))

        first, _, third = [await another() for _ in range(3)]
        for socket in (first, _):
            await socket.initialise(user)
        await third.send({"type": "connection_init", "payload": {"Authorization": f"Bearer {user.access_token}"}})
        assert await third.closed() == (4429, said)
        for _ in range(2):
            await (await another()).initialise(other)
            await (await another()).initialise()
        anonymous = await another()
        await anonymous.send({"type": "connection_init"})
        assert await anonymous.closed() == (4429, said)
        await first.connection.close()
        await eventually(lambda: _gets_in(address, user.access_token))


async def _gets_in(address: str, token: str) -> bool:
    async with opened(address) as socket:
        await socket.send({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}})
        try:
            return await socket.receive() == {"type": "connection_ack"}
        except Exception:  # closed: the server has not noticed yet that one is gone
            return False
