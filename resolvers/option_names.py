"""Names of tables and fields in the options of fields, looked up in what the base has now."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from domain.bases.definitions import FieldDraft, Place
from domain.bases.named_options import KnownTable, calls_by_name, with_ids
from domain.fields.types.linked_record import LinkedRecordOptions
from models import Base, Table
from resolvers.field_links import FieldWork
from resolvers.metadata import TableKey, load_base


async def with_option_ids(
    unit: Unit,
    base: Base,
    table: Table,
    drafts: Sequence[FieldDraft],
    ids: Sequence[UUID],
    places: Sequence[Place],
) -> Sequence[FieldDraft]:
    """The fields of a table, which may be new, with ids for names in their options; the base must be locked.

    Nothing is asked of the database where all options have ids. Raises `ValidationFailed`, see `with_ids`.
    """
    if not any(map(calls_by_name, drafts)):
        return drafts
    tables = await _tables(unit, base)
    mine = tables.setdefault(table.id, KnownTable(table.id, table.name))
    return with_ids(drafts, ids, places, mine, tables)


async def with_ids_for_names(work: FieldWork, type_key: str | None, options: object) -> object:
    """The new options of a field that is there, with ids for names; None as a type leaves the one that it has."""
    draft = FieldDraft(work.field.name, type_key or work.field.type, options)
    [draft] = await with_option_ids(work.unit, work.base, work.table, [draft], [work.field.id], [()])
    return draft.options


async def _tables(unit: Unit, base: Base) -> dict[UUID, KnownTable]:
    """All tables of a base: from who may change its schema nothing in it is hidden."""
    await unit.session.flush()
    table_id = await unit.session.scalar(select(Table.id).where(Table.base_id == base.id).limit(1))
    loaded = None if table_id is None else await load_base(unit, TableKey(id=table_id))
    return {} if loaded is None else {id: _known(table) for id, table in loaded.base.tables.items()}


def _known(table: TableMeta) -> KnownTable:
    links = {each.id: each.options for each in table.fields}
    return KnownTable(
        table.id,
        table.name,
        {each.name: each.id for each in table.fields},
        {id: each.linked_table_id for id, each in links.items() if isinstance(each, LinkedRecordOptions)},
    )
