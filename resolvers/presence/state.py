"""Reads who is in a channel, and in the same statement who may know it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final
from uuid import UUID

import asyncpg
import orjson

from adapters.database import Unit
from domain.accounts.viewer import Viewer
from domain.bases.catalog import table_name
from domain.bases.narrowing import narrowed
from domain.errors import DomainError
from domain.ids import table_number_of
from domain.presence.channels import Channel, Place, no_channel
from domain.presence.events import Member
from domain.presence.statements import compile_state
from resolvers.metadata import TableKey, load_base
from resolvers.narrowing import profiles_of
from resolvers.records.sight import sees
from resolvers.viewers import ViewerKey, columns_of, signed_out

_GONE: Final = (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError)
_BASE_NUMBER: Final = "SELECT b.number FROM tables t JOIN bases b ON b.id = t.base_id WHERE t.number = $1"
_HAS_POLICIES: Final = (
    "SELECT EXISTS (SELECT FROM record_policies p JOIN tables t ON t.id = p.table_id WHERE t.number = $1)"
)

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
    refusals = [_refusal(each, channel) for each in row["verdicts"] or ()]
    hidden_from = await _without_sight(unit, channel, [each.user_id for each in viewers])
    refusals = [
        no_channel(channel) if refusal is None and viewer.user_id in hidden_from else refusal
        for viewer, refusal in zip(viewers, refusals, strict=True)
    ]
    return ChannelState(orjson.loads(row["members"]), refusals)


async def _without_sight(unit: Unit, channel: Channel, user_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the users from whom policies hide the record of a channel."""
    number = table_number_of(channel.id) if channel.place is Place.RECORD else None
    if number is None or not await unit.connection.fetchval(_HAS_POLICIES, number):
        return set()
    loaded = await load_base(unit, TableKey(number=number))
    if loaded is None:
        return set(user_ids)
    table = next(each for each in loaded.base.tables.values() if each.number == number)
    profiles = await profiles_of(unit, table, user_ids)
    seen = {each: await sees(unit, narrowed(table, each), channel.id) for each in set(profiles.values())}
    return {id for id, profile in profiles.items() if not seen[profile]}


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
