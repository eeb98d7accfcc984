"""Pages of linked records for the resolvers that work on records one by one: one statement for many records."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from adapters.database import Unit
from domain.access.roles import Action
from domain.bases.catalog import TableMeta
from domain.records.nesting import linked_table
from domain.records.selection import LinkedRecords, Property, RecordProperty
from domain.records.stored import decode
from resolvers.loader import Loader
from resolvers.records.reading import read_list
from resolvers.records.tables import with_table


class LinkedPage:
    """A page of the records that one record is linked to; equal for the same page of the same record."""

    __slots__ = ("page", "record_id", "table_id")

    def __init__(self, table_id: UUID, record_id: UUID, page: LinkedRecords) -> None:
        self.table_id = table_id
        self.record_id = record_id
        self.page = page

    @property
    def list(self) -> tuple[object, ...]:
        """What pages that one statement can read have in common: the table, and the page with its values."""
        return (self.table_id, self.page, *map(str, self.page.inputs))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LinkedPage) and (self.record_id, self.list) == (other.record_id, other.list)

    def __hash__(self) -> int:
        return hash((self.record_id, self.list))


class LinkedPageLoader(Loader[LinkedPage, tuple[Mapping[str, Any], TableMeta]]):
    """The decoded JSON of pages, and the table that their records are of; nothing for records that are gone."""

    async def fetch(
        self, unit: Unit, keys: list[LinkedPage]
    ) -> Mapping[LinkedPage, tuple[Mapping[str, Any], TableMeta]]:
        """See `Loader.fetch`."""
        lists: defaultdict[tuple[object, ...], dict[UUID, LinkedPage]] = defaultdict(dict)
        for key in keys:
            lists[key.list][key.record_id] = key
        found: dict[LinkedPage, tuple[Mapping[str, Any], TableMeta]] = {}
        for wanted in lists.values():
            found |= await self._read(unit, wanted)
        return found

    async def _read(
        self, unit: Unit, wanted: Mapping[UUID, LinkedPage]
    ) -> Mapping[LinkedPage, tuple[Mapping[str, Any], TableMeta]]:
        first = next(iter(wanted.values()))
        members = (Property("id", RecordProperty.ID), first.page)

        async def work(table: TableMeta) -> Mapping[LinkedPage, tuple[Mapping[str, Any], TableMeta]]:
            json = await read_list(self.context, unit, table, list(wanted), members)
            linked = linked_table(table, first.page.field)
            rows = decode(f"[{json}]", orjson.Fragment)
            return {wanted[UUID(row["id"])]: (row[first.page.key], linked) for row in rows}

        return await with_table(self.context, unit, first.table_id, work, Action.READ)
