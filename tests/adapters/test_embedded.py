"""The embedded PostgreSQL: who owns it, and how it comes back after every kind of end."""

import os
import signal
from pathlib import Path

import asyncpg
import psutil
import pytest

from adapters.embedded import EmbeddedServer, EmbeddedServerFailed, start
from adapters.embedded_tuning import Tuning, configuration
from tests.support.program import SECONDS, postgres_of

THROW_AWAY = Tuning(connections=5, durable=False)


async def value(server: EmbeddedServer, query: str) -> object:
    connection = await asyncpg.connect(server.url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_first_start_makes_a_database_whose_order_hangs_on_no_library_of_the_machine(tmp_path: Path) -> None:
    server = start(tmp_path, THROW_AWAY)
    try:
        found = await value(
            server,
            "SELECT (datname, pg_encoding_to_char(encoding), datlocprovider, datlocale)::text"
            " FROM pg_database WHERE datname = current_database()",
        )
    finally:
        server.stop()

    assert found == "(tablegraph,UTF8,b,C.UTF-8)"
    assert postgres_of(tmp_path) == []


async def test_second_start_on_a_folder_is_a_guest_that_stops_nothing(tmp_path: Path) -> None:
    owner = start(tmp_path, THROW_AWAY)
    try:
        guest = start(tmp_path)
        guest.stop()
        answer = await value(owner, "SELECT 1")
    finally:
        owner.stop()

    assert (owner.owned, guest.owned) == (True, False)
    assert guest.url == owner.url
    assert answer == 1


async def test_server_that_was_left_behind_is_ended_and_its_data_kept(tmp_path: Path) -> None:
    lost = start(tmp_path, Tuning(connections=5))
    await value(lost, "CREATE TABLE kept AS SELECT 7 AS seven")
    assert lost.process is not None
    lost_pid, lost_lock = lost.process.pid, lost._lock
    assert lost_lock is not None
    lost_lock.close()  # as the kernel does when the process that holds it is killed

    server = start(tmp_path, Tuning(connections=6))
    try:
        lost.process.wait(SECONDS)
        kept = await value(server, "SELECT seven FROM kept")
        connections = await value(server, "SHOW max_connections")
        new_pid = server.process.pid if server.process else None
    finally:
        server.stop()

    assert kept == 7
    assert connections == "26"
    assert new_pid != lost_pid


async def test_killed_postgres_recovers_at_the_next_start(tmp_path: Path) -> None:
    first = start(tmp_path, Tuning(connections=5))
    await value(first, "CREATE TABLE kept AS SELECT 7 AS seven")
    killed = postgres_of(tmp_path)
    for process in killed:
        os.kill(process.pid, signal.SIGKILL)
    psutil.wait_procs(killed, SECONDS)
    first.stop()

    second = start(tmp_path, THROW_AWAY)
    try:
        kept = await value(second, "SELECT seven FROM kept")
    finally:
        second.stop()

    assert kept == 7


async def test_folder_with_a_long_name_gets_a_socket_elsewhere(tmp_path: Path) -> None:
    server = start(tmp_path / ("long" * 20), THROW_AWAY)
    try:
        answer = await value(server, "SELECT 1")
    finally:
        server.stop()

    assert answer == 1
    assert "long" not in server.url


def test_data_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("15\n")

    with pytest.raises(EmbeddedServerFailed, match=r"made by PostgreSQL 15; this one is 18"):
        start(tmp_path)


@pytest.mark.parametrize(("durable", "switch"), [(True, "on"), (False, "off")])
def test_only_throw_away_data_is_written_without_care(durable: bool, switch: str) -> None:
    settings = configuration(Tuning(durable=durable)).splitlines()

    assert f"fsync = '{switch}'" in settings
    assert f"synchronous_commit = '{switch}'" in settings
    assert f"full_page_writes = '{switch}'" in settings
