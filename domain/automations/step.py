"""What an action is given to do its work with: the world as far as steps of automations reach it.

The engine (`resolvers.automations.running`) has one implementation that does all of it, and one that tries it out.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from domain.automations.templates.texts import Escape

T = TypeVar("T")

Json = Any
RecordJson = dict[str, Any]
"""A record as templates see it: the values by the names of the fields, and `id`."""
Names = Mapping[str, object]
"""Names of templates and what they lead to."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to be sent. Without `html` it is plain text."""

    to: Sequence[str]
    copies: Sequence[str]
    subject: str
    text: str
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A request over HTTP. With a `secret` it is signed by the scheme of Standard Webhooks."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    secret: str | None = None


class Records(Protocol):
    """Records, by the rights of the automation's owner; what these forbid raises the errors of the API.

    Values are taken as with `typecast`: texts that templates make become numbers, dates and choices.
    """

    async def get(self, id: UUID) -> RecordJson:
        """One record."""

    async def find(self, table_id: UUID, conditions: object, limit: int) -> list[RecordJson]:
        """The first records that match a `RecordFilter` as JSON, or all when None, in the order of their creation."""

    async def create(self, table_id: UUID, fields: object) -> tuple[UUID, RecordJson]:
        """A new record, and its id."""

    async def update(self, id: UUID, fields: object) -> RecordJson:
        """The record with its changes."""

    async def delete(self, id: UUID) -> None:
        """Delete a record."""

    async def link(self, id: UUID, field: str, targets: Sequence[UUID]) -> RecordJson:
        """Add links to those that a field of a record has."""

    async def unlink(self, id: UUID, field: str, targets: Sequence[UUID]) -> RecordJson:
        """Take links away; those that are not there are passed over."""

    def whole(self) -> AbstractAsyncContextManager[None]:
        """Around a write behind whose refusal more is done: nothing of what is refused stays."""


class Step(Protocol):
    """One step under way."""

    @property
    def table_id(self) -> UUID:
        """The table of the automation."""

    @property
    def records(self) -> Records:
        """The records. What is written is committed together with the note that the step is done."""

    @property
    def max_rounds(self) -> int:
        """How many records a loop may have."""

    def render(self, value: object, escape: Escape, place: str) -> object:
        """A part of the config with its templates rendered, for those that an action renders itself."""

    async def send_mail(self, letter: Letter) -> None:
        """Hand a mail over; raises `Passing` or `StepFailed`."""

    async def send(self, call: Call) -> Json:
        """The answer to a request: `status`, `headers`, `body`. Raises `Passing` or `StepFailed` for other than 2xx."""

    async def run_script(self, language: str, script: str, inputs: Mapping[str, Json]) -> Json:
        """What a script makes, and what it logs: `output`, `logs`."""

    async def call_function(self, name: str, arguments: Mapping[str, Json]) -> Json:
        """What a function of an extension answers, and the id of the call's record: `output`, `call`."""

    async def once(self, make: Callable[[], Awaitable[T]]) -> T:
        """What `make` answers, JSON; it is kept, and when the run goes on in another process that is the answer."""

    async def wait(self, until: datetime) -> None:
        """Return at once for a moment that is past; raise `Waiting` for one that is not."""

    async def run(self, name: str, actions: Sequence[Mapping[str, Any]], path: str, names: Names) -> None:
        """Do the actions inside this one. Their outputs are found under `name` of this step's.

        `path` is what their numbers follow; `names` are further ones for their templates.
        """
