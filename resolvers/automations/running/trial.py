"""A world in which nothing stays: what steps write is rolled back, and what they send is only looked at."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime
from typing import Any
from uuid import UUID

from adapters.outgoing.request import check_request
from domain.accounts.viewer import Viewer
from domain.automations.step import Call, Letter, Records
from resolvers.automations.running import functions
from resolvers.automations.running.claim import SERVICE
from resolvers.automations.running.entries import Entry
from resolvers.automations.running.scripts import run_script
from resolvers.automations.running.sending import mail_of, request_of
from resolvers.context import Client, RequestContext
from resolvers.services import Services


class _Over(Exception):
    """Rolls the trial back."""


class TrialWorld:
    """See `World`. All steps are in one transaction, so that each sees what those before it have written."""

    def __init__(self, services: Services, viewer: Viewer) -> None:
        self._services = services
        self._context = RequestContext(services, viewer, Client(SERVICE))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """For the block; nothing that was written is left behind it."""
        try:
            async with self._context.transaction():
                yield
                raise _Over
        except _Over:
            pass

    async def note(self, entries: list[Entry], *, is_end: bool, context: RequestContext | None = None) -> None:
        """See `World.note`: they are written down when all is over."""

    def context(self, mutation_id: UUID | None) -> RequestContext:
        """See `World.context`; all steps have one, for their writes are one transaction."""
        del mutation_id
        return self._context

    def together(self, context: RequestContext) -> AbstractAsyncContextManager[None]:
        """See `World.together`."""
        assert context is self._context
        return nullcontext()

    async def wait(self, until: datetime) -> None:
        """See `World.wait`; nobody waits for a trial."""

    async def send_mail(self, letter: Letter, key: str) -> None:
        """See `World.send_mail`; it is made, and not sent."""
        mail_of(letter, key)

    async def send(self, call: Call, key: str) -> Any:
        """See `World.send`; it is made, and not sent: there is an answer all the same, an empty one."""
        check_request(request_of(call, key, {}), self._services.outgoing.rules)
        return {"status": 200, "headers": {}, "body": None}

    async def call_function(self, name: str, arguments: Mapping[str, Any], context: RequestContext) -> Any:
        """See `World.call_function`; it is only looked whether it could be called."""
        functions.check(context, name, arguments)
        return {"output": None, "call": None}

    async def run_script(self, language: str, script: str, inputs: Mapping[str, Any], records: Records) -> Any:
        """See `World.run_script`; it is run, and what it writes is rolled back like all else."""
        return await run_script(self._services, language, script, inputs, records)
