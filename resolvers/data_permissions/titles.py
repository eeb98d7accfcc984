"""What names records is for everybody to read who may see them."""

from sqlalchemy import select

from adapters.database import Unit
from domain.errors import BadRequest
from models import Field, FieldPermission, Table


async def require_open_title(unit: Unit, table: Table) -> None:
    """Raise `BadRequest` where not everybody may read the primary field of a table, whose base must be locked."""
    statement = select(Field.name).join(FieldPermission, FieldPermission.field_id == Field.id)
    statement = statement.where(Field.id == table.primary_field_id, FieldPermission.read_role.is_not(None))
    name = await unit.session.scalar(statement)
    if name is not None:
        message = (
            f"{name!r} names the records of {table.name!r}: everybody who may see these has to be able to read it."
        )
        raise BadRequest(message, field=name)
