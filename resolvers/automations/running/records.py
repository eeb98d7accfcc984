"""Records as steps reach them: by the use cases of the API, with the rights of the automation's owner."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID

import orjson

from domain.access.roles import Action
from domain.automations.conditions import FilterLimits, read_conditions
from domain.automations.faults import StepFailed
from domain.automations.step import RecordJson
from domain.bases.catalog import TableMeta
from domain.errors import DomainError
from domain.records.linking import lock_records
from domain.records.query import ConnectionQuery, Direction, Page
from domain.records.selection import FieldValues, Nodes, Property, RecordMembers, RecordProperty
from domain.views.meta import ViewMeta
from resolvers.context import RequestContext
from resolvers.records.mutations import create_records, delete_records, update_record
from resolvers.records.reading import read_record, read_table
from resolvers.records.tables import with_table_of_record
from resolvers.records.writing import Patch

_RECORD: Final[RecordMembers] = (Property("id", RecordProperty.ID), FieldValues("fields", None, by_id=False))
_BY_ID: Final[RecordMembers] = (FieldValues("fields", None, by_id=True),)


class OwnersRecords:
    """See `domain.automations.step.Records`."""

    def __init__(self, context: RequestContext) -> None:
        self._context = context

    async def get(self, id: UUID) -> RecordJson:
        """See `Records.get`."""
        return _flat(orjson.loads((await read_record(self._context, id, _RECORD)).json))

    async def find(self, table_id: UUID, conditions: object, limit: int) -> list[RecordJson]:
        """See `Records.find`."""
        limits = self._context.services.limits
        bounds = FilterLimits(limits.max_filter_depth, limits.max_filter_conditions)
        filter = None if conditions is None else read_conditions(conditions, bounds)
        page = Page(Direction.FORWARD, limit)

        def make_query(_table: TableMeta, _view: ViewMeta | None) -> ConnectionQuery:
            return ConnectionQuery((Nodes("nodes", _RECORD),), page, filter)

        found = await read_table(self._context, table_id, make_query)
        return [_flat(each) for each in orjson.loads(found.json)["nodes"]]

    async def create(self, table_id: UUID, fields: object) -> tuple[UUID, RecordJson]:
        """See `Records.create`."""
        written = await create_records(self._context, table_id, [fields], [_RECORD], typecast=True)
        return written.ids[0], _flat(orjson.loads(written.rendered[0]))

    async def update(self, id: UUID, fields: object) -> RecordJson:
        """See `Records.update`."""
        written = await update_record(self._context, Patch(id, fields), [_RECORD], typecast=True)
        return _flat(orjson.loads(written.rendered[0]))

    async def delete(self, id: UUID) -> None:
        """See `Records.delete`."""
        found = await read_record(self._context, id, _RECORD)  # who may not see it is told of the record, not its table
        await delete_records(self._context, found.table.id, [id])

    async def link(self, id: UUID, field: str, targets: Sequence[UUID]) -> RecordJson:
        """See `Records.link`."""
        linked = await self._links(id, field)
        wanted = [*linked, *(str(target) for target in targets if str(target) not in linked)]
        return await (self.get(id) if wanted == linked else self.update(id, {field: wanted}))

    async def unlink(self, id: UUID, field: str, targets: Sequence[UUID]) -> RecordJson:
        """See `Records.unlink`."""
        linked, gone = await self._links(id, field), set(map(str, targets))
        left = [each for each in linked if each not in gone]
        return await (self.get(id) if left == linked else self.update(id, {field: left}))

    @asynccontextmanager
    async def whole(self) -> AsyncIterator[None]:
        """See `Records.whole`: what policies and hooks refuse they refuse when it is written already."""
        async with self._context.unit() as unit:
            savepoint = unit.connection.transaction()
            await savepoint.start()
        try:
            yield
        except DomainError:
            async with self._context.unit():
                await savepoint.rollback()
            raise
        async with self._context.unit():
            await savepoint.commit()

    async def _links(self, id: UUID, field: str) -> list[str]:
        """The ids that a field leads to; the record is locked first, so that nobody changes them meanwhile."""
        await self.get(id)  # who may not see it does not get to the lock
        async with self._context.unit() as unit:

            async def lock(table: TableMeta) -> str:
                meta = table.field(field)
                if meta.type.references != "record":
                    raise StepFailed(f"{meta.name!r} is no field with links to records.", field="fieldId")
                await unit.connection.execute(lock_records(table, for_update=True), [id])
                return str(meta.id)

            key = await with_table_of_record(self._context, unit, id, lock, Action.WRITE_RECORDS)
        found = await read_record(self._context, id, _BY_ID)
        links: list[dict[str, Any]] = orjson.loads(found.json)["fields"][key] or []
        return [each["id"] for each in links]


def _flat(record: dict[str, Any]) -> RecordJson:
    """The id beside the values; a field that is called `id` counts, as in triggers."""
    return {"id": record["id"], **record["fields"]}
