"""Reads the records of calls, and what became of the extensions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from adapters.database import Unit
from adapters.extensions import Installed
from domain.access.permissions import FUNCTIONS_READ
from domain.errors import BadRequest, NotFound
from models import FunctionCall
from resolvers.context import RequestContext
from resolvers.functions.recording import FunctionCallStatus
from resolvers.id_pages import IdPage, PageRequest, read_page
from resolvers.permissions.holdings import permitted, read_holdings


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls: all that is given must hold. `since` is part of the time, `until` is not."""

    function: str | None = None
    statuses: Sequence[FunctionCallStatus] | None = None
    user_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.function is not None and "\x00" in self.function:
            raise BadRequest("A function has no such name.", argument="function")

    def apply(self, statement: Select[Any]) -> Select[Any]:
        """The statement over calls, narrowed to these."""
        if self.statuses is not None:
            statement = statement.where(FunctionCall.status.in_([status.value for status in self.statuses]))
        if self.since is not None:
            statement = statement.where(FunctionCall.created_at >= self.since)
        if self.until is not None:
            statement = statement.where(FunctionCall.created_at < self.until)
        equal = {"function": self.function, "user_id": self.user_id}
        return statement.filter_by(**{name: value for name, value in equal.items() if value is not None})


async def read_function_calls(context: RequestContext, wanted: CallFilter, page: PageRequest) -> IdPage[FunctionCall]:
    """A page of the caller's calls, newest first; of everybody's for those who may see them."""
    _ = context.user_id
    async with context.unit() as unit:
        statement = wanted.apply(await _visible(unit, context))
        return await read_page(unit, statement, FunctionCall.id, page)


async def read_function_call(context: RequestContext, id: UUID) -> FunctionCall:
    """A call; raises `NotFound` for one that the caller may not see."""
    _ = context.user_id
    async with context.unit() as unit:
        found = await unit.session.scalar((await _visible(unit, context)).where(FunctionCall.id == id))
    if found is None:
        raise NotFound(f"There is no call of a function with id {id}.", functionCallId=id)
    return found  # type: ignore[no-any-return]  # the statement is of any


async def list_extensions(context: RequestContext) -> Sequence[Installed]:
    """Every installed extension with its state in this process; raises `Forbidden` without the permission."""
    async with context.unit() as unit:
        await permitted(unit, context, FUNCTIONS_READ)
    return context.services.extensions.installed


async def _visible(unit: Unit, context: RequestContext) -> Select[Any]:
    """The calls that the caller may see; of a limited API key those that were made with it."""
    viewer = context.viewer
    statement = select(FunctionCall)
    if viewer.session_id is not None:
        holdings = await read_holdings(unit, viewer.user_id)
        if holdings.holds(FUNCTIONS_READ.code):
            return statement
    if viewer.reach is not None:
        statement = statement.where(FunctionCall.api_key_id == viewer.api_key_id)
    return statement.where(FunctionCall.user_id == viewer.user_id)
