"""The threads on which a directory is asked."""

import asyncio
import socket
import threading

import pytest

from adapters.auth_backends import BackendAway, NamedAuthBackend
from adapters.ldap.backend import LdapBackend
from domain.errors import Unavailable
from tests.support.slapd import ADA_PASSWORD, Slapd


def silent(slapd: Slapd, server: socket.socket, *, connections: int, max_waiting: int) -> LdapBackend:
    """A backend whose directory takes connections and never answers."""
    url = f"ldap://127.0.0.1:{server.getsockname()[1]}"
    return LdapBackend(slapd.config(urls=(url,), seconds=1), connections=connections, max_waiting=max_waiting)


async def test_passwords_are_taken_in_the_form_in_which_this_server_takes_its_own(slapd: Slapd) -> None:
    backend = LdapBackend(slapd.config(), connections=1, max_waiting=0)

    found = await backend.authenticate("jos\u00e9", "cafe\u0301 noir")

    assert found is not None
    assert found.name == "Jos\u00e9"


@pytest.mark.parametrize("password", ["", "\0", f"\0{ADA_PASSWORD}", "\ud800", "x" * 1_025, f"{ADA_PASSWORD}\0"])
async def test_what_can_be_nobody_s_password_is_not_sent(password: str, slapd: Slapd) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        backend = silent(slapd, server, connections=1, max_waiting=0)

        assert await backend.authenticate("ada", password) is None
        with pytest.raises(TimeoutError):
            server.accept()


async def test_more_than_may_wait_are_refused_at_once(slapd: Slapd) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        backend = silent(slapd, server, connections=1, max_waiting=2)
        waiting = [asyncio.create_task(backend.authenticate("ada", ADA_PASSWORD)) for _ in range(3)]
        await asyncio.sleep(0)

        with pytest.raises(Unavailable, match="3 sign-ins wait"):
            await asyncio.wait_for(backend.authenticate("ada", ADA_PASSWORD), 0.5)
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_nobody_waits_longer_than_the_limit_and_the_loop_goes_on(slapd: Slapd) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        backend = NamedAuthBackend("ldap", silent(slapd, server, connections=1, max_waiting=9), seconds=0.2)
        loop = asyncio.get_running_loop()
        began = loop.time()
        waiting = [asyncio.create_task(backend.authenticate("ada", ADA_PASSWORD)) for _ in range(4)]
        await asyncio.sleep(0.01)
        paused = loop.time() - began
        answers = await asyncio.gather(*waiting, return_exceptions=True)

        assert [type(each) for each in answers] == [BackendAway] * 4
        assert (paused < 0.15, loop.time() - began < 0.9) == (True, True)


async def test_there_are_no_more_connections_than_the_setting_says(slapd: Slapd) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        backend = silent(slapd, server, connections=2, max_waiting=9)
        waiting = [asyncio.create_task(backend.authenticate("ada", ADA_PASSWORD)) for _ in range(5)]

        accepted = [(await asyncio.to_thread(server.accept))[0] for _ in range(2)]

        server.settimeout(0.3)
        with pytest.raises(TimeoutError):
            await asyncio.to_thread(server.accept)
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        for connection in accepted:
            connection.close()


async def test_a_silent_directory_does_not_keep_the_process_from_ending(slapd: Slapd) -> None:
    before = set(threading.enumerate())
    with socket.create_server(("127.0.0.1", 0)) as server:
        backend = silent(slapd, server, connections=1, max_waiting=0)
        waiting = asyncio.create_task(backend.authenticate("ada", ADA_PASSWORD))
        connection, _ = await asyncio.to_thread(server.accept)

        begun = set(threading.enumerate()) - before
        asking = [thread for thread in begun if thread.name.startswith("ldap")]

        assert [thread.daemon for thread in asking] == [True]
        connection.close()
        await asyncio.gather(waiting, return_exceptions=True)
