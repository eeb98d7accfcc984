"""The hooks of extensions around a write of records: in its transaction, once for all of its records."""

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg
import orjson

from adapters.extensions.registry import hooks_at
from domain.access.roles import Action
from domain.bases.catalog import TableMeta
from domain.errors import DomainError
from domain.extensions.extension import Hook
from domain.extensions.faults import ExtensionFault, FunctionFailed, Refused
from domain.extensions.writes import Moment, RecordWrite, WriteKind, WrittenTable
from domain.records.drafts import compile_current
from domain.records.linking import lock_records
from domain.records.values import Row
from resolvers.context import RequestContext
from resolvers.records.drafts import Drafts, make_drafts
from resolvers.records.tables import require_current

if TYPE_CHECKING:
    from resolvers.records.writing import Batch

logger = logging.getLogger(__name__)

_NOTHING: Final = nullcontext()


def hooked(
    batch: "Batch",
    kind: WriteKind,
    ids: Sequence[UUID],
    rows: Sequence[Row] | str,
    *,
    gives_back: bool = False,
    may_link: bool = True,
) -> AbstractAsyncContextManager[None]:
    """Around the statement that writes rows: the hooks before it, which may change the rows, and those behind it.

    Where nobody has hooks for such a write to this table this costs a look-up, and the statements are what they are.
    Rows that are given as JSON text are only read. `gives_back` refuses changes, and without `may_link` those of links.
    """
    hooks = hooks_of(batch.context, kind, batch.table)
    if not hooks:
        return _NOTHING
    read = orjson.loads(rows) if isinstance(rows, str) else rows
    return _calling(_Hooking(batch, kind, _written(batch.table), hooks, gives_back, may_link), ids, read)


def hooks_of(context: RequestContext, kind: WriteKind, table: TableMeta) -> Sequence[Hook]:
    """The hooks around such writes to a table."""
    hooks = context.services.extensions.hooks_around(kind)
    if not hooks:
        return ()
    written = _written(table)
    return [hook for hook in hooks if hook.is_for(written)]


@asynccontextmanager
async def _calling(hooking: "_Hooking", ids: Sequence[UUID], rows: Sequence[Row]) -> AsyncIterator[None]:
    async with hooking.batch.transaction():
        write = await hooking.before(ids, rows)
        yield
        await hooking.after(write)


@dataclass(slots=True)
class _Write(RecordWrite):
    """See `RecordWrite`."""

    _batch: "Batch" = field(repr=False)
    _is_done: bool = False

    async def current(self) -> Mapping[UUID, Mapping[str, Any]]:
        """See `RecordWrite.current`."""
        batch = self._batch
        table, connection = batch.table, batch.unit.connection
        ids = [draft.id for draft in self.records]
        if not self._is_done and self.kind is not WriteKind.CREATE:
            await connection.execute(lock_records(table, for_update=True), ids)
        statement = batch.context.statements_of(table).get(table, "current", lambda: compile_current(table))
        rows = await connection.fetch(statement.sql, *statement.parameters.bind([ids]))
        return {row[0]: orjson.loads(row[1])["fields"] for row in rows}

    def done(self) -> None:
        """The statement has run."""
        self._is_done = True


@dataclass(frozen=True, slots=True)
class _Hooking:
    """The hooks of one write."""

    batch: "Batch"
    kind: WriteKind
    table: WrittenTable
    hooks: Sequence[Hook]
    gives_back: bool
    may_link: bool

    async def before(self, ids: Sequence[UUID], rows: Sequence[Row]) -> _Write:
        """Call the hooks before the write, for a caller who may write; put what they change into the rows."""
        await self._require_right()
        whole = replace(self.batch, table=self.batch.table.whole)  # extensions see all fields
        drafts = await make_drafts(whole, ids, rows)
        write = _Write(
            self.kind,
            self.table,
            self.batch.user_id,
            whole.context.mutation_id,
            drafts.drafts,
            self.gives_back,
            whole,
        )
        for hook in hooks_at(Moment.BEFORE, self.hooks):
            await self._call(hook, write)
            await self._take(hook, drafts)
        return write

    async def after(self, write: _Write) -> None:
        """Call the hooks behind the write, within its transaction."""
        write.done()
        for hook in hooks_at(Moment.AFTER, self.hooks):
            await self._call(hook, write)

    async def _require_right(self) -> None:
        """Else a hook's refusal would tell of a table that the caller may not see; who has a form's token may."""
        batch = self.batch
        if batch.form_id is None:
            await require_current(batch.context, batch.unit, batch.table, Action.WRITE_RECORDS, batch.missing)

    async def _call(self, hook: Hook, write: _Write) -> None:
        try:
            await self.batch.context.services.extensions.call(hook.body, write)
        except (asyncpg.PostgresError, asyncpg.InterfaceError):
            raise  # of `current`: the operation is tried again where that may help
        except Refused as refused:
            _check_index(refused, len(write.records))
            raise
        except Exception as error:
            raise _failed(hook, error) from error

    async def _take(self, hook: Hook, drafts: Drafts) -> None:
        changes = drafts.changes()
        if not any(changes):
            return
        try:
            if self.gives_back or self.kind is WriteKind.DELETE:
                raise ExtensionFault("What is deleted or given back keeps its values.")
            await drafts.take(changes, are_new=self.kind is WriteKind.CREATE, may_link=self.may_link)
        except (DomainError, ExtensionFault) as error:
            raise _failed(hook, error) from error


def _failed(hook: Hook, error: Exception) -> FunctionFailed:
    logger.error("the extension %s failed in its hook %s", hook.extension, hook.name, exc_info=error)
    return FunctionFailed.of_hook(hook.extension, hook.name)


def _check_index(refused: Refused, count: int) -> None:
    """Forget a place that no record has."""
    index = refused.location.get("recordIndex")
    if not (isinstance(index, int) and 0 <= index < count):
        refused.location = {key: value for key, value in refused.location.items() if key != "recordIndex"}


def _written(table: TableMeta) -> WrittenTable:
    return WrittenTable(table.id, table.name, table.base_id, table.base_name, table.workspace_id)
