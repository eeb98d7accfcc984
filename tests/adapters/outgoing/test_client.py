"""Requests to real servers, which hang, drip, break off, redirect, or answer with gigabytes."""

import asyncio
import gzip
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.outgoing.client import MAX_CONNECTIONS, OutgoingClient
from adapters.outgoing.faults import Failure, TargetFailed, TargetRefused
from adapters.outgoing.names import Resolver
from adapters.outgoing.request import Request
from adapters.outgoing.rules import Rules
from domain.networks import networks
from tests.support.certificates import write_certificate
from tests.support.targets import Target, answering, serving

HERE = networks(["127.0.0.1/32"])
RULES = Rules(networks=HERE, connect_timeout=5.0, read_timeout=5.0, total_timeout=10.0, max_bytes=10_000)
HASTY = replace(RULES, connect_timeout=0.5, read_timeout=0.5, total_timeout=1.0)


async def to_here(name: str, port: int) -> Sequence[str]:
    """A resolver that knows one address."""
    return ["127.0.0.1"]


@asynccontextmanager
async def client(
    rules: Rules = RULES, resolver: Resolver = to_here, context: ssl.SSLContext | None = None
) -> AsyncIterator[OutgoingClient]:
    """A client for as long as the block lasts."""
    made = OutgoingClient(rules, resolver=resolver, ssl_context=context)
    try:
        yield made
    finally:
        await made.aclose()


async def test_a_request_is_sent_as_it_is_given() -> None:
    async with serving(answering("201 Created", b'{"ok": true}', "X-One: a", "X-One: b")) as target, client() as sender:
        answer = await sender.send(Request("POST", target.url(path="/in?x=1"), {"X-Key": "k"}, b"\x00\xff"))

    assert target.requests == [
        f"POST /in?x=1 HTTP/1.1\r\nHost: hook.test:{target.port}\r\nUser-Agent: Tablegraph\r\nAccept: */*\r\n"
        "X-Key: k\r\nAccept-Encoding: identity\r\nContent-Length: 2\r\n\r\n".encode()
        + b"\x00\xff"
    ]
    assert (answer.status, answer.body, answer.text, answer.is_cut) == (201, b'{"ok": true}', '{"ok": true}', False)
    assert answer.headers == (("content-length", "12"), ("x-one", "a"), ("x-one", "b"))
    assert answer.is_success
    assert answer.url == target.url(path="/in?x=1")
    assert 0 < answer.seconds < 10


async def test_a_failing_server_has_answered() -> None:
    async with serving(answering("500 Oh", b"no")) as target, client() as sender:
        answer = await sender.send(Request("POST", target.url()))

    assert (answer.status, answer.is_success, answer.text) == (500, False, "no")


async def test_the_server_s_own_addresses_are_refused_by_default() -> None:
    async with serving(answering()) as target, client(Rules()) as sender:
        for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "hook.test"):
            with pytest.raises(TargetRefused, match="does not lead to a public address"):
                await sender.send(Request("GET", target.url(host)))

    assert target.requests == []


async def test_a_name_is_looked_up_once_and_connected_to_at_the_address_that_was_looked_at() -> None:
    asked = 0

    async def rebinding(name: str, port: int) -> Sequence[str]:
        nonlocal asked
        asked += 1
        return ["127.0.0.1"] if asked == 1 else ["127.0.0.2"]

    async with serving(answering("200 OK", b"", "Connection: close")) as target, client(resolver=rebinding) as sender:
        assert (await sender.send(Request("GET", target.url()))).status == 200
        assert asked == 1
        with pytest.raises(TargetRefused):
            await sender.send(Request("GET", target.url()))

    assert (asked, len(target.requests)) == (2, 1)


async def test_of_several_addresses_only_the_allowed_are_tried() -> None:
    async def several(name: str, port: int) -> Sequence[str]:
        return ["127.0.0.2", "10.0.0.1", "127.0.0.1"]

    async with serving(answering()) as target, client(resolver=several) as sender:
        assert (await sender.send(Request("GET", target.url()))).status == 200


