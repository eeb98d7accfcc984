"""Converting a field to another type: what each value becomes, how many are lost, and a preview of both."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final, cast
from uuid import UUID

import asyncpg
import orjson

from adapters.database import Unit
from domain.access.roles import Action
from domain.bases import conversion, ddl
from domain.bases.conversion import ColumnSource, LinkSource, Source
from domain.bases.definitions import read_options
from domain.errors import BadRequest
from domain.fields.contract import FieldType, InvalidValue, Options, Parser
from domain.fields.record_names import join_names
from domain.fields.references import users_in
from domain.fields.registry import field_type
from domain.fields.storage import encode_rows
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.sql import Parameters
from resolvers.access import load_field
from resolvers.context import RequestContext
from resolvers.field_columns import add_column, dump_options, next_field_number, sql_name, typed
from resolvers.field_links import FieldWork, add_links, linked_records, source_of_links
from resolvers.members import members_among
from resolvers.option_names import with_ids_for_names
from resolvers.records.titled import TitledRecords
from resolvers.relations import drop_links
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
    created: int = 0
    """How many records would be made, for links to names that no record has."""
    ambiguous: int = 0
    """How many names several records have."""

    @property
    def lost(self) -> int:
        """How many records would lose their value, or a part of it."""
        return self.total - self.convertible


@dataclass(frozen=True, slots=True)
class Converted:
    """A new stored value, None where there is none; and whether it is all of the old one."""

    value: object
    is_whole: bool


_NOTHING: Final = Converted(None, False)
_TEXTS: Final = frozenset({"text", "long_text"})
"""The types whose values can name several records, see `join_names`."""


class Converter:
    """Parses old values for a new type. `options` grow where they may (selects add choices).

    `records` are those that new links may lead to; `are_names` says that old values are lists of what names records.
    """

    def __init__(
        self,
        type: FieldType[Any],
        options: Options,
        *,
        may_adapt: bool,
        workspace_id: UUID,
        records: TitledRecords | None = None,
        are_names: bool = False,
    ) -> None:
        self.type = type
        self.options = options
        self.records = records
        self._may_adapt = may_adapt
        self._workspace_id = workspace_id
        self._joins_names = are_names and type.key in _TEXTS

    async def convert(self, unit: Unit, values: Sequence[object]) -> list[Converted]:
        """What becomes of each old JSON value."""
        if not self.type.is_writable:
            return [_NOTHING] * len(values)
        if self._joins_names:
            values = [join_names(value) if isinstance(value, list) else value for value in values]
        if self._may_adapt:
            self.options = self.type.adapt_options(self.options, list(values))
        parse = self.type.parser(self.options, typecast=True)
        converted = [_parsed(parse, value) for value in values]
        if self.records is not None:
            return await _linked(self.records, converted)
        if self.type.references == "user":
            converted = await self._without_strangers(unit, converted)
        return [Converted(value, value is not None) for value in converted]

    async def convert_default(self, unit: Unit, value: object) -> object:
        """The new stored default value for an old one as JSON."""
        if not self.type.takes_default:
            return None
        [converted] = await self.convert(unit, [value])
        return converted.value

    async def _without_strangers(self, unit: Unit, converted: list[object]) -> list[object]:
        """Users who are not members of the workspace cannot be referred to."""
        mentioned = [users_in(value) for value in converted]
        members = await members_among(unit, self._workspace_id, set[UUID]().union(*mentioned))
        return [value if ids <= members else None for value, ids in zip(converted, mentioned, strict=True)]


async def _linked(records: TitledRecords, converted: Sequence[object]) -> list[Converted]:
    """Ids in place of what names records; a value keeps those of its records that are there, or are made."""
    named = [value if isinstance(value, list) else [] for value in converted]
    found = await records.find(chain.from_iterable(named))
    return [
        Converted(
            list(dict.fromkeys(found[name] for name in names if name in found)) or None,
            bool(names) and all(name in found for name in names),
        )
        for names in named
    ]


def _parsed(parse: Parser, value: object) -> object:
    try:
        return parse(value)
    except InvalidValue:
        return None


async def preview_conversion(
    context: RequestContext, field_id: UUID, type_key: str, options: object, *, makes_missing: bool = True
) -> Preview:
    """What converting the field would do to its values; changes nothing.

    `makes_missing` is as in `converter_to`.
    """
    async with context.database.transaction() as unit:
        unit.connection.allow_seconds(context.services.limits.schema_statement_timeout_ms / 1000)
        await unit.connection.execute(f"SET TRANSACTION READ ONLY; {timeouts(context.services.limits)}")
        model, table, base = await load_field(unit, context, field_id, Action.CHANGE_SCHEMA)
        work = FieldWork(context, unit, base, table, model)
        options = await with_ids_for_names(work, type_key, options)
        converter = await converter_to(
            work, field_type(type_key), options, makes_missing=makes_missing, is_preview=True
        )
        source = await source_of(work)
        preview = Preview()
        parameters = Parameters()
        statement = conversion.counted_values(source, parameters)
        async for rows in _batches(unit, statement, parameters):
            values = [orjson.loads(row["value"]) for row in rows]
            for row, value, converted in zip(rows, values, await converter.convert(unit, values), strict=True):
                _count(preview, row, value, is_lost=not converted.is_whole)
        if converter.records is not None:
            preview.created, preview.ambiguous = converter.records.made, len(converter.records.ambiguous)
        return preview


def _count(preview: Preview, row: asyncpg.Record, value: object, *, is_lost: bool) -> None:
    preview.total += row["records"]
    if not is_lost:
        preview.convertible += row["records"]
    elif len(preview.examples) < MAX_EXAMPLES:
        preview.examples.append(LostValue(UUID(row["record_id"]), value))


async def source_of(work: FieldWork) -> Source:
    """The field's values, those that are links included."""
    type, options = typed(work.field)
    if type.references == "record":
        return await source_of_links(work)
    return ColumnSource(sql_name(work.base, work.table), work.field.number, type, options)


