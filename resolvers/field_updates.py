"""Changing a field: its name, options, type and rules, and what that does to the values that are there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from domain.access.roles import Action
from domain.bases import ddl
from domain.bases.definitions import (
    options_with_choices,
    plain_default,
    read_default,
    read_options,
    require_primary,
    require_settable,
)
from domain.errors import BadRequest, Problem, invalid_input
from domain.fields.choices import ChoiceOptions
from domain.fields.contract import FieldType, InvalidValue, Options
from domain.fields.registry import field_type
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.fields.widening import is_as_wide
from domain.names import clean_description, clean_field_name
from domain.records.faults import REFERENCE
from domain.unchanged import UNCHANGED, Unchanged
from models import Field
from resolvers.access import load_field
from resolvers.constraints.changes import ConstraintOfField
from resolvers.context import RequestContext
from resolvers.duplicate_names import FIELD_NAMES, refusing_duplicates
from resolvers.field_columns import dump_options, index_field, index_statements, sql_name, typed, unindex_field
from resolvers.field_conversion import convert_values, converter_to
from resolvers.field_links import FieldWork
from resolvers.field_values import check_default, cut_back, default_output, require_values
from resolvers.fields import name_is_taken
from resolvers.formulas import fit_formulas
from resolvers.option_names import with_ids_for_names
from resolvers.relations import (
    base_of,
    bound_field,
    broken_fields,
    change_links,
    meant,
    require_links,
    require_none_broken,
)
from resolvers.schema_changes import changed, schema_change
from resolvers.views.content import fit_views
from resolvers.views.indexing import hold_indexes


@dataclass(frozen=True, slots=True)
class FieldChanges:
    """What a client wants to change; None or `UNCHANGED` leaves an attribute as it is.

    `options` replace the old ones as a whole, `add_choices` come behind the choices that there are. With `type` the
    field is converted; without `options` the new type's defaults are taken, widened to the values (a select gets a
    choice for each).
    """

    name: str | None = None
    description: str | Unchanged | None = UNCHANGED
    type: str | None = None
    options: object = None
    add_choices: Sequence[object] | None = None
    is_required: bool | None = None
    default_value: object = UNCHANGED
    is_indexed: bool | None = None
    makes_missing: bool = True
    """Whether a field that becomes links makes records for names that no record has."""

    @property
    def concern_values(self) -> bool:
        """Whether what may be written changes."""
        given = (self.type, self.options, self.add_choices, self.is_required)
        return self.default_value is not UNCHANGED or any(each is not None for each in given)

    def requires(self, field: Field) -> bool:
        """Whether every record must have a value of the field from now on."""
        return self.is_required is True and not field.is_required


@dataclass(frozen=True, slots=True)
class FieldUpdate:
    """A changed field; how many records have lost their value or a part of it, and how many got the default value.

    Of one that has become links, how many records were made for them, and how many names several records have.
    """

    field: Field
    cleared: int = 0
    filled: int = 0
    created: int = 0
    ambiguous: int = 0


async def update_field(context: RequestContext, field_id: UUID, changes: FieldChanges) -> FieldUpdate:
    """Change a field, all of it or nothing."""
    async with schema_change(context) as unit:
        field, table, base = await load_field(unit, context, field_id, Action.CHANGE_SCHEMA, lock=True)
        _rename(context, field, changes)
        with refusing_duplicates(FIELD_NAMES, name_is_taken(table, field), value=field.name):
            await unit.session.flush()
        return await change_field(FieldWork(context, unit, base, table, field), changes)


async def change_field(work: FieldWork, changes: FieldChanges) -> FieldUpdate:
    """Change all but the name and the description of a field whose base is locked."""
    context, unit, base, table, field = work.context, work.unit, work.base, work.table, work.field
    if changes.concern_values or changes.is_indexed is not None:
        await hold_indexes(context, unit, base.id)
    changes = _with_added_choices(field, changes)
    changes = replace(changes, options=await with_ids_for_names(work, changes.type, changes.options))
    column = _Column(work)
    constraint = await ConstraintOfField.held(unit, base, table, field) if changes.concern_values else None
    broken = await broken_fields(unit, table.id) if changes.concern_values else frozenset()
    cleared, filled = await column.change(changes) if changes.concern_values else (0, 0)
    await column.index(changes.is_indexed)
    if constraint is not None:
        await constraint.fit(context, unit, base, table, field)
    if changes.concern_values:
        await require_none_broken(unit, table.id, broken)
    await fit_formulas(unit, base, [table], wanted=field.id if changes.is_indexed else None)
    if changes.concern_values:
        await fit_views(unit, base, [str(field.id)] if column.has_lost_choices else [])
    changed(context, unit, base)
    return FieldUpdate(field, cleared, filled, column.created, column.ambiguous)


def _with_added_choices(field: Field, changes: FieldChanges) -> FieldChanges:
    """The changes, with all choices where some are to be added to those that there are by now."""
    if changes.add_choices is None:
        return changes
    if changes.type is not None or changes.options is not None:
        raise BadRequest("addChoices goes with neither `type` nor `options`.", argument="addChoices")
    return replace(changes, options=options_with_choices(*typed(field), changes.add_choices))


def _rename(context: RequestContext, field: Field, changes: FieldChanges) -> None:
    limits = context.services.limits.texts
    if changes.name is not None:
        field.name = clean_field_name(changes.name, limit=limits.name)
    if changes.description is not UNCHANGED:
        field.description = clean_description(changes.description, limit=limits.description)


def _merged(type: FieldType[Any], old: Options, new: Options) -> Options:
    try:
        merged: Options = type.merge_options(old, new)
    except InvalidValue as invalid:
        raise invalid_input([Problem(("options", *invalid.loc), invalid.message, invalid.type)]) from None
    return merged


class _Column:
    """The column of a field whose base is locked, while it is changed."""

    def __init__(self, work: FieldWork) -> None:
        self.work = work
        self.unit, self.base, self.table, self.field = work.unit, work.base, work.table, work.field
        self.created = 0
        self.ambiguous = 0
        field = work.field
        self._old_number = field.number
        self._old_type, self._old_options = typed(field)
        self._old_indexes = index_statements(work.base, work.table, field) if field.is_indexed else []

    @property
    def has_lost_choices(self) -> bool:
        """Whether its choices have become values of another type, to which their ids mean nothing."""
        return isinstance(self._old_options, ChoiceOptions) and typed(self.field)[0] is not self._old_type

    async def change(self, changes: FieldChanges) -> tuple[int, int]:
        """Change what may be written; how many records have lost something, and how many got the default value."""
        type, options = self._wanted(changes)
        keeps_values = not changes.requires(self.field) and self._takes_all_values(type, options)
        if not keeps_values:
            await self.unit.connection.execute(ddl.lock_writers_out(sql_name(self.base, self.table)))
        was_required = self.field.is_required
        cleared = await self._change_type(type, options, changes, keeps_values=keeps_values)
        if changes.is_required is not None:
            self.field.is_required = changes.is_required
        type, options = typed(self.field)
        if changes.default_value is not UNCHANGED:
            self.field.default_value = read_default(type, options, changes.default_value)
        require_settable(type, self.field.is_required, self.field.default_value)
        await check_default(self.unit, self.base, self.field)
        filled = 0
        if self.field.is_required and (cleared or not was_required):
            filled = await self._require_values()
        return cleared, filled

    def _wanted(self, changes: FieldChanges) -> tuple[FieldType[Any], Options | None]:
        """The type, and the options that the old ones become where it stays; None for those of another type."""
        type = self._old_type if changes.type is None else field_type(changes.type)
        if type is not self._old_type:
            return type, None
        if changes.options is None:
            return type, self._old_options
        return type, _merged(type, self._old_options, read_options(type, changes.options))

    def _takes_all_values(self, type: FieldType[Any], options: Options | None) -> bool:
        """Whether all that writers who have begun may yet write is as the new options want it.

        Such writers are not waited for: to those who come later, they came before the change.
        """
        if options is None or not type.is_writable:
            return options is not None
        if type.column_type_for(options) != type.column_type_for(self._old_options):
            return False
        return is_as_wide(options, self._old_options)

    async def _change_type(
        self, new: FieldType[Any], options: Options | None, changes: FieldChanges, *, keeps_values: bool
    ) -> int:
        if options is None:
            return await self._convert(new, changes.options, makes_missing=changes.makes_missing)
        if changes.options is None:
            return 0
        if new.is_bound:
            await self._rebind(options)
            return 0
        if new.column_type_for(options) != new.column_type_for(self._old_options):
            return await self._convert(new, dump_options(options))
        if changes.default_value is UNCHANGED:
            self.field.default_value = read_default(new, options, self.field.default_value)
        self.field.options = dump_options(options)
        return 0 if keeps_values else await cut_back(self.unit, self.base, self.table, self.field)

    async def _require_values(self) -> int:
        type, options = typed(self.field)
        if type.has_column(options):
            return await require_values(self.unit, self.base, self.table, self.field)
        await require_links(self.unit, self.base, self.table, self.field)
        return 0

    async def _rebind(self, options: Options) -> None:
        """Give a field that refers to others new options; raises `ValidationFailed` where it has no values then."""
        _, old = typed(self.field)
        self.field.options = dump_options(options)
        bound = await bound_field(self.unit, self.table.id, self.field.id)
        if isinstance(bound, LinkedRecordOptions) and isinstance(old, LinkedRecordOptions):
            if bound.allow_multiple != old.allow_multiple:
                await change_links(self.unit, bound.side, self.field, allow_multiple=bound.allow_multiple)
        elif bound.problem is not None:
            table = (await base_of(self.unit, self.table.id)).tables[self.table.id]
            raise invalid_input([Problem(("options",), bound.problem + meant(bound, table), REFERENCE)])

    async def _convert(self, new: FieldType[Any], raw_options: object, *, makes_missing: bool = False) -> int:
        converter = await converter_to(self.work, new, raw_options, makes_missing=makes_missing)
        if self.table.primary_field_id == self.field.id:
            require_primary(self.field.name, new, converter.options)
        stored = await converter.convert_default(self.unit, await default_output(self.unit, self.field))
        cleared = await convert_values(self.work, converter)
        if converter.records is not None:
            self.created, self.ambiguous = converter.records.made, len(converter.records.ambiguous)
        self.field.default_value = plain_default(new, converter.options, stored)
        self.field.is_required = self.field.is_required and new.is_writable
        return cleared

    async def index(self, is_wanted: bool | None) -> None:
        """Make the indexes that are wanted; None keeps the field indexed as long as its type can be."""
        if typed(self.field)[0].is_expression:  # its indexes come with its columns
            self.field.is_indexed = self.field.is_indexed if is_wanted is None else is_wanted
            return
        if is_wanted is None:
            self.field.is_indexed = self.field.is_indexed and self._can_be_indexed()
        else:
            self.field.is_indexed = is_wanted
        statements = index_statements(self.base, self.table, self.field) if self.field.is_indexed else []
        if statements == self._old_indexes:
            return
        await unindex_field(self.unit, self.base, self._old_number)
        await index_field(self.unit, self.base, self.table, self.field)

    def _can_be_indexed(self) -> bool:
        try:
            return bool(index_statements(self.base, self.table, self.field))
        except BadRequest:
            return False
