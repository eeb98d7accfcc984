"""Which fields of tables a caller may see: all, but hidden ones, and those that are made of hidden fields or tables."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Row

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from models import Field
from resolvers.context import RequestContext
from resolvers.metadata import TableKey, load_base
from resolvers.narrowing import for_caller


@dataclass
class CallersTables:
    """The metadata of tables as the caller may know them, each base loaded once, as it is now."""

    context: RequestContext
    unit: Unit
    _found: dict[UUID, TableMeta] = field(default_factory=dict)

    async def get(self, table_id: UUID) -> TableMeta:
        """The table, which must be there."""
        if table_id not in self._found:
            loaded = await load_base(self.unit, TableKey(id=table_id))
            assert loaded is not None
            table = await for_caller(self.context, self.unit, loaded.base.tables[table_id])
            self._found |= loaded.base.tables if table.profile is None else table.siblings
        return self._found[table_id]


async def visible_fields(context: RequestContext, unit: Unit, rows: Iterable[Row[Field, bool]]) -> list[Field]:
    """Of fields, each with whether roles or rules of its base concern the caller, those that the caller may see."""
    tables, found = CallersTables(context, unit), []
    for each, is_overridden in rows:
        if not is_overridden or (await tables.get(each.table_id)).find_field(str(each.id)) is not None:
            found.append(each)
    return found
