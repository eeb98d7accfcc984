"""Copies a base: its tables, fields, constraints and views under new ids, and its records if they are wanted."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from domain.access.roles import Action
from domain.bases import copying
from domain.bases.constraints import ConstraintStatus
from domain.bases.copying import LinksCopy, TableCopy
from domain.errors import Forbidden, ForeignKeyViolation
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.ids import Kind, new_id
from domain.views.content import renamed_content
from domain.views.registry import view_type
from models import Base, Field, FieldPermission, Table, UniqueConstraint, View
from resolvers.access import load_base, load_workspace, missing
from resolvers.automations.copying import copy_automations
from resolvers.bases import add_base
from resolvers.catalog_loader import among, grouped
from resolvers.constraints.making import make_unique
from resolvers.context import RequestContext
from resolvers.data_permissions.copying import copy_policies
from resolvers.field_columns import dump_options, sql_name, typed
from resolvers.field_values import check_default
from resolvers.formulas import fit_formulas
from resolvers.relations import base_of, create_junctions
from resolvers.schema_changes import schema_change
from resolvers.tables import create_columns
from resolvers.views.content import content_of, fit_views, set_content

_SUFFIX = " (copy)"


async def duplicate_base(
    context: RequestContext,
    base_id: UUID,
    *,
    name: str | None = None,
    workspace_id: UUID | None = None,
    include_records: bool = False,
) -> Base:
    """A copy of a base that the caller may read, in its own workspace or another one.

    All records are copied as they were at one moment. They keep their values, revisions and times, and get new ids in
    the same order; autonumbers go on where they were. A default value that names a user who is not a member of the
    other workspace is dropped.
    """
    async with schema_change(context) as unit:
        source = await load_base(unit, context, base_id, Action.READ)
        await _hold(unit, source)
        await _require_whole(unit, context, source)
        target_id = workspace_id or source.workspace_id
        workspace, _ = await load_workspace(unit, context, target_id, Action.CHANGE_SCHEMA, lock=True)
        limit = context.services.limits.max_name_length
        given = name if name is not None else source.name[: limit - len(_SUFFIX)] + _SUFFIX
        target = await add_base(unit, context, workspace, given)
        copies = await _copy_tables(unit, context, source, target)
        if include_records and copies:
            await _copy_records(unit, source, target, copies)
        await _copy_constraints(unit, target, copies)
        await _copy_permissions(unit, target, copies)
        await copy_policies(unit, target.id, _new_ids(copies))
    return target


async def _copy_permissions(unit: Unit, target: Base, copies: "Copies") -> None:
    """Limit the copies of fields as the fields are: what was kept from some roles is kept from them in the copy."""
    ids = {old.id: new for _, _, pairs in copies for old, new in pairs}
    for each in await unit.session.scalars(select(FieldPermission).where(among(FieldPermission.field_id, ids))):
        field = ids[each.field_id]
        limits = {"read_role": each.read_role, "write_role": each.write_role}
        unit.session.add(FieldPermission(field_id=field.id, table_id=field.table_id, base_id=target.id, **limits))
    await unit.session.flush()


async def _hold(unit: Unit, base: Base) -> None:
    """Keep others from changing the tables and fields of the base while it is copied; several may copy it at once."""
    statement = select(Base.id).where(Base.id == base.id).with_for_update(read=True)
    if await unit.session.scalar(statement) is None:
        raise missing("base", base.id)


async def _require_whole(unit: Unit, context: RequestContext, base: Base) -> None:
    """Raise `Forbidden` for a caller from whom something in the base is hidden: a copy would show all of it."""
    if await unit.connection.fetchval(_HIDES, base.id, context.user_id):
        raise Forbidden("You may not copy this base: you may not see all that is in it.")


_HIDES = """
SELECT EXISTS (SELECT FROM tables t WHERE t.base_id = $1
                AND NOT EXISTS (SELECT FROM table_members m WHERE m.table_id = t.id AND m.user_id = $2))
    OR EXISTS (SELECT FROM tables t JOIN views v ON v.table_id = t.id WHERE t.base_id = $1 AND v.owner_id IS NULL
                AND NOT EXISTS (SELECT FROM view_members m WHERE m.view_id = v.id AND m.user_id = $2))
    OR EXISTS (SELECT FROM record_policies p JOIN table_members m ON m.table_id = p.table_id AND m.user_id = $2
                WHERE p.base_id = $1 AND m.role = ANY(p.roles) AND p.applies <> 'WRITE')
    OR EXISTS (SELECT FROM field_permissions p JOIN fields f ON f.id = p.field_id
                WHERE p.base_id = $1 AND p.read_role IS NOT NULL
                  AND NOT EXISTS (SELECT FROM table_members m WHERE m.table_id = p.table_id AND m.user_id = $2
                                   AND role_rank(m.role) <= role_rank(p.read_role)))
