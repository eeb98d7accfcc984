"""What steps reach beyond the run itself: really, or as a trial that leaves nothing behind."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from domain.automations.step import Call, Letter, Records
from resolvers.automations.running.entries import Entry
from resolvers.context import RequestContext


class World(Protocol):
    """One for a run."""

    async def note(self, entries: list[Entry], *, is_end: bool, context: RequestContext | None = None) -> None:
        """Write down how steps stand, with what the context's transaction has written; `is_end`: the run is done."""

    def context(self, mutation_id: UUID | None) -> RequestContext:
        """A context for one step, with the owner's rights; under the mutation id of a try before, if there was one."""

    def together(self, context: RequestContext) -> AbstractAsyncContextManager[None]:
        """The transaction of one step."""

    async def wait(self, until: datetime) -> None:
        """See `Step.wait`."""

    async def send_mail(self, letter: Letter, key: str) -> None:
        """See `Step.send_mail`; `key` is the same when it is sent again."""

    async def send(self, call: Call, key: str) -> Any:
        """See `Step.send`."""

    async def call_function(self, name: str, arguments: Mapping[str, Any], context: RequestContext) -> Any:
        """See `Step.call_function`; what it writes by the API has the mutation id of the step's context."""

    async def run_script(self, language: str, script: str, inputs: Mapping[str, Any], records: Records) -> Any:
        """See `Step.run_script`."""
