"""Server processes on one database, each on a port of its own that it keeps when it is killed and started again."""

import random
import socket
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.processes import Server

PORTS = range(12_000, 32_000)
"""Below the ports that connections get by themselves: a server that is down would find its port taken by a client."""
SETTINGS: Mapping[str, str] = {
    "TABLEGRAPH_SECRET_KEY": "the secret of servers that live a minute",
    "TABLEGRAPH_ACCESS_TOKEN_LIFETIME": "P1D",
    "TABLEGRAPH_ENVIRONMENT": "production",
    "TABLEGRAPH_WORKERS": "1",
    "TABLEGRAPH_MAX_PAGE_SIZE": "100000",
    "TABLEGRAPH_MAX_QUERY_COST": "10000000",
    "TABLEGRAPH_MAX_COST_PER_MINUTE": "0",
    "TABLEGRAPH_MAX_REQUESTS_PER_MINUTE": "0",
    "TABLEGRAPH_MAX_ANONYMOUS_REQUESTS_PER_MINUTE": "0",
}


@contextmanager
def running_servers(url: str, folder: Path, *environments: Mapping[str, str]) -> Iterator[Sequence[Server]]:
    """Servers on the database with this URL, one for each environment; their logs, `server0.log` …, lie in the folder.

    All of them are gone at the end of the block.
    """
    servers = [
        Server(
            f"server {number}",
            ("-m", "server.cli", "run"),
            {**SETTINGS, "DATABASE_URL": url, **environment},
            folder / f"server{number}.log",
            port,
        )
        for number, (environment, port) in enumerate(zip(environments, _free_ports(len(environments)), strict=True))
    ]
    with ExitStack() as stack, ThreadPoolExecutor() as threads:
        for server in servers:
            stack.push(server)
        list(threads.map(Server.__enter__, servers))
        yield servers


def address_of(server: Server) -> str:
    """`127.0.0.1:PORT`."""
    return f"127.0.0.1:{server.port}"


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    found: list[int] = []
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                found.append(port)
        if len(found) == count:
            break
    return found
