"""Converting a field to another type: what each value becomes, how many are lost, and a preview of both."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast
from uuid import UUID

import asyncpg
import orjson

from adapters.database import Unit
from domain.access.roles import Action
from domain.bases import conversion, ddl
from domain.bases.conversion import Source
from domain.bases.definitions import read_options
from domain.errors import BadRequest
from domain.fields.contract import FieldType, InvalidValue, Options, Parser
from domain.fields.references import users_in
from domain.fields.registry import field_type
from domain.fields.storage import encode_rows
from domain.sql import Parameters
from models import Base, Field, Table
from resolvers.access import load_field
from resolvers.context import RequestContext
from resolvers.field_columns import add_column, affected, dump_options, next_field_number, sql_name, typed
from resolvers.members import members_among
from resolvers.schema_changes import timeouts

BATCH: Final = 2_000
"""How many distinct values are in memory at a time."""
MAX_EXAMPLES: Final = 10
"""How many of the values that are lost a preview shows."""


@dataclass(frozen=True, slots=True)
class LostValue:
    """A value that would not convert, and the first record that has it."""

    record_id: UUID
    value: object


@dataclass(slots=True)
class Preview:
    """How many records have a value, and what a conversion would make of them."""

    total: int = 0
    convertible: int = 0
    examples: list[LostValue] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """How many records would lose their value."""
        return self.total - self.convertible


class Converter:
    """Parses old values for a new type. `options` grow where they may (selects add choices)."""

    def __init__(self, type: FieldType[Any], options: Options, *, may_adapt: bool, workspace_id: UUID) -> None:
        self.type = type
        self.options = options
        self._may_adapt = may_adapt
        self._workspace_id = workspace_id

    async def convert(self, unit: Unit, values: Sequence[object]) -> list[object]:
        """The new stored value for each old JSON value, None where there is none."""
        if not self.type.is_writable:
            return [None] * len(values)
        if self._may_adapt:
            self.options = self.type.adapt_options(self.options, list(values))
        parse = self.type.parser(self.options, typecast=True)
        converted = [_parsed(parse, value) for value in values]
        if self.type.references == "user":
            return await self._without_strangers(unit, converted)
        return converted

    async def _without_strangers(self, unit: Unit, converted: list[object]) -> list[object]:
        """Users who are not members of the workspace cannot be referred to."""
        mentioned = [users_in(value) for value in converted]
        members = await members_among(unit, self._workspace_id, set[UUID]().union(*mentioned))
        return [value if ids <= members else None for value, ids in zip(converted, mentioned, strict=True)]


def _parsed(parse: Parser, value: object) -> object:
    try:
        return parse(value)
    except InvalidValue:
        return None


async def preview_conversion(context: RequestContext, field_id: UUID, type_key: str, options: object) -> Preview:
    """What converting the field would do to its values; changes nothing."""
    async with context.database.transaction() as unit:
        await unit.connection.execute(f"SET TRANSACTION READ ONLY; {timeouts(context.services.limits)}")
        model, table, base = await load_field(unit, context, field_id, Action.CHANGE_SCHEMA)
        require_convertible(field_type(model.type), field_type(type_key))
        source = source_of(base, table, model)
        converter = converter_to(base, field_type(type_key), options)
        preview = Preview()
        parameters = Parameters()
        statement = conversion.counted_values(source, parameters)
        async for rows in _batches(unit, statement, parameters):
            values = [orjson.loads(row["value"]) for row in rows]
            for row, value, converted in zip(rows, values, await converter.convert(unit, values), strict=True):
                _count(preview, row, value, is_lost=converted is None)
        return preview


def _count(preview: Preview, row: asyncpg.Record, value: object, *, is_lost: bool) -> None:
    preview.total += row["records"]
    if not is_lost:
        preview.convertible += row["records"]
    elif len(preview.examples) < MAX_EXAMPLES:
        preview.examples.append(LostValue(UUID(row["record_id"]), value))


def source_of(base: Base, table: Table, model: Field) -> Source:
    """The field's column as a source of values."""
    type, options = typed(model)
    return Source(sql_name(base, table), model.number, type, options)


def require_convertible(old: FieldType[Any], new: FieldType[Any]) -> None:
    """Raise `BadRequest` for types whose values are those of other records, or follow from them."""
    for type in (old, new):
        if type.is_bound and old is not new:
            raise BadRequest(
                f"A field of type {old.key.upper()} cannot be converted to {new.key.upper()}, since the values of a "
                f"{type.title.lower()} field are not its own: make a new field.",
                argument="type",
            )


def converter_to(base: Base, type: FieldType[Any], options: object) -> Converter:
    """A converter to a type; where no options are given, they may grow with the values."""
    given = read_options(type, options)
    return Converter(type, given, may_adapt=options is None, workspace_id=base.workspace_id)


async def convert_column(unit: Unit, base: Base, table: Table, model: Field, converter: Converter) -> int:
    """Give the field a new column of the converter's type, filled from the old one, which is dropped.

    The field's number becomes that of the new column, so that no statement made from old metadata can read a column
    of another type. The table's writers must be locked out. Returns how many records have lost their value.
    """
    source = source_of(base, table, model)
    had_value = await unit.connection.fetchval(conversion.count_values(source))
    if converter.type.is_writable:
        await _make_mapping(unit, source, converter)
    model.number = await next_field_number(unit)
    model.type = converter.type.key
    model.options = dump_options(converter.options)
    await add_column(unit, base, table, model)
    kept = await _apply_mapping(unit, source, model.number) if converter.type.is_writable else 0
    await unit.connection.execute(ddl.drop_column(source.table, source.field_number))
    return cast(int, had_value) - kept


async def _make_mapping(unit: Unit, source: Source, converter: Converter) -> None:
    column_type = converter.type.column_type_for(converter.options)
    add = conversion.add_to_mapping(source, column_type)
    await unit.connection.execute(conversion.create_mapping(source, column_type))
    parameters = Parameters()
    async for rows in _batches(unit, conversion.distinct_values(source, parameters), parameters):
        converted = await converter.convert(unit, [orjson.loads(row[0]) for row in rows])
        pairs: list[dict[str, object]] = [
            {"source": row[0], "target": value} for row, value in zip(rows, converted, strict=True) if value is not None
        ]
        await unit.connection.execute(add, encode_rows(pairs))
    await unit.connection.execute(conversion.analyze_mapping(source))


async def _apply_mapping(unit: Unit, source: Source, field_number: int) -> int:
    parameters = Parameters()
    statement = conversion.apply_mapping(source, field_number, parameters)
    kept = affected(await unit.connection.execute(statement, *parameters.bind(())))
    await unit.connection.execute(conversion.drop_mapping(source))
    return kept


async def _batches(unit: Unit, statement: str, parameters: Parameters) -> AsyncIterator[list[asyncpg.Record]]:
    """The rows of a statement through a cursor, `BATCH` at a time; the cursor is closed behind the last one."""
    batch: list[asyncpg.Record] = []
    async for row in unit.connection.cursor(statement, *parameters.bind(()), prefetch=BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