async def test_an_address_that_takes_nothing_is_followed_by_the_next() -> None:
    async def several(name: str, port: int) -> Sequence[str]:
        return ["127.0.0.3", "127.0.0.1"]

    rules = replace(RULES, networks=networks(["127.0.0.0/8"]))
    async with serving(answering()) as target, client(rules, several) as sender:
        assert (await sender.send(Request("GET", target.url()))).status == 200


async def test_redirects_are_answers_unless_they_are_to_be_followed() -> None:
    async with serving(answering("302 Found", b"", "Location: /next")) as target, client() as sender:
        answer = await sender.send(Request("GET", target.url()))
        followed = await sender.send(Request("GET", target.url(), redirects=2))

    assert (answer.status, answer.header("location")) == (302, "/next")
    assert (followed.status, followed.url) == (302, target.url(path="/next"))
    assert [request.split(b" ")[1] for request in target.requests] == [b"/in", b"/in", b"/next", b"/next"]


@pytest.mark.parametrize(
    "location", ["http://127.0.0.2/", "http://[::1]/", "http://169.254.169.254/latest", "//2130706434/"]
)
async def test_a_redirect_to_an_address_inside_is_refused(location: str) -> None:
    async def by_name(name: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"] if name == "hook.test" else [{"2130706434": "127.0.0.2"}.get(name, name)]

    async with serving(answering("307 Go", b"", f"Location: {location}")) as target, client(resolver=by_name) as sender:
        with pytest.raises(TargetRefused, match="does not lead to a public address"):
            await sender.send(Request("POST", target.url(), redirects=5))

    assert len(target.requests) == 1


async def failure_of(sender: OutgoingClient, url: str) -> Failure:
    """Why there is no answer."""
    with pytest.raises(TargetFailed) as failed:
        await sender.send(Request("POST", url, body=b"x"))
    assert failed.value.code == "UNAVAILABLE"
    return failed.value.failure


async def hang(target: Target, writer: asyncio.StreamWriter) -> None:
    """Says nothing."""
    await asyncio.sleep(60)


async def drip(target: Target, writer: asyncio.StreamWriter) -> None:
    """Sends a byte now and then, of the body and before that of the headers."""
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.1)


@pytest.mark.parametrize(("behaviour", "least", "most"), [(hang, 0.5, 2.5), (drip, 1.0, 3.0)])
async def test_servers_that_take_too_long_are_given_up(behaviour: object, least: float, most: float) -> None:
    async with serving(behaviour) as target, client(HASTY) as sender:  # type: ignore[arg-type]
        started = time.monotonic()
        assert await failure_of(sender, target.url()) is Failure.TIMEOUT

    assert least <= time.monotonic() - started < most


async def test_names_that_take_too_long_are_given_up() -> None:
    async def never(name: str, port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    async with client(HASTY, never) as sender:
        started = time.monotonic()
        assert await failure_of(sender, "http://hook.test/") is Failure.TIMEOUT

    assert 0.5 <= time.monotonic() - started < 2.5


async def test_requests_that_were_given_up_leave_room_for_others() -> None:
    rules = replace(RULES, total_timeout=0.3)
    async with serving(hang) as hanging, serving(answering()) as target, client(rules) as sender:
        given_up = [sender.send(Request("GET", hanging.url())) for _ in range(MAX_CONNECTIONS + 20)]
        failures = await asyncio.gather(*given_up, return_exceptions=True)
        answer = await sender.send(Request("GET", target.url()))

    assert [type(failure) for failure in failures] == [TargetFailed] * (MAX_CONNECTIONS + 20)
    assert answer.status == 200


async def test_names_without_an_address_fail() -> None:
    async with of_the_system() as sender:
        assert await failure_of(sender, "http://nowhere.invalid/") is Failure.NAME


@asynccontextmanager
async def of_the_system() -> AsyncIterator[OutgoingClient]:
    """One that asks the system for addresses."""
    made = OutgoingClient(RULES)
    yield made
    await made.aclose()


async def close(target: Target, writer: asyncio.StreamWriter) -> None:
    """Breaks off."""
    writer.close()


async def babble(target: Target, writer: asyncio.StreamWriter) -> None:
    """Speaks something else."""
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


async def stop_short(target: Target, writer: asyncio.StreamWriter) -> None:
    """Promises more than it sends."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
    writer.close()


async def endless_headers(target: Target, writer: asyncio.StreamWriter) -> None:
    """Never gets to the body."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X: " + b"y" * 10_000 + b"\r\n")
        await writer.drain()


