"""Where an import goes: a new base, a new table, or a table that is there; and who may put it there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from domain.access.roles import Action
from domain.errors import BadRequest
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.imports.columns import TargetField
from models import Base, Field, Table, Workspace
from resolvers.access import load_base, load_table, load_workspace, missing
from resolvers.bases import add_base
from resolvers.context import RequestContext
from resolvers.field_columns import typed
from resolvers.reach import is_overridden
from resolvers.visible_fields import visible_fields


@dataclass(frozen=True, slots=True)
class NewBase:
    """A new table in a new base of a workspace; without names both are called after the file."""

    workspace_id: UUID
    name: str | None = None
    table_name: str | None = None


@dataclass(frozen=True, slots=True)
class NewTable:
    """A new table of a base; without a name it is called after the file."""

    base_id: UUID
    table_name: str | None = None


@dataclass(frozen=True, slots=True)
class IntoTable:
    """A table that is there; columns that it lacks are left out, unless fields are to be made for them."""

    table_id: UUID
    create_missing: bool = False


Target = NewBase | NewTable | IntoTable


@dataclass(frozen=True, slots=True)
class Place:
    """A target that was found. What is still to be made is None, and so are the fields of a table to be made."""

    workspace: Workspace | None = None
    base: Base | None = None
    table: Table | None = None
    fields: Sequence[Field] | None = None

    @property
    def target_fields(self) -> list[TargetField] | None:
        """The fields as the planning of an import takes them."""
        if self.fields is None:
            return None
        return [_target_field(each) for each in self.fields]


def _target_field(field: Field) -> TargetField:
    """The field for a file that may fill it; the rows of a file do not name each other, which comes one by one."""
    type, options = typed(field)
    target = TargetField(field.name, field.type, field.options, type.is_writable)
    if isinstance(options, LinkedRecordOptions) and options.linked_table_id == field.table_id:
        return replace(target, is_writable=False, reason="links the table to itself")
    return target


async def find_place(unit: Unit, context: RequestContext, target: Target, *, lock: bool = False) -> Place:
    """The place of a target where the caller may import.

    Locked, nobody else can change the tables and fields of its base until the transaction ends; several imports into
    tables that are there can go on at once.
    """
    if isinstance(target, NewBase):
        workspace, _ = await load_workspace(unit, context, target.workspace_id, Action.CHANGE_SCHEMA, lock=lock)
        return Place(workspace)
    if isinstance(target, NewTable):
        return Place(base=await load_base(unit, context, target.base_id, Action.CHANGE_SCHEMA, lock=lock))
    table, base = await _find_table(unit, context, target, lock=lock)
    statement = select(Field, is_overridden(context)).join(Base, Base.id == base.id)
    statement = statement.where(Field.table_id == table.id).order_by(Field.position, Field.number)
    statement = statement.execution_options(populate_existing=True)  # as they are now that the base is locked
    fields = await visible_fields(context, unit, await unit.session.execute(statement))
    return Place(base=base, table=table, fields=fields)


async def make_base(unit: Unit, context: RequestContext, place: Place, target: Target, file_name: str) -> Base:
    """The base of the place, made where it is a new one."""
    if place.base is not None:
        return place.base
    assert place.workspace is not None and isinstance(target, NewBase)  # noqa: PT018  # see `find_place`
    name = name_of(file_name) if target.name is None else target.name
    return await add_base(unit, context, place.workspace, name)


def table_name(target: Target, file_name: str) -> str:
    """The name of a new table."""
    given = target.table_name if isinstance(target, NewBase | NewTable) else None
    return name_of(file_name) if given is None else given


def name_of(file_name: str) -> str:
    """What is made from a file is called like it, without its folders and its ending."""
    return PurePath(file_name).stem.strip() or "Import"


async def _find_table(unit: Unit, context: RequestContext, target: IntoTable, *, lock: bool) -> tuple[Table, Base]:
    if target.create_missing:
        return await load_table(unit, context, target.table_id, Action.CHANGE_SCHEMA, lock=lock)
    table, base = await load_table(unit, context, target.table_id, Action.WRITE_RECORDS)
    if lock:
        await _hold(unit, base, table)
    return table, base


async def _hold(unit: Unit, base: Base, table: Table) -> None:
    """Keep the table's fields as they are."""
    await unit.session.scalar(select(Base.id).where(Base.id == base.id).with_for_update(read=True))
    if await unit.session.scalar(select(Table.id).where(Table.id == table.id)) is None:
        raise missing("table", table.id)


def choose_target(
    workspace_id: UUID | None,
    base_id: UUID | None,
    table_id: UUID | None,
    base_name: str | None,
    table_name: str | None,
    create_missing: bool,
) -> Target:
    """The target that a request names, by one id; raises `BadRequest` where what it says does not go together."""
    if [workspace_id, base_id, table_id].count(None) != 2:
        raise BadRequest("Give one of workspaceId (for a new base), baseId (for a new table) and tableId.")
    if base_name is not None and workspace_id is None:
        raise BadRequest("baseName is the name of a new base: it goes with workspaceId only.", argument="baseName")
    if table_id is not None:
        if table_name is not None:
            message = "tableName is the name of a new table: it does not go with tableId."
            raise BadRequest(message, argument="tableName")
        return IntoTable(table_id, create_missing)
    if create_missing:
        message = "createMissingFields goes with tableId only: a new table gets a field for each column."
        raise BadRequest(message, argument="createMissingFields")
    if base_id is not None:
        return NewTable(base_id, table_name)
    assert workspace_id is not None  # one of the three is given
    return NewBase(workspace_id, base_name, table_name)
