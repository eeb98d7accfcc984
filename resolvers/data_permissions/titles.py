"""What names records is for everybody to read who may see them."""

from sqlalchemy import select

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from domain.changes.dependents import fields_behind
from domain.errors import BadRequest
from models import Field, FieldPermission
from resolvers.catalog_loader import among


async def require_open_title(unit: Unit, table: TableMeta) -> None:
    """Raise `BadRequest` where not everybody may read what the primary field of a table is made of.

    The base must be locked, and the metadata must be as this transaction has left them.
    """
    statement = select(Field.name).join(FieldPermission, FieldPermission.field_id == Field.id)
    statement = statement.where(among(Field.id, fields_behind(table.primary_field, table)))
    limited = statement.where(FieldPermission.read_role.is_not(None)).order_by(Field.position).limit(1)
    name = await unit.session.scalar(limited)
    if name is not None:
        message = (
            f"{name!r} names the records of {table.name!r}: everybody who may see these has to be able to read it."
        )
        raise BadRequest(message, field=name)
