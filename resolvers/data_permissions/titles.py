"""What names records is for everybody to read who may see them: primary fields, and all that these are made of."""

from typing import Final

from adapters.database import Unit
from domain.changes.dependents import fields_behind
from domain.errors import BadRequest
from models import Base
from resolvers.metadata import TableKey, load_base

_LIMITED: Final = """
SELECT p.field_id, t.id AS table_id
  FROM field_permissions p JOIN fields f ON f.id = p.field_id JOIN tables t ON t.id = f.table_id
 WHERE p.base_id = $1 AND p.read_role IS NOT NULL
"""


async def require_open_titles(unit: Unit, base: Base) -> None:
    """Raise `BadRequest` where a primary field of the base is made of one that not everybody may read.

    The base must be locked, and what was changed written.
    """
    rows = await unit.connection.fetch(_LIMITED, base.id)
    if not rows:
        return
    limited = {row["field_id"] for row in rows}
    loaded = await load_base(unit, TableKey(id=rows[0]["table_id"]))
    assert loaded is not None  # its base is locked
    for table in loaded.base.tables.values():
        name = table.primary_field.name
        if not limited.isdisjoint(fields_behind(table.primary_field, table)):
            raise BadRequest(
                f"{name!r} names the records of {table.name!r}: everybody who may see these has to be able to read it, "
                "and what it is made of.",
                field=name,
            )