"""


Copies = Sequence[tuple[Table, Table, Sequence[tuple[Field, Field]]]]
"""Tables and their copies, with their fields and the copies of those."""


async def _copy_tables(unit: Unit, context: RequestContext, source: Base, target: Base) -> Copies:
    tables = list(await unit.session.scalars(select(Table).filter_by(base_id=source.id).order_by(Table.position)))
    fields = await _fields_of(unit, tables)
    copies = [(table, _copy_table(table, target), [(f, _copy_field(f)) for f in fields[table.id]]) for table in tables]
    for table, copy, pairs in copies:
        copy.primary_field_id = next(new.id for old, new in pairs if old.id == table.primary_field_id)
    unit.session.add_all(copy for _, copy, _ in copies)
    await unit.session.flush()
    ids = _new_ids(copies)
    for _, copy, pairs in copies:
        for _, field in pairs:
            field.table_id = copy.id
            type, options = typed(field)
            if type.is_bound:
                field.options = dump_options(type.renamed(options, ids))
            await _drop_strange_default(unit, target, field)
            unit.session.add(field)
    await unit.session.flush()
    for _, copy, pairs in copies:
        await create_columns(unit, target, copy, [field for _, field in pairs])
    await create_junctions(unit, target)
    await fit_formulas(unit, target, [copy for _, copy, _ in copies])
    views = await _copy_views(unit, target, copies)
    copied = {table.id: copy for table, copy, _ in copies}
    await copy_automations(unit, context, copied, {str(old): str(new) for old, new in {**ids, **views}.items()})
    return copies


def _new_ids(copies: Copies) -> Mapping[UUID, UUID]:
    """The id of each table's and each field's copy."""
    fields = {old.id: new.id for _, _, pairs in copies for old, new in pairs}
    return {table.id: copy.id for table, copy, _ in copies} | fields


async def _copy_views(unit: Unit, target: Base, copies: Copies) -> dict[UUID, UUID]:
    """Copy the views that all members see, personal ones belong to the first base; the id of each one's copy."""
    tables = {table.id: (copy, pairs) for table, copy, pairs in copies}
    ids, is_indexed = {}, False
    statement = select(View).where(among(View.table_id, tables), View.owner_id.is_(None))
    for view in list(await unit.session.scalars(statement.order_by(View.position, View.id))):
        copy, pairs = tables[view.table_id]
        copied = _copy_view(view, copy, {str(old.id): str(new.id) for old, new in pairs})
        unit.session.add(copied)
        ids[view.id] = copied.id
        is_indexed = is_indexed or copied.is_indexed
    if is_indexed:
        await fit_views(unit, target)
    await unit.session.flush()
    return ids


def _copy_view(view: View, table: Table, ids: Mapping[str, str]) -> View:
    copy = View(
        id=new_id(Kind.VIEW),
        table_id=table.id,
        name=view.name,
        type=view.type,
        is_locked=view.is_locked,
        is_indexed=view.is_indexed,
        position=view.position,
    )
    set_content(copy, renamed_content(content_of(view), view_type(view.type), ids))
    return copy


