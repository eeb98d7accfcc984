"""The metadata of a table for reads that no single caller makes; whose rights count is looked after elsewhere."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import asyncpg

from adapters.database import Unit
from domain.access.profile import OPEN, Profile
from domain.bases.catalog import TableMeta
from domain.bases.narrowing import narrowed
from domain.errors import BadRequest, QueryTooComplex, ResyncRequired, Unavailable
from resolvers.metadata import TableKey, load_base
from resolvers.records.tables import MAX_RELOADS, SCHEMA_MOVED, Stale, no_table

if TYPE_CHECKING:
    from resolvers.services import Services

T = TypeVar("T")
Work = Callable[[Unit, TableMeta], Awaitable[T]]


async def with_current_table(services: "Services", table_id: UUID, work: Work[T], profile: Profile | None = None) -> T:
    """`work` done on a connection with the table's metadata, again with newer metadata where that was stale.

    The metadata are those for callers of this profile.

    It is stale when `work` raises `Stale`, or when PostgreSQL or the compiler misses something and the schema version
    has moved. Raises `NotFound` when there is no such table.
    """
    async with services.database.unit() as unit:
        for _ in range(MAX_RELOADS):
            table = services.metadata.table(TableKey(id=table_id)) or await _load(services, unit, table_id)
            try:
                return await work(unit, for_profile(table, profile))
            except (Stale, *SCHEMA_MOVED):
                services.metadata.forget(table.base_id)
            except (BadRequest, QueryTooComplex) as refused:
                if isinstance(refused.__cause__, asyncpg.PostgresError) or await is_current(unit, table):
                    raise
                services.metadata.forget(table.base_id)
    raise Unavailable("The table's fields are being changed right now; try again.")


def for_profile(table: TableMeta, profile: Profile | None) -> TableMeta:
    """The table as callers of a profile may know it; raises `ResyncRequired` where there are none any longer."""
    if profile is None:
        return table
    if table.access is None:
        if profile == OPEN:
            return table
        raise rights_changed()
    return narrowed(table, profile)


def rights_changed() -> ResyncRequired:
    """The error that ends the stream of somebody who may see more by now, or less."""
    return ResyncRequired("What you may see here has changed: read again and subscribe anew.")


async def _load(services: "Services", unit: Unit, table_id: UUID) -> TableMeta:
    loaded = await load_base(unit, TableKey(id=table_id))
    if loaded is None:
        raise no_table(table_id)
    services.metadata.keep(loaded.base)
    return loaded.base.tables[table_id]


async def is_current(unit: Unit, table: TableMeta) -> bool:
    """Whether nothing has changed in the table's base since its metadata were read."""
    version = await unit.connection.fetchval("SELECT schema_version FROM bases WHERE id = $1", table.base_id)
    return bool(version == table.schema_version)
