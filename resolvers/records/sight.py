"""Whether a caller sees a record, or may write it, by metadata that were narrowed for the caller."""

from uuid import UUID

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from domain.records.rows import Row
from domain.sql import Parameters


async def sees(unit: Unit, table: TableMeta, record_id: UUID) -> bool:
    """Whether the record is there, for those whom the metadata are for."""
    parameters = Parameters(viewer=table.viewer)
    source, id = table.source(parameters), parameters.input(0, "uuid")
    rows = await unit.connection.fetch(f"SELECT FROM {source} r WHERE r.id = {id}", *parameters.bind([record_id]))
    return bool(rows)


async def may_write(unit: Unit, table: TableMeta, record_id: UUID) -> bool:
    """Whether policies leave a record that is there to those whom the metadata are for, to write."""
    if table.rule is None:
        return True
    parameters = Parameters(viewer=table.viewer)
    theirs, id = table.rule.writable(Row("r", table, parameters)), parameters.input(0, "uuid")
    statement = f"SELECT FROM {table.sql_name} r WHERE r.id = {id} AND {theirs}"
    return bool(await unit.connection.fetch(statement, *parameters.bind([record_id])))
