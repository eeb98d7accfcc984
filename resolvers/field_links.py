"""Converting a field to links, and back: the records that they lead to, which are found and made.

Who may change the fields of a base may see and write all of its records, those of the other table, too.
"""

from dataclasses import dataclass

from adapters.database import Unit
from domain.bases import ddl
from domain.bases.conversion import LinkSource
from domain.bases.links import Side
from domain.errors import Problem, invalid_input
from domain.fields.types.linked_record import LinkedRecordOptions
from models import Base, Field, Table
from resolvers.context import RequestContext
from resolvers.metadata import TableKey
from resolvers.records.tables import load_table, no_table
from resolvers.records.titled import TitledRecords, at_most
from resolvers.records.writing import Batch
from resolvers.relations import base_of, bound_field, make_links, require_own
from resolvers.schema_changes import changed


@dataclass(frozen=True, slots=True)
class FieldWork:
    """A field that is worked on, with its table and base, and on whose behalf."""

    context: RequestContext
    unit: Unit
    base: Base
    table: Table
    field: Field


async def source_of_links(work: FieldWork) -> LinkSource:
    """The links of the field as they are now."""
    table = (await base_of(work.unit, work.table.id)).tables[work.table.id]
    return LinkSource.of(table.field(str(work.field.id)), table)


async def linked_records(
    work: FieldWork, options: LinkedRecordOptions, *, makes_missing: bool, is_preview: bool
) -> TitledRecords:
    """The records that links with these options may lead to, whose writers are locked out from now on.

    A preview locks nobody out, and makes no records. Raises `ValidationFailed` where the base has no such table.
    """
    context, unit = work.context, work.unit
    require_own(options, ())
    if not is_preview:  # what is made from the metadata of this transaction belongs to a version of its own
        changed(context, unit, work.base)
        await unit.session.flush()
    table = await load_table(context, unit, TableKey(id=work.table.id))
    linked = None if table is None else table.siblings.get(options.linked_table_id)
    if linked is None:
        message = f"The base has no table with id {options.linked_table_id}."
        raise invalid_input([Problem(("options", "linked_table_id"), message, "value_error.reference")])
    if not is_preview:
        await unit.connection.execute(ddl.lock_writers_out(linked.sql_name))
    batch = Batch(context, context.user_id, unit, linked, lambda: no_table(options.linked_table_id))
    limit = at_most(context.services.limits.max_converted_records)
    return TitledRecords(batch, makes_missing, only_counts=is_preview, allow=limit)


async def add_links(work: FieldWork) -> Side:
    """Make the links of a field that has become a linked record field; where they are kept."""
    options = await bound_field(work.unit, work.table.id, work.field.id)
    assert isinstance(options, LinkedRecordOptions)
    await make_links(work.unit, work.context, work.base, work.table, work.field, options)
    return options.side
