"""What belongs to a stored record, for the resolvers that work on records one by one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.bases.catalog import FieldMeta, TableMeta
from domain.errors import NotFound
from domain.records.stored import StoredRecord
from resolvers.context import RequestContext
from resolvers.metadata import TableKey


def fields_by_name(
    context: RequestContext, record: StoredRecord, only: Sequence[str] | None
) -> list[tuple[FieldMeta, Any]]:
    """The record's fields with their values: all of them, or those named by id or name."""
    table = table_meta(context, record.table_id)
    chosen = table.fields if only is None else [table.field(key) for key in only]
    return [(field, record.fields.get(str(field.id))) for field in dict.fromkeys(chosen)]


def table_meta(context: RequestContext, table_id: UUID) -> TableMeta:
    """The metadata that the record was read with."""
    table = context.known_table(TableKey(id=table_id))
    if table is None:
        raise NotFound(f"There is no table with id {table_id}.", tableId=table_id)
    return table
