"""The values of one field for all records of its table: filled, counted, cut back; who may is decided before."""

import asyncpg
import orjson

from adapters.database import Unit
from domain.bases import filling
from domain.errors import DuplicateValue, ForeignKeyViolation, Problem, RequiredField
from domain.fields.references import users_in
from domain.fields.storage import encode_json
from domain.records.faults import REFERENCE, REQUIRED
from domain.sql import Parameters
from models import Base, Field, Table
from resolvers.field_columns import affected, sql_name, typed
from resolvers.members import members_among


async def check_default(unit: Unit, base: Base, field: Field) -> None:
    """Raise `ForeignKeyViolation` when the default value names a user who is not a member of the workspace."""
    type, options = typed(field)
    if type.references != "user" or field.default_value is None:
        return
    users = users_in(type.parser(options)(field.default_value))
    for stranger in users - await members_among(unit, base.workspace_id, users):
        message = f"The default value of {field.name!r} names user {stranger}, who is not a member of this workspace."
        raise ForeignKeyViolation([Problem((field.name,), message, REFERENCE, value=str(stranger))], message)


async def default_literal(unit: Unit, field: Field) -> str:
    """The field's default value, which must not be None, as an SQL literal of its column's type."""
    type, options = typed(field)
    statement = filling.value_literal(type.column_type_for(options))
    literal: str = await unit.connection.fetchval(statement, _stored_default(field))
    return literal


async def require_values(unit: Unit, base: Base, table: Table, field: Field) -> int:
    """Give the default value to every record without a value, and return how many there were.

    The table's writers must be locked out. Raises `RequiredField` when there are such records and no default value,
    and `DuplicateValue` when the field is unique and more than one would have it.
    """
    name = sql_name(base, table)
    if field.default_value is None:
        count = await unit.connection.fetchval(filling.count_empty(name, field.number))
        if count:
            raise without_value(field, count)
        return 0
    type, options = typed(field)
    statement = filling.fill_empty(name, field.number, type.column_type_for(options))
    try:
        return affected(await unit.connection.execute(statement, _stored_default(field)))
    except asyncpg.UniqueViolationError as error:
        message = f"The field {field.name!r} is unique: its default value cannot be given to more than one record."
        raise DuplicateValue(message, field=field.name, value=field.default_value) from error


async def cut_back(unit: Unit, base: Base, table: Table, field: Field) -> int:
    """Cut the values back to what the field's options allow; how many records have lost something."""
    type, options = typed(field)
    parameters = Parameters()
    statement = filling.refit(sql_name(base, table), field.number, type, options, parameters)
    if statement is None:
        return 0
    return affected(await unit.connection.execute(statement, *parameters.bind(())))


async def default_output(unit: Unit, field: Field) -> object:
    """The default value as it is read in a record; None when there is none."""
    if field.default_value is None:
        return None
    type, options = typed(field)
    parameters = Parameters()
    value = parameters.constant(_stored_default(field), "json")
    statement = filling.output(value, type, options, parameters)
    return orjson.loads(await unit.connection.fetchval(statement, *parameters.bind(())))


def without_value(field: Field, count: int) -> RequiredField:
    """The error for a field that cannot be required, because records have no value and it has no default."""
    message = (
        f"The field {field.name!r} cannot be required: {count:,} records would have no value. "
        "Give a defaultValue, or fill them first."
    )
    return RequiredField([Problem(("isRequired",), message, REQUIRED)], message)


def _stored_default(field: Field) -> str:
    type, options = typed(field)
    return encode_json({"v": type.parser(options)(field.default_value)})
