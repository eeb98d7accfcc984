"""SIGTERM, on a real `tablegraph run`: what is under way is answered, sockets are told to come back, nothing begins."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import orjson
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.support.program import SECONDS, Server, postgres_of, serving

pytestmark = pytest.mark.long

QUERY = b'{"query": "{ me { id } }"}'
HALF = len(QUERY) // 2


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@contextmanager
def half_sent(server: Server) -> Iterator[socket.socket]:
    """A connection with a request of which the second half of the body is missing."""
    host, _, port = server.address.removeprefix("http://").partition(":")
    headers = f"Host: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(QUERY)}"
    with socket.create_connection((host, int(port)), timeout=SECONDS) as connection:
        connection.sendall(f"POST /graphql HTTP/1.1\r\n{headers}\r\n\r\n".encode() + QUERY[:HALF])
        server.get("/health")  # by now the server has read what was sent before
        yield connection


def received(connection: socket.socket) -> bytes:
    """All that comes until the server closes the connection."""
    parts = []
    while part := connection.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def wait_until_refused(server: Server) -> None:
    """Return when nobody listens any more."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            server.get("/health")
        except httpx.ConnectError:
            return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    pytest.fail("the server still takes connections")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_is_under_way_is_answered_and_sockets_are_closed_with_1012(folder: Path, workers: str) -> None:
    with serving(folder, "--workers", workers, TABLEGRAPH_REPORT_COST="false") as server:
        url = server.address.replace("http", "ws") + "/graphql"
        protocol = Subprotocol("graphql-transport-ws")
        with half_sent(server) as connection, connect(url, subprotocols=[protocol]) as ws:
            ws.send('{"type": "connection_init"}')
            acknowledged = orjson.loads(ws.recv(SECONDS))
            server.terminate()
            with pytest.raises(ConnectionClosed) as closed:
                ws.recv(SECONDS)
            wait_until_refused(server)
            connection.sendall(QUERY[HALF:])
            answer = received(connection)
        status = server.process.wait(SECONDS)

    assert acknowledged == {"type": "connection_ack"}
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b'\r\n\r\n{"data":{"me":null}}')
    assert status == 0
    assert postgres_of(folder) == []


def test_what_does_not_end_is_given_up(folder: Path) -> None:
    with serving(folder, TABLEGRAPH_SHUTDOWN_SECONDS="1") as server, half_sent(server) as connection:
        server.terminate()
        status = server.process.wait(SECONDS)
        answer = received(connection)

    assert status == 0
    assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"\r\nretry-after: 1\r\n" in answer
    assert orjson.loads(answer.partition(b"\r\n\r\n")[2]) == {
        "errors": [{"message": "The server is being stopped; try again.", "extensions": {"code": "UNAVAILABLE"}}]
    }
    assert postgres_of(folder) == []


def test_a_server_says_first_that_it_is_not_ready_and_goes_on_serving(folder: Path) -> None:
    with serving(folder, TABLEGRAPH_DRAIN_SECONDS="3600") as server:
        before = server.get("/ready").status_code
        server.terminate()
        deadline = time.monotonic() + SECONDS
        while (ready := server.get("/ready")).status_code == 200:
            assert time.monotonic() < deadline
        answer = server.query("{ me { id } }")
        server.terminate()
        status = server.process.wait(SECONDS)

    assert before == 200
    assert (ready.status_code, ready.json()) == (503, {"status": "stopping"})
    assert answer == {"me": None}
    assert status == 0


def test_the_drain_ends_by_itself(folder: Path) -> None:
    with serving(folder, TABLEGRAPH_DRAIN_SECONDS="1") as server:
        server.terminate()

        assert server.process.wait(SECONDS) == 0
