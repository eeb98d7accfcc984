"""An honest client beside whatever else goes on: it reads a record now and then, and takes the time."""

import http.client
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.cases.reads import ONE
from bench.processes import Server
from bench.requests import graphql
from bench.world import World

INTERVAL = 0.02
"""Between two honest requests: 50 a second."""


@dataclass(frozen=True, slots=True)
class Spell:
    """What the honest client saw in a while: delays in seconds, failed answers, and the server's memory at most."""

    delays: Sequence[float]
    failures: int
    memory: int


def visit(world: World, server: Server, seconds: float) -> Spell:
    """Read a record every now and then, over one connection."""
    delays, failures, memory = [], 0, 0
    started, ids = time.perf_counter(), world.parts.record_ids
    connection = _Honest(server.port, world.api.token)
    while (due := started + len(delays) * INTERVAL) < started + seconds and time.perf_counter() < started + seconds:
        time.sleep(max(0.0, due - time.perf_counter()))
        began = time.perf_counter()
        failures += not connection.reads(str(ids[len(delays) % len(ids)]))
        delays.append(time.perf_counter() - began)
        memory = max(memory, server.resident())
    return Spell(delays, failures, memory)


class _Honest:
    """A client that reads records one by one."""

    def __init__(self, port: int, token: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._token = token

    def reads(self, id: str) -> bool:
        """Whether the answer was a good one."""
        request = graphql(self._token, ONE, {"id": id})
        head, _, body = request.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        self._http.request("POST", "/graphql", body, headers)
        response = self._http.getresponse()
        return response.status == 200 and b'"errors"' not in response.read()[:200]
