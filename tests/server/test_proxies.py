"""Where requests come from: the word of trusted proxies counts, nobody else's does."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from domain.networks import networks
from resolvers.services import Services
from server.app import create_app
from server.proxies import MAX_HOPS, Proxies
from server.settings import Settings
from tests.graph.rates.conftest import MakeApi, ask_from, limited
from tests.support.api import PASSWORD
from tests.support.sockets import served

__all__ = ["limited"]  # a fixture
PROXIES = ("10.0.0.0/8", "fd00::/8")
FORWARDED_FOR = "x-forwarded-for"
REGISTER = "mutation ($input: RegisterInput!) { register(input: $input) { accessToken } }"


async def origin(
    peer: str | None, headers: Mapping[str, Any], header: str = FORWARDED_FOR, *, kind: str = "http"
) -> str | None:
    """Where the application behind the middleware sees a request come from; a list is a header that comes twice."""
    seen: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["client"])

    async def nothing(*_: Any) -> Any:
        return None

    lists = {name: value if isinstance(value, list) else [value] for name, value in headers.items()}
    sent = [(name.encode(), each.encode("latin-1")) for name, values in lists.items() for each in values]
    scope = {"type": kind, "client": None if peer is None else (peer, 1), "headers": sent}
    await Proxies(app, networks(PROXIES), header)(scope, nothing, nothing)
    return seen[0][0] if seen[0] else None


@pytest.mark.parametrize(
    ("peer", "value", "expected"),
    [
        ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7, 10.0.0.2", "192.0.2.7"),
        ("10.0.0.1", "198.51.100.1, 192.0.2.7, 10.0.0.2", "192.0.2.7"),  # the first is what the client made up
        ("10.0.0.1", "10.0.0.9, 192.0.2.7", "192.0.2.7"),  # even where it names a proxy
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),  # a proxy that asks by itself
        ("10.0.0.1", ["198.51.100.1", "192.0.2.7"], "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),  # nobody whom one trusts
        ("192.0.2.7", "10.0.0.2", "192.0.2.7"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.7, unknown", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.7, , 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.7:4711", "192.0.2.7"),
        ("10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("10.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("fd00::1", "2001:db8::7, fd00::2", "2001:db8::7"),
        ("::ffff:10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "\xff\x00, 192.0.2.7", "192.0.2.7"),
        ("no address", "192.0.2.7", "no address"),
        (None, "192.0.2.7", None),
    ],
)
async def test_the_list_is_read_from_its_end_as_far_as_it_is_trusted(
    peer: str | None, value: Any, expected: str | None
) -> None:
    assert await origin(peer, {FORWARDED_FOR: value}) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("for=192.0.2.7;proto=https;by=10.0.0.1", "192.0.2.7"),
        ("By=10.0.0.1; FOR=192.0.2.7", "192.0.2.7"),
        ('for="[2001:db8::7]:4711"', "2001:db8::7"),
        ("for=198.51.100.1, for=192.0.2.7, for=10.0.0.2", "192.0.2.7"),
        ('for="198.51.100.1, for=192.0.2.7', "192.0.2.7"),  # a quote that the client left open
        ("for=_hidden, for=10.0.0.2", "10.0.0.2"),
        ("for=unknown", "10.0.0.1"),
        ("proto=https", "10.0.0.1"),
    ],
)
async def test_the_standard_header_says_it_as_well(value: str, expected: str) -> None:
    assert await origin("10.0.0.1", {"forwarded": value}, "forwarded") == expected


@pytest.mark.parametrize(("read", "other"), [(FORWARDED_FOR, "forwarded"), ("forwarded", FORWARDED_FOR)])
async def test_the_other_header_is_never_read(read: str, other: str) -> None:
    value = "198.51.100.1" if other == FORWARDED_FOR else "for=198.51.100.1"
    assert await origin("10.0.0.1", {other: value}, read) == "10.0.0.1"


async def test_sockets_come_through_proxies_too() -> None:
    assert await origin("10.0.0.1", {FORWARDED_FOR: "192.0.2.7"}, kind="websocket") == "192.0.2.7"


async def test_a_list_without_end_is_not_read_to_its_beginning() -> None:
    assert await origin("10.0.0.1", {FORWARDED_FOR: "192.0.2.7" + ", 10.0.0.2" * MAX_HOPS}) == "10.0.0.2"


async def test_clients_behind_a_proxy_count_by_themselves_and_cannot_choose_as_whom(
    limited: MakeApi, settings: Settings
) -> None:
    services = limited(max_anonymous_requests_per_minute=1, max_cost_per_minute=0).services
    app = create_app(settings.model_copy(update={"trusted_proxies": "10.0.0.0/8"}), services)

    async def status(peer: str, told: str) -> int:
        return (await ask_from(app, peer, x_forwarded_for=told))[0]

    assert [await status("10.0.0.1", "192.0.2.7"), await status("10.0.0.1", "192.0.2.8")] == [200, 200]
    assert await status("10.0.0.1", "198.51.100.99, 192.0.2.7") == 429
    assert [await status("192.0.2.9", f"198.51.100.{n}") for n in range(2)] == [200, 429]


async def test_without_the_setting_the_headers_mean_nothing(limited: MakeApi, settings: Settings) -> None:
    services = limited(max_anonymous_requests_per_minute=1, max_cost_per_minute=0).services
    app = create_app(settings, services)
    told = [(await ask_from(app, "10.0.0.1", x_forwarded_for=f"192.0.2.{n}"))[0] for n in range(2)]
    assert told == [200, 429]


async def test_a_client_of_this_machine_is_not_believed_either(services: Services, settings: Settings) -> None:
    async with served(settings, services) as address, httpx.AsyncClient() as http:
        given = {"input": {"email": "ada@example.com", "password": PASSWORD}}
        body = {"query": REGISTER, "variables": given}
        response = await http.post(f"http://{address}/graphql", json=body, headers={"X-Forwarded-For": "192.0.2.7"})
        token = response.json()["data"]["register"]["accessToken"]
        sessions = await http.post(
            f"http://{address}/graphql",
            json={"query": "{ sessions { ipAddress } }"},
            headers={"Authorization": f"Bearer {token}"},
        )
    assert sessions.json()["data"] == {"sessions": [{"ipAddress": "127.0.0.1"}]}
