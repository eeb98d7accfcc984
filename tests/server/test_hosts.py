"""The names that the server answers to."""

import httpx
import pytest

from resolvers.services import Services
from server.app import create_app
from server.hosts import Hosts, hosts_of
from server.settings import Settings
from tests.support.api import client_of
from tests.support.raw import raw
from tests.support.sockets import served

FOREIGN = "The server is not called by this host; the setting allowed_hosts names those it is."


def said(hosts: Hosts, *headers: str, version: str = "1.1") -> str | None:
    """Why a request with these Host headers is refused."""
    scope = {"http_version": version, "headers": [(b"host", header.encode("latin-1")) for header in headers]}
    refusal = hosts.refusal(scope)
    return None if refusal is None else refusal.message


@pytest.mark.parametrize("host", ["localhost", "LocalHost:8000", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:8000"])
@pytest.mark.parametrize("listening", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_by_default_a_local_server_answers_to_the_names_of_the_machine(listening: str, host: str) -> None:
    hosts = hosts_of(Settings(host=listening))
    assert [said(hosts, host), said(hosts, host)] == [None, None]
    assert said(hosts, "evil.example") == said(hosts, "127.0.0.1.evil.example") == said(hosts, "") == FOREIGN


def test_by_default_a_server_for_others_answers_to_any_name() -> None:
    hosts = hosts_of(Settings(host="0.0.0.0"))
    assert [said(hosts, host) for host in ("a.example", "10.0.0.1:8000", "")] == [None] * 3


def test_names_can_be_set() -> None:
    hosts = hosts_of(Settings(host="0.0.0.0", allowed_hosts="api.example.com, *.tables.example, ::1"))
    taken = ["api.example.com", "API.example.com:443", "a.tables.example", "a.b.tables.example", "[::1]:8000"]
    refused = ["example.com", "tables.example", "xtables.example", "api.example.com.evil.example", "localhost"]
    assert [said(hosts, host) for host in taken] == [None] * 5
    assert [said(hosts, host) for host in refused] == [FOREIGN] * 5


@pytest.mark.parametrize("host", ["a b", "a/b", "user@a", "a:x", "a:123456", "a:80:80", "é", "[::1", "[x]", "a,b c"])
def test_a_malformed_name_is_refused_even_where_any_is_taken(host: str) -> None:
    assert said(Hosts(["*"]), host) == "The Host header is malformed."


@pytest.mark.parametrize("headers", [(), ("localhost", "localhost")])
def test_there_is_one_host(headers: tuple[str, ...]) -> None:
    assert said(Hosts(["*"]), *headers) == "The request must have one Host header."


def test_the_oldest_version_may_name_none_where_any_is_taken() -> None:
    assert said(Hosts(["*"]), version="1.0") is None
    assert said(Hosts(["localhost"]), version="1.0") == "The request names no host."


@pytest.mark.parametrize("path", ["/graphql?query={me{id}}", "/", "/health", "/import", "/nowhere"])
async def test_no_path_answers_to_a_foreign_name(settings: Settings, services: Services, path: str) -> None:
    async with client_of(create_app(settings, services)) as http:
        response = await http.get(path, headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert response.json() == {"errors": [{"message": FOREIGN, "extensions": {"code": "BAD_REQUEST"}}]}


async def test_a_socket_does_not_either(settings: Settings, services: Services) -> None:
    handshake = (
        b"GET /graphql HTTP/1.1\r\nHost: %b\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    )
    async with served(settings, services) as address:
        async with raw(address) as line:
            await line.send(handshake % b"evil.example")
            reply = await line.reply()
            assert (reply.status, reply.codes) == (400, ["BAD_REQUEST"])
        async with httpx.AsyncClient(timeout=1) as http:
            assert (await http.get(f"http://{address}/health")).status_code == 200


@pytest.mark.parametrize(
    "target", ["http://evil.example/health", "HTTP://evil.example:8000/health", "http://a@b/health"]
)
async def test_the_host_of_a_whole_url_counts(settings: Settings, services: Services, target: str) -> None:
    request = f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    async with served(settings, services) as address, raw(address) as line:
        await line.send(request)
        assert (await line.reply()).status == 400


async def test_a_whole_url_of_this_server_is_answered(settings: Settings, services: Services) -> None:
    request = b"GET http://localhost/health HTTP/1.1\r\nHost: evil.example\r\n\r\n"
    async with served(settings, services) as address, raw(address) as line:
        await line.send(request)
        assert (await line.reply()).status == 200
