"""How a directory is reached: nothing is said to one that is not secured, or not the right one."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.ldap.config import LdapConfig
from adapters.ldap.connection import DirectoryAway
from adapters.ldap.directory import Directory
from domain.accounts.profiles import Profile
from tests.support.certificates import write_certificate
from tests.support.slapd import ADA_ID, ADA_PASSWORD, PEOPLE, SERVICE_PASSWORD, STAFF, Slapd, running_slapd

ADA = Profile(ADA_ID, "Ada@example.com", True, "Ada Lovelace")
# An extended response of success, and one of `unavailable`: what StartTLS is answered with (RFC 4511, 4.12).
GRANTED = bytes.fromhex("300c02010178070a010004000400")
REFUSED = bytes.fromhex("300c02010178070a013404000400")


def identify(config: LdapConfig) -> Profile | None:
    return Directory(config).identify("ada", ADA_PASSWORD)


@contextmanager
def listener(answer: bytes = b"") -> Iterator[tuple[int, list[bytes]]]:
    """A server that answers each message in the same way, or never; yields its port and what it was sent."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    while data := _received(connection):
                        heard.append(data)
                        connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(4096)
    except OSError:
        return b""


def test_it_is_reached_by_tls_by_starttls_and_if_need_be_by_neither(slapd: Slapd) -> None:
    for url, start_tls in ((slapd.tls_url, True), (slapd.url, True), (slapd.url, False)):
        assert identify(slapd.config(urls=(url,), start_tls=start_tls)) == ADA


def test_a_directory_that_asks_for_tls_gets_it_by_starttls(tmp_path: Path) -> None:
    with running_slapd(tmp_path, more="security simple_bind=128") as strict:
        assert identify(strict.config(urls=(strict.url,))) == ADA
        with pytest.raises(DirectoryAway, match="confidentialityRequired"):
            identify(strict.config(urls=(strict.url,), start_tls=False))


@pytest.mark.parametrize("by", ["ldaps", "StartTLS"])
def test_a_certificate_of_somebody_unknown_is_refused(by: str, slapd: Slapd, tmp_path: Path) -> None:
    url = slapd.tls_url if by == "ldaps" else slapd.url
    another, _ = write_certificate(tmp_path)

    for ca_file in (another, None):
        with pytest.raises(DirectoryAway, match="CERTIFICATE_VERIFY_FAILED"):
            identify(slapd.config(urls=(url,), ca_file=ca_file))


@pytest.mark.parametrize("by", ["ldaps", "StartTLS"])
def test_a_certificate_of_another_name_is_refused(by: str, slapd: Slapd) -> None:
    url = (slapd.tls_url if by == "ldaps" else slapd.url).replace("127.0.0.1", "localhost")

    with pytest.raises(DirectoryAway, match="Hostname mismatch"):
        identify(slapd.config(urls=(url,)))


@pytest.mark.parametrize("answer", [REFUSED, GRANTED, b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x30\x84\xff"])
def test_nothing_is_said_to_one_that_does_not_start_tls(answer: bytes, slapd: Slapd) -> None:
    with listener(answer) as (port, heard), pytest.raises(DirectoryAway):
        identify(slapd.config(urls=(f"ldap://127.0.0.1:{port}",), seconds=1))

    said = b"".join(heard)
    assert b"1.3.6.1.4.1.1466.20037" in said
    assert SERVICE_PASSWORD.encode() not in said
    assert ADA_PASSWORD.encode() not in said


@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_one_that_is_silent_is_given_up(scheme: str, slapd: Slapd) -> None:
    with listener() as (port, _), pytest.raises(DirectoryAway, match="timed out"):
        identify(slapd.config(urls=(f"{scheme}://127.0.0.1:{port}",), seconds=1))


def test_the_next_server_is_asked_where_one_is_away(slapd: Slapd, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        closed = f"ldaps://127.0.0.1:{free.getsockname()[1]}"
    config = slapd.config(urls=(closed, slapd.tls_url))

    assert identify(config) == ADA
    assert f"a directory is away: {closed}" in caplog.text
    with pytest.raises(DirectoryAway, match="refused"):
        identify(replace(config, urls=(closed,)))


def test_a_wrong_password_is_not_tried_on_another_server(slapd: Slapd) -> None:
    with listener() as (port, heard):
        config = slapd.config(urls=(slapd.tls_url, f"ldap://127.0.0.1:{port}"))
        assert Directory(config).identify("ada", "wrong") is None

    assert heard == []


def test_one_that_comes_back_is_asked_again(tmp_path: Path) -> None:
    with running_slapd(tmp_path) as slapd:
        directory = Directory(slapd.config())
        slapd.kill()
        with pytest.raises(DirectoryAway):
            directory.identify("ada", ADA_PASSWORD)
        slapd.start()
        assert directory.identify("ada", ADA_PASSWORD) == ADA


def test_a_file_of_certificates_that_is_not_there_is_told_at_once(slapd: Slapd, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Directory(slapd.config(ca_file=tmp_path / "absent.pem"))


def test_referrals_are_not_followed(tmp_path: Path) -> None:
    with running_slapd(tmp_path) as slapd, listener() as (port, heard):
        slapd.modify(
            f"dn: ou=beyond,{PEOPLE}\nchangetype: add\nobjectClass: referral\nobjectClass: extensibleObject\n"
            f"ou: beyond\nref: ldap://127.0.0.1:{port}/{PEOPLE}\n"
        )
        beyond = f"ou=beyond,{PEOPLE}"

        assert identify(slapd.config()) == ADA  # the search has a reference to it besides
        assert identify(slapd.config(search_base=beyond)) is None
        by_name = {"search_base": None, "bind_dn": None, "bind_password": None}
        assert identify(slapd.config(user_dn=f"uid={{login}},{beyond}", **by_name)) is None
        assert heard == []


def test_who_is_unknown_is_bound_as_well_so_that_time_tells_nothing(tmp_path: Path) -> None:
    more = "moduleload back_monitor\ndatabase monitor\naccess to * by * read"
    with running_slapd(tmp_path, more=more) as slapd:
        directory, binds = Directory(slapd.config(required_group=STAFF)), []
        for login in ("ada", "eve", "twins@example.com", "bob", "locked"):
            before = slapd.count_of("Bind")
            assert directory.identify(login, "wrong") is None
            binds.append(slapd.count_of("Bind") - before)

    assert binds == [3] * 5  # the server's own, the one that is wrong, and that of this count
