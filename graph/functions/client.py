"""The API within the process: operations of functions are executed as those of clients are, without a transport."""

from collections.abc import Mapping
from typing import Any

import orjson

from domain.accounts.viewer import Viewer
from domain.extensions.calls import Answered
from graph.execution.engine import Engine, Request
from resolvers.context import Client, RequestContext
from resolvers.services import Services


class InnerClient:
    """See `ApiClient`. What an operation costs is charged to the caller, and it has a place among those under way."""

    def __init__(self, engine: Engine, services: Services) -> None:
        self._engine = engine
        self._services = services

    async def run(self, viewer: Viewer | None, client: Client, document: str, variables: Mapping[str, Any]) -> Answered:
        """See `ApiClient.run`."""
        context = RequestContext(self._services, viewer, client)
        answer = await self._engine.answer(Request(document, dict(variables)), context)
        found: Answered = orjson.loads(answer.body)
        return found
