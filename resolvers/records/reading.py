"""Reads of records: each is one statement, whose JSON goes to the client as PostgreSQL made it."""

from collections.abc import Callable, Sequence
from uuid import UUID

from adapters.database import Unit
from domain.access.roles import Action, WorkspaceRole, may
from domain.bases.catalog import TableMeta
from domain.errors import Forbidden, NotFound
from domain.records.compile import compile_read
from domain.records.query import ReadQuery, RecordListQuery, RecordQuery
from domain.records.rendered import Rendered
from domain.records.selection import RecordMembers
from resolvers.context import RequestContext
from resolvers.records.tables import Stale, no_record, no_table, with_table, with_table_of_record


MakeQuery = Callable[[TableMeta], ReadQuery]
"""The query, for the table as it is known now; called again when that was stale."""


async def read_table(context: RequestContext, table_id: UUID, make_query: MakeQuery) -> Rendered:
    """The records of a table that a query asks for; NOT_FOUND when the caller may not see the table."""
    user_id = context.user_id
    async with context.unit() as unit:

        async def work(table: TableMeta) -> Rendered:
            return Rendered(await _run(context, unit, user_id, table, make_query(table), lambda: no_table(table_id)))

        return await with_table(context, unit, table_id, work)


async def read_record(context: RequestContext, record_id: UUID, members: RecordMembers) -> Rendered:
    """One record; NOT_FOUND when it is not there or may not be seen."""
    user_id = context.user_id
    async with context.unit() as unit:

        async def work(table: TableMeta) -> Rendered:
            return Rendered(
                await _run(context, unit, user_id, table, RecordQuery(members, record_id), lambda: no_record(record_id))
            )

        rendered = await with_table_of_record(context, unit, record_id, work)
    if rendered.json == "null":
        raise no_record(record_id)
    return rendered


async def read_list(
    context: RequestContext, unit: Unit, table: TableMeta, ids: Sequence[UUID], members: RecordMembers
) -> str:
    """The JSON objects of records by their ids, in the order of the ids, joined by commas; for use inside a write."""
    query = RecordListQuery(members, ids)
    return (await _run(context, unit, context.user_id, table, query, lambda: no_table(table.id)))[1:-1]


async def _run(
    context: RequestContext,
    unit: Unit,
    user_id: UUID,
    table: TableMeta,
    query: ReadQuery,
    missing: Callable[[], NotFound],
) -> str:
    services = context.services
    shape = query.shape()
    statement = services.statements.get(table, shape, lambda: compile_read(shape, table, services.secret_key))
    row = await unit.connection.fetchrow(statement.sql, *statement.parameters.bind(query.inputs(user_id)))
    if row is None:
        raise missing()
    version, role, json = row
    if version != table.schema_version:
        raise Stale
    require_role(role, Action.READ)
    return str(json)


def require_role(role: str, action: Action) -> None:
    """Refuse a member whose role may not do this."""
    if not may(WorkspaceRole[role], action):
        raise Forbidden(f"You may not {action.value}: your role is {role}.")
