"""Whether a caller sees a record, by metadata that were narrowed for the caller."""

from uuid import UUID

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from domain.sql import Parameters


async def sees(unit: Unit, table: TableMeta, record_id: UUID) -> bool:
    """Whether the record is there, for those whom the metadata are for."""
    parameters = Parameters(viewer=table.viewer)
    source, id = table.source(parameters), parameters.input(0, "uuid")
    rows = await unit.connection.fetch(f"SELECT FROM {source} r WHERE r.id = {id}", *parameters.bind([record_id]))
    return bool(rows)
