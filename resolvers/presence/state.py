"""Reads who is in a channel, and in the same statement who may know it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import asyncpg
import orjson

from adapters.database import Unit
from domain.accounts.viewer import Viewer
from domain.bases.catalog import table_name
from domain.errors import DomainError
from domain.ids import table_number_of
from domain.presence.channels import Channel, Place, no_channel
from domain.presence.events import Member
from domain.presence.statements import compile_state
from resolvers.viewers import ViewerKey, columns_of, signed_out

_GONE: Final = (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError)
_BASE_NUMBER: Final = "SELECT b.number FROM tables t JOIN bases b ON b.id = t.base_id WHERE t.number = $1"

_place_statement = cache(compile_state)


@dataclass(frozen=True, slots=True)
class ChannelState:
    """The members in the order in which they joined, and for each viewer that was asked about, what ends its right."""

    members: Sequence[Member]
    refusals: Sequence[DomainError | None]


async def read_state(unit: Unit, channel: Channel, viewers: Sequence[Viewer], most: int) -> ChannelState:
    """The state of a channel with at most so many members; the unit must not be in a transaction."""
    sql = await _statement(unit, channel)
    hidden = ChannelState((), [no_channel(channel) for _ in viewers])
    if sql is None:
        return hidden
    users, sessions, keys = columns_of([ViewerKey.of(each) for each in viewers])
    try:
        row = await unit.connection.fetchrow(sql, channel.id, str(channel), most, users, sessions, keys)
    except _GONE:  # the record's table was deleted a moment ago
        return hidden
    if row is None:
        raise RuntimeError("the state of a channel is one row")
    return ChannelState(orjson.loads(row["members"]), [_refusal(each, channel) for each in row["verdicts"] or ()])


async def read_visible_state(unit: Unit, channel: Channel, viewer: Viewer, most: int) -> Sequence[Member]:
    """The members, for this viewer; raises `NotFound` or `Unauthenticated` where it may not see the channel."""
    state = await read_state(unit, channel, [viewer], most)
    if state.refusals[0] is not None:
        raise state.refusals[0]
    return state.members


async def _statement(unit: Unit, channel: Channel) -> str | None:
    """The statement that reads the channel; None where the record's id is of no table."""
    if channel.place is not Place.RECORD:
        return _place_statement(channel.place)
    number = table_number_of(channel.id)
    base_number = None if number is None else await unit.connection.fetchval(_BASE_NUMBER, number)
    if number is None or base_number is None:
        return None
    return compile_state(channel.place, (number, table_name(base_number, number)))


def _refusal(verdict: str, channel: Channel) -> DomainError | None:
    match verdict:
        case "admitted":
            return None
        case "signed out":
            return signed_out()
    return no_channel(channel)