def _require_convertible(old: FieldType[Any], new: FieldType[Any]) -> None:
    """Raise `BadRequest` for types whose values follow from others."""
    for type in (old, new):
        if type.is_computed:
            way_out = "there is nothing to convert" if old is new else "make a new field"
            raise BadRequest(
                f"A field of type {old.key.upper()} cannot be converted to {new.key.upper()}, since the values of a "
                f"{type.title.lower()} field are not its own: {way_out}.",
                argument="type",
            )


async def converter_to(
    work: FieldWork, type: FieldType[Any], options: object, *, makes_missing: bool, is_preview: bool = False
) -> Converter:
    """A converter of the field to a type; where no options are given, they may grow with the values.

    With `makes_missing`, links come with a new record for each name that no record has; a preview counts those.
    """
    old, _ = typed(work.field)
    _require_convertible(old, type)
    given = read_options(type, options)
    records = None
    if isinstance(given, LinkedRecordOptions):
        records = await linked_records(work, given, makes_missing=makes_missing, is_preview=is_preview)
    return Converter(
        type,
        given,
        may_adapt=options is None,
        workspace_id=work.base.workspace_id,
        records=records,
        are_names=old.references == "record",
    )


async def convert_values(work: FieldWork, converter: Converter) -> int:
    """Give the field a new column of the converter's type, or links, filled from the old one, which is dropped.

    The field's number becomes that of the new column, so that no statement made from old metadata can read a column
    of another type. The table's writers must be locked out. Returns how many records have lost something.
    """
    unit, model, source = work.unit, work.field, await source_of(work)
    had_value = await unit.connection.fetchval(conversion.count_values(source))
    if converter.type.is_writable:
        await _make_mapping(unit, source, converter)
    model.number = await next_field_number(unit)
    model.type = converter.type.key
    model.options = dump_options(converter.options)
    kept = await _fill(work, source) if converter.type.is_writable else await _add_column(work)
    if isinstance(source, LinkSource):
        await drop_links(unit, source.options)
    else:
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
            {"source": row[0], "target": each.value, "is_whole": each.is_whole}
            for row, each in zip(rows, converted, strict=True)
            if each.value is not None
        ]
        await unit.connection.execute(add, encode_rows(pairs))
    await unit.connection.execute(conversion.analyze_mapping(source))


async def _fill(work: FieldWork, source: Source) -> int:
    """Make the new column, or links, and fill them from the mapping; how many records have kept all of their value."""
    unit, parameters = work.unit, Parameters()
    if typed(work.field)[0].references == "record":
        statement = conversion.link_by_mapping(source, await add_links(work), parameters)
    else:
        await _add_column(work)
        statement = conversion.apply_mapping(source, work.field.number, parameters)
    kept: int = await unit.connection.fetchval(statement, *parameters.bind(()))
    await unit.connection.execute(conversion.drop_mapping(source))
    return kept


async def _add_column(work: FieldWork) -> int:
    """Make the new column; no record has kept a value."""
    await add_column(work.unit, work.base, work.table, work.field)
    return 0


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
