"""What a `tablegraph worker` answers at a port of its own: its numbers, and whether it can work."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from server.metrics import Metrics
from server.probes import Probes

_SECONDS_TO_END: Final = 2
"""What answers under way have when the worker ends."""


class WorkerPort:
    """Answers `/metrics`, `/health` and `/ready` at a host and port; at none where the port is None."""

    def __init__(self, host: str, port: int | None, metrics: Metrics, probes: Probes) -> None:
        self._address = None if port is None else (host, port)
        self._app = Starlette(
            routes=[
                Route("/metrics", metrics.page),
                Route("/health", probes.health),
                Route("/ready", probes.ready),
            ]
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Answer for as long as the block lasts; raises `OSError` where somebody else has the port."""
        if self._address is None:
            yield
            return
        family = socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        config = uvicorn.Config(
            self._app,
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_SECONDS_TO_END,
        )
        server = _Server(config)
        with socket.create_server(self._address, family=family) as listening:
            task = asyncio.create_task(server.serve([listening]))
            try:
                yield
            finally:
                server.should_exit = True
                await task


class _Server(uvicorn.Server):
    """It leaves signals to the worker."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """See `uvicorn.Server`."""
        yield
