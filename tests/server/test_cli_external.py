"""`tablegraph check` looks at all that the settings name: what is wrong is told with the setting, in bounded time."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.support.mail import free_port, receiving
from tests.support.postgres import create_database
from tests.support.program import Ended, Tablegraph
from tests.support.redis import RedisServer
from tests.support.slapd import PEOPLE, SERVICE, SERVICE_PASSWORD, Slapd

PASSWORD = "a password that nobody may read"
QUOTED = PASSWORD.replace(" ", "%20")


@pytest.fixture
async def url(postgres_url: str, process_name: str) -> str:
    """URL of a migrated database."""
    return await create_database(postgres_url, f"external_{process_name}")


class Check:
    """`tablegraph check` with these settings, and what it says is wrong."""

    def __init__(self, tablegraph: Tablegraph, url: str) -> None:
        self._tablegraph, self._url = tablegraph, url

    def __call__(self, **settings: str) -> Ended:
        secret = "kJ8-2mPq_vX0zLr4TtYw9sNbE7hGcAfD"
        given = {f"TABLEGRAPH_{name.upper()}": value for name, value in settings.items()}
        return self._tablegraph("check", DATABASE_URL=self._url, TABLEGRAPH_SECRET_KEY=secret, **given)

    def wrong(self, **settings: str) -> list[str]:
        """The lines of one that fails, for settings that have a password which none of them may show."""
        ended = self(**settings)
        said = ended.output + ended.errors
        assert ended.status == 1
        assert PASSWORD not in said
        assert QUOTED not in said
        return ended.output.splitlines()


@pytest.fixture
def check(tablegraph: Tablegraph, url: str) -> Check:
    return Check(tablegraph, url)


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where connections are taken, and nothing is said."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        yield port


@contextmanager
def redis_with(*options: str) -> Iterator[RedisServer]:
    server = RedisServer(*options)
    server.start()
    try:
        yield server
    finally:
        server.kill()


BUS = "wrong  TABLEGRAPH_BUS_URL: the bus cannot be used: "
STORE = "wrong  TABLEGRAPH_BUS_URL: the store of rate limits cannot be used: "


def test_a_bus_that_carries_is_right(check: Check) -> None:
    with redis_with("--requirepass", PASSWORD) as redis:
        ended = check(bus_url=f"redis://:{QUOTED}@127.0.0.1:{redis.port}/1")

    assert (ended.status, ended.output) == (
        0,
        "right  secret key, database, migrations, the bus, the store of rate limits\n",
    )


def test_a_wrong_password_of_the_bus_is_told(check: Check) -> None:
    with redis_with("--requirepass", "another password") as redis:
        wrong = check.wrong(bus_url=f"redis://:{QUOTED}@127.0.0.1:{redis.port}")
        none = check.wrong(bus_url=redis.url, rate_limit_url="memory://")

    refused = "invalid username-password pair or user is disabled."
    assert wrong == [BUS + refused, STORE + refused]
    assert none == [f"{BUS}Authentication required."]


def test_a_bus_where_nobody_listens_is_told(check: Check) -> None:
    port = free_port()
    [bus, store] = check.wrong(bus_url=f"redis://:{QUOTED}@127.0.0.1:{port}")

    assert bus.startswith(f"{BUS}Error 111 connecting to 127.0.0.1:{port}.")
    assert store.startswith(f"{STORE}Error 111 connecting to 127.0.0.1:{port}.")


@pytest.mark.parametrize("user", ["", f":{QUOTED}@"])
def test_a_bus_that_says_nothing_is_told_in_bounded_time(check: Check, silent: int, user: str) -> None:
    began = time.monotonic()
    [bus, store] = check.wrong(bus_url=f"redis://{user}127.0.0.1:{silent}")

    assert time.monotonic() - began < 15
    assert bus == f"{BUS}Timeout reading from 127.0.0.1:{silent}."
    assert store == f"{STORE}Timeout reading from 127.0.0.1:{silent}."


def test_what_the_user_of_a_redis_may_not_do_is_told(check: Check) -> None:
    rights = {
        "mute": ["~*", "&*", "+@all", "-publish"],
        "deaf": ["~*", "resetchannels", "+@all"],
        "reader": ["~*", "&*", "+@all", "-@write"],
    }
    users = [each for name, given in rights.items() for each in ("--user", name, "on", f">{QUOTED}", *given)]
    with redis_with(*users) as redis:
        mute, deaf, reader = (
            check.wrong(bus_url=f"redis://{name}:{QUOTED.replace('%', '%25')}@127.0.0.1:{redis.port}")
            for name in rights
        )

    for wrong in (*mute, *deaf):  # servers of different versions say it in different words
        assert wrong.startswith(BUS)
        assert "permissions" in wrong
    assert (len(mute), len(deaf)) == (1, 1)
    [refused] = reader
    assert refused.startswith(STORE)


def test_a_store_of_rate_limits_of_its_own_is_named_by_its_setting(check: Check, redis: RedisServer) -> None:
    [wrong] = check.wrong(bus_url=redis.url, rate_limit_url=f"redis://127.0.0.1:{free_port()}")

    assert wrong.startswith("wrong  TABLEGRAPH_RATE_LIMIT_URL: the store of rate limits cannot be used: Error 111 ")


MAIL = "wrong  TABLEGRAPH_SMTP_HOST: the mail server cannot be used: "


def test_a_mail_server_is_connected_to_as_for_a_mail(check: Check, silent: int) -> None:
    user = {"smtp_host": "127.0.0.1", "smtp_tls": "none", "smtp_username": "user"}
    with receiving() as postbox:
        right = check(**user, smtp_port=str(postbox.port), smtp_password="secret")
        refused = check.wrong(**user, smtp_port=str(postbox.port), smtp_password=PASSWORD)
        unsafe = check.wrong(**user | {"smtp_tls": "starttls"}, smtp_port=str(postbox.port), smtp_password="secret")
    [nobody] = check.wrong(**user, smtp_port=str(free_port()), smtp_password=PASSWORD)
    [hangs] = check.wrong(**user, smtp_port=str(silent), smtp_password=PASSWORD, smtp_timeout="PT1S")

    assert (right.status, right.output) == (0, "right  secret key, database, migrations, the mail server\n")
    assert postbox.arrived == []
    assert refused == [f"{MAIL}(535, '5.7.8 Authentication credentials invalid')."]
    assert unsafe == [f"{MAIL}SMTP STARTTLS extension not supported by server."]
    assert nobody.startswith(MAIL)
    assert "Connect call failed" in nobody
    assert hangs.startswith(MAIL)
    assert "Timed out" in hangs


DIRECTORY = "wrong  TABLEGRAPH_LDAP_URLS: the directory cannot be used: "


def test_a_directory_is_come_into(check: Check, slapd: Slapd, silent: int) -> None:
    given = {
        "auth_backends": "password,ldap",
        "ldap_search_base": PEOPLE,
        "ldap_ca_file": str(slapd.ca_file),
        "ldap_bind_dn": SERVICE,
        "ldap_timeout": "PT1S",
    }
    right = check(**given, ldap_urls=f"{slapd.tls_url},{slapd.url}", ldap_bind_password=SERVICE_PASSWORD)
    [refused] = check.wrong(**given, ldap_urls=slapd.tls_url, ldap_bind_password=PASSWORD)
    [hangs] = check.wrong(
        **given, ldap_urls=f"{slapd.tls_url},ldap://127.0.0.1:{silent}", ldap_bind_password=SERVICE_PASSWORD
    )

    assert (right.status, right.output) == (0, "right  secret key, database, migrations, the directory\n")
    assert refused == (
        f"{DIRECTORY}{slapd.tls_url}: DirectoryAway: it does not take ldap_bind_dn with ldap_bind_password."
    )
    assert hangs.startswith(f"{DIRECTORY}ldap://127.0.0.1:{silent}: ")


@contextmanager
def describing(issuer: str | None = None) -> Iterator[str]:
    """The issuer of a provider that describes itself, as itself or as another one."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            own = f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]
            is_there = self.path == "/.well-known/openid-configuration"
            self.send_response(200 if is_there else 404)
            self.end_headers()
            self.wfile.write(json.dumps({"issuer": issuer or own}).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def corp(issuer: str) -> str:
    return json.dumps({"corp": {"issuer": issuer, "client_id": "a", "client_secret": PASSWORD}})


def test_a_provider_is_asked_who_it_is(check: Check) -> None:
    with describing() as issuer:
        right = check(oauth_providers=corp(issuer))
        absent = check.wrong(oauth_providers=corp(f"{issuer}/elsewhere"))
    with describing("https://id.example.com") as issuer:
        foreign = check.wrong(oauth_providers=corp(issuer))
    [nobody] = check.wrong(oauth_providers=corp(f"http://127.0.0.1:{free_port()}"))

    wrong = "wrong  TABLEGRAPH_OAUTH_PROVIDERS: the provider corp cannot be used: "
    assert (right.status, right.output) == (0, "right  secret key, database, migrations, the provider corp\n")
    assert absent[0].startswith(f"{wrong}Client error '404 Not Found' for url '")
    assert foreign == [
        f"{wrong}the document at {issuer}/.well-known/openid-configuration is of the issuer 'https://id.example.com'."
    ]
    assert nobody.startswith(wrong)


def test_everything_that_is_wrong_is_told_at_once(tablegraph: Tablegraph, tmp_path: Path) -> None:
    ended = tablegraph(
        "check",
        DATABASE_URL=f"postgresql://nobody@/nothing?host={tmp_path}",
        TABLEGRAPH_SECRET_KEY="weak",
        TABLEGRAPH_BUS_URL=f"redis://127.0.0.1:{free_port()}",
        TABLEGRAPH_RATE_LIMIT_URL="memory://",
    )

    assert [line.split(":")[0] for line in ended.output.splitlines()] == [
        "wrong  TABLEGRAPH_SECRET_KEY has 4 characters; it needs 32 or more.",
        "wrong  The database cannot be used",
        "wrong  TABLEGRAPH_BUS_URL",
    ]