async def _copy_constraints(unit: Unit, target: Base, copies: Copies) -> None:
    """Copy the unique constraints, those that are not disabled with their indexes: nobody writes to the copy yet."""
    fields = {old.id: (copy, new) for _, copy, pairs in copies for old, new in pairs}
    statement = select(UniqueConstraint).where(among(UniqueConstraint.field_id, fields)).order_by(UniqueConstraint.id)
    for constraint in list(await unit.session.scalars(statement)):
        table, field = fields[constraint.field_id]
        copy = UniqueConstraint(
            id=new_id(Kind.UNIQUE_CONSTRAINT),
            table_id=table.id,
            field_id=field.id,
            case_sensitive=constraint.case_sensitive,
            error_message=constraint.error_message,
            status=constraint.status,
        )
        unit.session.add(copy)
        if constraint.status != ConstraintStatus.DISABLED.value:
            await make_unique(unit, target, table, field, copy)
    await unit.session.flush()


async def _fields_of(unit: Unit, tables: Sequence[Table]) -> Mapping[UUID, list[Field]]:
    ids = [table.id for table in tables]
    statement = select(Field).where(among(Field.table_id, ids)).order_by(Field.position, Field.number)
    return grouped(ids, ((field.table_id, field) for field in await unit.session.scalars(statement)))


def _copy_table(table: Table, base: Base) -> Table:
    return Table(
        id=new_id(Kind.TABLE),
        base_id=base.id,
        name=table.name,
        description=table.description,
        position=table.position,
    )


def _copy_field(field: Field) -> Field:
    return Field(
        id=new_id(Kind.FIELD),
        name=field.name,
        type=field.type,
        options=field.options,
        is_required=field.is_required,
        is_indexed=field.is_indexed,
        default_value=field.default_value,
        description=field.description,
        position=field.position,
    )


async def _drop_strange_default(unit: Unit, base: Base, field: Field) -> None:
    try:
        await check_default(unit, base, field)
    except ForeignKeyViolation:
        field.default_value = None


async def _copy_records(unit: Unit, source: Base, target: Base, copies: Copies) -> None:
    stored = [[(old, new) for old, new in pairs if _has_own_values(old)] for _, _, pairs in copies]
    tables = [
        TableCopy(
            sql_name(source, table),
            sql_name(target, copy),
            copy.number,
            [(old.number, new.number) for old, new in pairs],
        )
        for (table, copy, _), pairs in zip(copies, stored, strict=True)
    ]
    links = await _copied_links(unit, copies)
    await unit.connection.execute(copying.copy_records(tables, links))
    for each in links:
        await unit.connection.execute(copying.continue_positions(each.target))
    for table, pairs in zip(tables, stored, strict=True):
        for old, new in pairs:
            if not typed(old)[0].is_writable:
                await unit.connection.execute(copying.continue_sequence(table, (old.number, new.number)))


def _has_own_values(field: Field) -> bool:
    """Whether the field has a column that is filled by others than PostgreSQL."""
    type, options = typed(field)
    return type.has_column(options) and not type.is_computed


async def _copied_links(unit: Unit, copies: Copies) -> list[LinksCopy]:
    if not copies:
        return []
    (first, first_copy, _), *_ = copies
    source, target = await base_of(unit, first.id), await base_of(unit, first_copy.id)
    ids = _new_ids(copies)
    return [
        LinksCopy(link.side, new.side, target.tables[ids[table.id]].number, new.linked_table.number)
        for table in source.tables.values()
        for field in table.fields
        if isinstance(link := field.options, LinkedRecordOptions)
        and not link.is_symmetric
        and isinstance(new := target.tables[ids[table.id]].field(str(ids[field.id])).options, LinkedRecordOptions)
    ]
