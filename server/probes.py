"""Whether the server lives and whether it can do its work, for load balancers and orchestrators."""

import asyncio

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response

from adapters import migrations
from adapters.database import Database
from graph.errors import BUSY
from server.stopping import Stopping

logger = structlog.get_logger(__name__)

SECONDS = 3
"""How long the database may take to answer before the server counts as not ready."""


class Probes:
    """Handlers of `/health` and `/ready`."""

    def __init__(self, database: Database, stopping: Stopping) -> None:
        self._database = database
        self._stopping = stopping

    async def health(self, _: Request) -> Response:
        """200 as long as the process answers at all."""
        return _answer({"status": "ok"}, 200)

    async def ready(self, _: Request) -> Response:
        """200 when the database answers and has every migration; else, or when it stops, 503, with what is missing."""
        if self._stopping.has_begun:
            return _answer({"status": "stopping"}, 503)
        try:
            async with asyncio.timeout(SECONDS):
                pending = await self._pending()
        except BUSY as error:
            logger.warning("not ready", error=repr(error))
            return _answer({"status": "not ready", "database": "unreachable"}, 503)
        if pending:
            return _answer({"status": "not ready", "database": "ok", "pendingMigrations": pending}, 503)
        return _answer({"status": "ready", "database": "ok", "pendingMigrations": []}, 200)

    async def _pending(self) -> list[str]:
        async with self._database.unit() as unit:
            return await migrations.pending(unit.connection)


def _answer(state: dict[str, object], status: int) -> Response:
    return Response(orjson.dumps(state), status, {"Cache-Control": "no-store"}, media_type="application/json")
