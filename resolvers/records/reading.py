"""Reads of records: each is one statement, whose JSON goes to the client as PostgreSQL made it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import orjson

from adapters.database import Unit
from domain.access.roles import Action, WorkspaceRole
from domain.aggregates.query import AggregateQuery
from domain.bases.catalog import TableMeta
from domain.records.compile import compile_read
from domain.records.nesting import has_pages, placed
from domain.records.query import ReadQuery, RecordListQuery, RecordQuery
from domain.records.selection import Property, RecordMembers, RecordProperty
from domain.views.meta import ViewMeta
from resolvers.access import require
from resolvers.context import RequestContext
from resolvers.records.tables import Missing, Stale, no_record, no_table, with_table, with_table_of_record
from resolvers.views.reading import find_view

_APART = "\x1e"
"""A character that a JSON text never has: in its strings it is escaped."""

MakeQuery = Callable[[TableMeta, ViewMeta | None], ReadQuery | AggregateQuery]
"""The query, for the table and the view as they are known now; called again when that was stale."""


@dataclass(frozen=True, slots=True)
class Found:
    """Finished JSON, and the metadata of the table that it was made with."""

    json: str
    table: TableMeta


async def read_table(
    context: RequestContext, table_id: UUID, make_query: MakeQuery, view_id: UUID | None = None
) -> Found:
    """The records of a table that a query asks for; NOT_FOUND when the caller may not see the table or the view."""
    user_id = context.user_id
    async with context.unit() as unit:

        async def work(table: TableMeta) -> Found:
            query = make_query(table, await find_view(context, unit, table, view_id))
            return await _run(context, unit, user_id, table, query, lambda: no_table(table_id))

        return await with_table(context, unit, table_id, work, Action.READ)


async def read_record(context: RequestContext, record_id: UUID, members: RecordMembers) -> Found:
    """One record; NOT_FOUND when it is not there or may not be seen."""
    async with context.unit() as unit:
        return await read_record_on(context, unit, record_id, members)


async def read_record_on(context: RequestContext, unit: Unit, record_id: UUID, members: RecordMembers) -> Found:
    """The same over a unit, which may be that of another operation."""
    user_id = context.user_id

    async def work(table: TableMeta) -> Found:
        query = RecordQuery(members, record_id)
        return await _run(context, unit, user_id, table, query, lambda: no_record(record_id))

    found = await with_table_of_record(context, unit, record_id, work, Action.READ)
    if found.json == "null":
        raise no_record(record_id)
    return found


async def read_list(
    context: RequestContext,
    unit: Unit,
    table: TableMeta,
    ids: Sequence[UUID],
    members: RecordMembers,
    form_id: UUID | None = None,
) -> str:
    """The JSON objects of records by their ids, in the order of the ids, joined by commas; for use inside a write.

    Of one that comes through a form, given by the id of its view, whoever the caller is.
    """
    query = RecordListQuery(members, ids, by_form=form_id is not None)
    found = await _run(context, unit, form_id or context.user_id, table, query, lambda: no_table(table.id))
    return found.json[1:-1]


async def read_each(
    context: RequestContext, unit: Unit, table: TableMeta, ids: Sequence[UUID], members: RecordMembers
) -> list[str]:
    """As `read_list`, with the JSON of each record apart."""
    query = RecordListQuery(members, ids, separator=_APART)
    found = await _run(context, unit, context.user_id, table, query, lambda: no_table(table.id))
    return found.json[1:-1].split(_APART)


async def require_records(context: RequestContext, unit: Unit, table: TableMeta, ids: Sequence[UUID]) -> None:
    """Raise NOT_FOUND for the first of the records that is not there (any more)."""
    there = await read_list(context, unit, table, ids, (Property("id", RecordProperty.ID),))
    known = {UUID(each["id"]) for each in orjson.loads(f"[{there}]")}
    for id in ids:
        if id not in known:
            raise no_record(id)


async def _run(
    context: RequestContext,
    unit: Unit,
    user_id: UUID,
    table: TableMeta,
    query: ReadQuery | AggregateQuery,
    missing: Missing,
) -> Found:
    secret_key = context.services.secret_key
    if not isinstance(query, AggregateQuery) and has_pages(query.members):
        query = replace(query, members=placed(query.members, table, secret_key))  # type: ignore[arg-type]  # of its kind
    shape = query.shape()
    statement = context.statements_of(table).get(table, shape, lambda: compile_read(shape, table, secret_key))
    row = await unit.connection.fetchrow(statement.sql, *statement.parameters.bind(query.inputs(user_id)))
    if row is None:
        raise missing()
    version, role, json = row
    if version != table.schema_version:
        raise Stale
    require(WorkspaceRole(role), Action.READ)
    return Found(json, table)
