"""`tablegraph run` as people use it: in a process of its own, on its own PostgreSQL, ended in every way."""

import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.server.test_stopping import half_sent
from tests.support.program import SECONDS, Server, postgres_of, serving

pytestmark = pytest.mark.long

REGISTER = 'mutation { register(input: { email: "a@example.com", password: "a long password" }) { accessToken } }'
LOGIN = 'mutation { login(input: { email: "a@example.com", password: "a long password" }) { tokenType } }'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_run_answers_and_an_interrupt_stops_server_and_database(folder: Path) -> None:
    with serving(folder) as server:
        answer = server.query("{ me { id } }")
        ready = server.get("/ready").json()
        said = "".join(server.lines)
        family = server.family()
        status = server.interrupt()

    assert answer == {"me": None}
    assert ready == {"status": "ready", "database": "ok", "pendingMigrations": []}
    assert f"serves GraphQL and GraphiQL at {server.address}/graphql" in said
    assert f"Data lies in {folder}" in said
    assert "mutation { register(input:" in said
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600
    assert status == 0
    assert psutil.wait_procs(family, SECONDS)[1] == []
    assert postgres_of(folder) == []


def test_start_names_no_graphiql_where_there_is_none(folder: Path) -> None:
    with serving(folder, TABLEGRAPH_GRAPHIQL="false") as server:
        said = "".join(server.lines)

    assert f"serves GraphQL at {server.address}/graphql" in said


def test_killed_server_loses_nothing_that_was_committed(folder: Path) -> None:
    with serving(folder, "--workers", "2") as server:
        server.query(REGISTER)
        workers = server.workers()
        server.kill()
        alive = psutil.wait_procs(workers, SECONDS)[1]
    left_over = postgres_of(folder)

    with serving(folder) as server:
        answer = server.query(LOGIN)
        said = "".join(server.lines)

    assert "register" not in said  # there is a user
    assert len(workers) == 2
    assert alive == []
    assert left_over != []
    assert answer == {"login": {"tokenType": "Bearer"}}
    assert postgres_of(folder) == []


def test_workers_of_a_killed_server_wait_for_nobody_and_rest_while_they_end(folder: Path) -> None:
    settings = {"TABLEGRAPH_SHUTDOWN_SECONDS": "5", "TABLEGRAPH_DRAIN_SECONDS": "3600"}
    with serving(folder, "--workers", "2", **settings) as server, half_sent(server):
        workers = server.workers()
        server.kill()
        time.sleep(1)
        before = cpu_seconds(workers)
        time.sleep(2)  # one of them waits for the rest of the request
        spent = [cpu_seconds([worker]).get(worker, 0) - before[worker] for worker in before]
        alive = psutil.wait_procs(workers, SECONDS)[1]

    assert spent
    assert max(spent) < 1
    assert alive == []


def test_several_workers_answer_as_one_and_an_interrupt_stops_all(folder: Path) -> None:
    with serving(folder, "--workers", "2") as server:
        answers = [server.query("{ me { id } }") for _ in range(10)]
        metrics = server.get("/metrics").text
        read_until(server, 'tablegraph_operation_seconds_count{name="anonymous",type="query"} 10.0')
        family = server.family()
        status = server.interrupt()

    assert answers == [{"me": None}] * 10
    assert 'tablegraph_requests_total{code="OK",operation="query"} 10.0' in metrics
    assert status == 0
    assert psutil.wait_procs(family, SECONDS)[1] == []
    assert postgres_of(folder) == []


def test_metrics_of_several_workers_forget_one_that_was_killed(folder: Path) -> None:
    with serving(folder, "--workers", "2") as server:
        read_until(server, "tablegraph_bus_connected 2.0")
        server.query("{ me { id } }")
        killed = server.workers()[0]
        killed.kill()
        psutil.wait_procs([killed], SECONDS)
        read_until(server, "tablegraph_bus_connected 1.0")
        read_until(server, "tablegraph_bus_connected 2.0")
        metrics = server.get("/metrics").text

    assert 'tablegraph_requests_total{code="OK",operation="query"} 1.0' in metrics
    assert "tablegraph_websocket_connections 0.0" in metrics
    assert "tablegraph_bus_reconnects_total 0.0" in metrics


def cpu_seconds(processes: list[psutil.Process]) -> dict[psutil.Process, float]:
    """CPU time so far of those that there still are."""
    found: dict[psutil.Process, float] = {}
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            found[process] = times.user + times.system
    return found


def read_until(server: Server, line: str) -> None:
    """Ask for the metrics until this line is one of them."""
    deadline = time.monotonic() + SECONDS
    while line not in server.get("/metrics").text.splitlines():
        assert time.monotonic() < deadline, line
        time.sleep(0.1)
