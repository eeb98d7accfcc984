"""The columns and indexes behind fields, as statements on a unit; who may is decided before."""

from typing import Any
from uuid import UUID

import asyncpg

from adapters.database import Unit
from domain.bases import ddl, filling
from domain.bases.catalog import schema_name, table_name
from domain.bases.definitions import FieldDefinition
from domain.errors import BadRequest
from domain.fields.contract import FieldType, Options
from domain.fields.registry import field_type
from domain.records.indexes import create_indexes, drop_indexes
from models import Base, Field, Table
from resolvers.table_rewriting import make_room


def field_model(definition: FieldDefinition, id: UUID, table_id: UUID, position: int) -> Field:
    """The catalog's row of a new field."""
    return Field(
        id=id,
        table_id=table_id,
        name=definition.name,
        type=definition.type.key,
        options=dump_options(definition.options),
        is_required=definition.is_required,
        is_indexed=definition.is_indexed,
        default_value=definition.default_value,
        description=definition.description,
        position=position,
    )


def dump_options(options: Options) -> dict[str, Any]:
    """Options as the catalog keeps them."""
    return options.model_dump(mode="json")


def typed(field: Field) -> tuple[FieldType[Any], Options]:
    """The type of a field, and its options as the type wants them."""
    type = field_type(field.type)
    return type, type.parse_options(field.options)


def column_of(field: Field) -> str | None:
    """The definition of the field's column, or None where the type has none."""
    type, options = typed(field)
    return None if not type.has_column(options) else ddl.column(field.number, type.column_ddl(options))


def sql_name(base: Base, table: Table) -> str:
    """The qualified name of the PostgreSQL table."""
    return table_name(base.number, table.number)


async def next_field_number(unit: Unit) -> int:
    """A number that no field has or had."""
    number: int = await unit.connection.fetchval("SELECT nextval(pg_get_serial_sequence('fields', 'number'))")
    return number


async def add_column(unit: Unit, base: Base, table: Table, field: Field, *, default: str | None = None) -> None:
    """Add the field's column to its table; `default` is an SQL literal that the records that are there get.

    Records get the numbers of a column that counts in the order of their creation.
    """
    type, options = typed(field)
    if not type.has_column(options):
        return
    name = sql_name(base, table)
    await make_room(unit, name)
    definition = ddl.column(field.number, type.column_ddl(options))
    if default is not None:
        definition = f"{definition} DEFAULT {default}"
    await unit.connection.execute(ddl.add_column(name, definition))
    if default is not None:
        await unit.connection.execute(ddl.drop_column_default(name, field.number))
    if not type.is_writable:
        await unit.connection.execute(filling.number_records(name, field.number))


def affected(status: str) -> int:
    """How many rows a statement has changed, from the status that PostgreSQL answers (`UPDATE 7`)."""
    return int(status.rpartition(" ")[2])


def index_statements(base: Base, table: Table, field: Field) -> list[str]:
    """The statements that index the field; raises `BadRequest` when its type cannot be indexed.

    None for an expression, whose index comes with its columns: see resolvers/formulas.py.
    """
    type, options = typed(field)
    if type.is_expression:
        return []
    return create_indexes(sql_name(base, table), field.number, type, options)


async def index_field(unit: Unit, base: Base, table: Table, field: Field) -> None:
    """Make the indexes of a field that is indexed; raises `BadRequest` when its type or a value cannot be indexed."""
    if not field.is_indexed:
        return
    try:
        for statement in index_statements(base, table, field):
            await unit.connection.execute(statement)
    except asyncpg.ProgramLimitExceededError as error:
        raise BadRequest(
            f"The field {field.name!r} cannot be indexed: a value is too long for an index (about 2,700 bytes).",
            field=field.name,
        ) from error


async def unindex_field(unit: Unit, base: Base, field_number: int) -> None:
    """Drop the indexes of the field with this number, if there are any."""
    for statement in drop_indexes(schema_name(base.number), field_number):
        await unit.connection.execute(statement)
