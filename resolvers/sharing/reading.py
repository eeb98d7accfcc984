"""Reading a view by a link: for everybody who has its token, and its password where it has one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

import orjson

from adapters.database import Unit
from adapters.passwords import Verdict
from domain.access.share_links import SHARE_TOKENS
from domain.bases.catalog import FieldMeta, TableMeta
from domain.errors import BadRequest, NotFound
from domain.records.paging import CursorCodec
from domain.records.query import ConnectionQuery, Direction, Page
from domain.records.selection import (
    WHOLE_PAGE_INFO,
    ConnectionMembers,
    FieldValues,
    Nodes,
    Property,
    RecordProperty,
    TotalCount,
)
from domain.records.shared import SharedShape, compile_shared
from domain.records.stored import decode
from domain.views.shared import SharedMeta, of_view
from resolvers.context import RequestContext
from resolvers.guessing import guess_of
from resolvers.metadata import TableKey
from resolvers.records.tables import Stale, with_metadata
from resolvers.views.reading import current_view

T = TypeVar("T")

_FIND: Final = """
SELECT s.id, s.password_hash, s.view_id, v.table_id, b.schema_version, v.name, v.field_ids::text AS field_ids,
       v.hidden_field_ids::text AS hidden_field_ids
  FROM share_links s JOIN views v ON v.id = s.view_id
       JOIN tables t ON t.id = v.table_id JOIN bases b ON b.id = t.base_id
 WHERE s.token_hash = $1 AND (s.expires_at IS NULL OR s.expires_at > now())
"""
_RECORD: Final = (Property("id", RecordProperty.ID), FieldValues("fields", None, by_id=False))


@dataclass(frozen=True, slots=True)
class SharedView:
    """A view that was opened by a link, and its fields in their order."""

    meta: SharedMeta
    fields: tuple[FieldMeta, ...]


def no_link() -> NotFound:
    """The one error for whatever opens nothing: unknown, revoked, expired, or with another password."""
    return NotFound("There is no shared view with this token and password.")


async def open_shared(context: RequestContext, token: str, password: str | None) -> SharedView:
    """The view that a link opens; raises `NotFound`, and `RateLimited` for too many reads and failed passwords."""
    await context.services.shared_reads.count_client(context.client.network)
    if password is None:
        return await _open(context, token, None)
    return await _open_with_password(context, token, password)


@guess_of("token", wrong=(NotFound,))
async def _open_with_password(context: RequestContext, token: str, password: str) -> SharedView:
    return await _open(context, token, password)


async def _open(context: RequestContext, token: str, password: str | None) -> SharedView:
    async with context.unit() as unit:
        meta = await _find(unit, token)
    stored = None if meta is None else meta.password_hash
    if password is not None:
        verdict = await context.services.passwords.check(password, stored)
        is_right = verdict is not Verdict.WRONG or (meta is not None and stored is None)
    else:
        is_right = stored is None
    if meta is None or not is_right:
        raise no_link()
    await context.services.shared_reads.count_link(meta.link_id)

    async def work(_: Unit, table: TableMeta, now: SharedMeta) -> SharedView:
        return SharedView(now, now.open_table(table).fields)

    return await _with_table(context, meta, token, work)


async def read_shared(
    context: RequestContext, token: str, view: SharedView, size: int, after: str | None
) -> dict[str, Any]:
    """A page of the records of a view that was opened: the decoded JSON of its nodes and page info."""
    work = partial(_page, context, size, after, (Nodes("nodes", _RECORD), WHOLE_PAGE_INFO))
    page = await _with_table(context, view.meta, token, work)
    info = page["pageInfo"]
    for name in ("startCursor", "endCursor"):  # they tell values by which it is sorted, and which it may not show
        info[name] = info[name] and context.services.seal.close(info[name]).decode()
    return page


async def count_shared(context: RequestContext, token: str, view: SharedView) -> int:
    """How many records a view has that was opened."""
    work = partial(_page, context, 0, None, (TotalCount("totalCount"),))
    return int((await _with_table(context, view.meta, token, work))["totalCount"])


async def _page(
    context: RequestContext,
    size: int,
    after: str | None,
    members: ConnectionMembers,
    unit: Unit,
    table: TableMeta,
    meta: SharedMeta,
) -> dict[str, Any]:
    secret_key, statements = context.services.secret_key, context.services.statements
    shown = meta.open_table(table)
    content = await current_view(statements, unit, table, meta.view_id)
    assert content is not None  # an id was given
    content = of_view(content)
    codec = CursorCodec(secret_key, shown, content.sorts)
    position = None if after is None else codec.read(_opened(context, after), "after")
    query = ConnectionQuery(members, Page(Direction.FORWARD, size, position), content.filter, content.sorts)
    shape = SharedShape(meta.view_id, query.shape())
    statement = statements.get(shown, shape, lambda: compile_shared(shape, shown, secret_key))
    row = await unit.connection.fetchrow(statement.sql, *statement.parameters.bind(query.inputs(meta.link_id)))
    if row is None:
        raise no_link()
    if row[0] != table.schema_version:
        raise Stale
    found: dict[str, Any] = decode(row[1], orjson.Fragment)
    return found


def _opened(context: RequestContext, cursor: str) -> str:
    found = context.services.seal.open(cursor.encode(errors="replace"))
    if found is None:
        raise BadRequest("'after' is not a cursor of this list.", argument="after")
    return found


async def _with_table(
    context: RequestContext, first: SharedMeta, token: str, work: Callable[[Unit, TableMeta, SharedMeta], Awaitable[T]]
) -> T:
    """`work` done with the table and the link as they are now, again as long as it raises `Stale`."""
    async with context.unit() as unit:

        async def current() -> SharedMeta:
            meta = await _find(unit, token)
            if meta is None or meta.password_hash != first.password_hash:
                raise no_link()
            return meta

        async def in_table(table: TableMeta) -> T:
            meta = await current()
            if meta.schema_version != table.schema_version:
                raise Stale
            return await work(unit, table, meta)

        async def current_version(_: TableMeta) -> int:
            return (await current()).schema_version

        return await with_metadata(context, unit, TableKey(id=first.table_id), in_table, current_version, no_link)


async def _find(unit: Unit, token: str) -> SharedMeta | None:
    digest = SHARE_TOKENS.digest(token)
    row = None if digest is None else await unit.connection.fetchrow(_FIND, digest)
    if row is None:
        return None
    return SharedMeta(
        link_id=row["id"],
        view_id=row["view_id"],
        table_id=row["table_id"],
        schema_version=row["schema_version"],
        name=row["name"],
        password_hash=row["password_hash"],
        field_ids=orjson.loads(row["field_ids"]),
        hidden_field_ids=orjson.loads(row["hidden_field_ids"]),
    )