@pytest.mark.parametrize("behaviour", [close, babble, stop_short, endless_headers])
async def test_what_is_not_http_is_a_failure(behaviour: object) -> None:
    async with serving(behaviour) as target, client() as sender:  # type: ignore[arg-type]
        assert await failure_of(sender, target.url()) is Failure.PROTOCOL


async def test_a_port_where_nobody_listens_is_a_failure() -> None:
    async with serving(answering()) as target:
        url = target.url()
    async with client() as sender:
        assert await failure_of(sender, url) is Failure.CONNECT


async def gigabyte(target: Target, writer: asyncio.StreamWriter) -> None:
    """Sends 1 GB, and counts what the client took."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
    for _ in range(1_000):
        writer.write(b"x" * 1_000_000)
        await writer.drain()
        target.sent += 1_000_000


async def test_of_a_gigabyte_the_first_bytes_are_read() -> None:
    async with serving(gigabyte) as target, client() as sender:
        answer = await sender.send(Request("GET", target.url()))
        again = await sender.send(Request("GET", target.url()))

    assert (len(answer.body), answer.is_cut, answer.text) == (10_000, True, "x" * 10_000)
    assert again == replace(answer, seconds=again.seconds)
    assert target.sent < 50_000_000
    assert answer.seconds < 5


async def test_a_body_of_just_the_limit_is_whole() -> None:
    async with serving(answering("200 OK", b"x" * 10_000)) as target, client() as sender:
        answer = await sender.send(Request("GET", target.url()))

    assert (len(answer.body), answer.is_cut) == (10_000, False)


async def test_what_is_packed_stays_packed() -> None:
    bomb = gzip.compress(b"\x00" * 1_000_000)
    async with serving(answering("200 OK", bomb, "Content-Encoding: gzip")) as target, client() as sender:
        answer = await sender.send(Request("GET", target.url()))

    assert answer.body == bomb
    assert answer.text == f"({len(bomb):,} bytes, gzip)"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("ä".encode(), "text/plain", "ä"),
        (b"\xe4", "text/plain; charset=latin-1", "ä"),
        (b"\xe4\x00", "application/json", "\ufffd\ufffd"),
        (b"x", "text/plain; charset=nothing", "x"),
        (b"x", "text/plain; charset=rot13", "x"),
    ],
)
async def test_a_body_is_a_text_that_can_be_kept(body: bytes, content_type: str, text: str) -> None:
    async with serving(answering("200 OK", body, f"Content-Type: {content_type}")) as target, client() as sender:
        assert (await sender.send(Request("GET", target.url()))).text == text


async def test_headers_of_an_answer_are_bounded() -> None:
    many = [f"X-{index}: {'v' * 1_100}" for index in range(60)]
    async with serving(answering("200 OK", b"", *many)) as target, client() as sender:
        answer = await sender.send(Request("GET", target.url()))

    assert len(answer.headers) == 50
    assert answer.header("x-1") == "v" * 1_000


async def test_neither_proxies_nor_cookies_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with serving(answering("200 OK", b"", "Set-Cookie: a=b; Path=/")) as target, client() as sender:
        for _ in range(2):
            await sender.send(Request("GET", target.url()))

    assert not any(b"cookie" in request.lower() for request in target.requests)
    assert len(target.requests) == 2


async def test_certificates_are_of_the_name_that_was_asked_for(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=certificate)
    async with serving(answering("200 OK", b"in private"), server) as target:
        async with client(context=trusting) as sender:
            answer = await sender.send(Request("GET", target.url("127.0.0.1", scheme="https")))
            assert answer.text == "in private"
            assert await failure_of(sender, target.url(scheme="https")) is Failure.CONNECT
        async with client() as sender:
            assert await failure_of(sender, target.url("127.0.0.1", scheme="https")) is Failure.CONNECT

    assert len(target.requests) == 1
