"""The world as it is: what steps do there is done."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.accounts.viewer import Viewer
from domain.automations.faults import Waiting
from domain.automations.runs import RunStatus
from domain.automations.step import Call, Letter, Records
from resolvers.automations.running import functions
from resolvers.automations.running.claim import SERVICE, Run
from resolvers.automations.running.entries import Entry
from resolvers.automations.running.journal import Journal
from resolvers.automations.running.scripts import run_script
from resolvers.automations.running.sending import send, send_mail
from resolvers.context import Client, RequestContext
from resolvers.services import Services


class RealWorld:
    """See `World`. Each step has a transaction of its own, in which it is noted, too."""

    def __init__(self, services: Services, run: Run, viewer: Viewer) -> None:
        self._services = services
        self._viewer = viewer
        self._run_id = run.id
        self._journal = Journal(services, run)

    async def note(self, entries: list[Entry], *, is_end: bool, context: RequestContext | None = None) -> None:
        """See `World.note`; what wrote no records is noted by one statement, without a transaction."""
        status = RunStatus.SUCCEEDED if is_end else RunStatus.RUNNING
        async with self._services.database.unit() if context is None else context.early_unit() as unit:
            await self._journal.note(unit, entries, status)

    def context(self, mutation_id: UUID | None) -> RequestContext:
        """See `World.context`."""
        return RequestContext(self._services, self._viewer, Client(SERVICE, mutation_id=mutation_id))

    def together(self, context: RequestContext) -> AbstractAsyncContextManager[None]:
        """See `World.together`."""
        return context.transaction()

    async def wait(self, until: datetime) -> None:
        """See `World.wait`."""
        if until > datetime.now(UTC):
            raise Waiting(until)

    async def send_mail(self, letter: Letter, key: str) -> None:
        """See `World.send_mail`."""
        await send_mail(self._services, letter, key)

    async def send(self, call: Call, key: str) -> Any:
        """See `World.send`."""
        return await send(self._services, call, key, self._run_id)

    async def call_function(self, name: str, arguments: Mapping[str, Any], context: RequestContext) -> Any:
        """See `World.call_function`: outside of the step's transaction, as every call."""
        client = Client(SERVICE, mutation_id=context.mutation_id)
        return await functions.call(RequestContext(self._services, self._viewer, client), name, arguments)

    async def run_script(self, language: str, script: str, inputs: Mapping[str, Any], records: Records) -> Any:
        """See `World.run_script`."""
        return await run_script(self._services, language, script, inputs, records)
