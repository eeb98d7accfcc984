"""From what clients send as `fields` to what is stored: every bad value of a batch is found, none stops the search."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from domain.bases.catalog import FieldMeta, TableMeta
from domain.errors import FixedField, ForeignKeyViolation, Problem, RequiredField, ValidationFailed
from domain.fields.contract import Parser
from domain.fields.faults import READ_ONLY, TYPE, InvalidValue
from domain.fields.references import users_in
from domain.fields.types.linked_record import LinkedRecordOptions, Named, NewRecord
from domain.nearness import did_you_mean
from domain.records import faults

MAX_PROBLEMS = 1_000
"""How many problems of a batch are listed; the message says how many more there are."""
MAX_HINTS: Final = 5
"""The first so many problems say what may have been meant; to look for it takes time."""

Row = dict[str, object]
"""Stored values by column name."""


_REFUSED: Final = object()
"""Stands in a row for a value that did not fit; such a row comes with problems and is never written."""

Slot = tuple[str, Parser]
"""Where the value of one key goes, and what it is put through."""


class TableWriter:
    """Parses records for one version of one table; made once and used for every record."""

    def __init__(self, table: TableMeta, *, typecast: bool | None) -> None:
        """`typecast` is what the client has asked for; None where it cannot ask."""
        self._table = table
        self._may_typecast = typecast is False
        self._slots = _slots(table, typecast=bool(typecast))
        required = [f for f in table.whole.fields if f.is_required and f.type.is_writable]
        self._required = [f for f in required if is_writable(f, table)]
        self._withheld = [f for f in required if not is_writable(f, table) and f.default_value is None]
        defaults = [f for f in table.whole.fields if f.default_value is not None]
        self._defaults: Row = {f.column: f.type.parser(f.options)(f.default_value) for f in defaults}

    def new_rows(self, records: Sequence[object], problems: list[Problem]) -> Iterator[Row]:
        """The rows of new records, defaults filled in; what is wrong with them is added to `problems` on the way."""
        for i, record in enumerate(records):
            yield self.completed(self._read(record, i, None, problems), i, problems)

    def patches(
        self, records: Sequence[object], problems: list[Problem], ids: Sequence[str] | None = None
    ) -> Iterator[Row]:
        """The columns that records set; `ids` are those of existing ones. `problems` as above."""
        for i, record in enumerate(records):
            yield self._patch(record, i, ids[i] if ids else None, problems)

    def completed(self, row: Row, index: int, problems: list[Problem]) -> Row:
        """The row of a new record that sets these columns: defaults filled in, required values asked for."""
        if self._defaults:
            row = {**self._defaults, **row}
        if self._required:
            problems.extend(_required(each, index, None) for each in self._required if row.get(each.column) is None)
        problems.extend(withheld(each, self._table, index) for each in self._withheld)
        return row

    def _patch(self, record: object, index: int, id: str | None, problems: list[Problem]) -> Row:
        row = self._read(record, index, id, problems)
        emptied = [each for each in self._required if row.get(each.column, ...) is None]
        problems.extend(_required(each, index, id) for each in emptied)
        return row

    def _read(self, record: object, index: int, id: str | None, problems: list[Problem]) -> Row:
        """Parse one record. This is the hot loop of every write: one look-up and one call a cell."""
        row: Row = {}
        if not isinstance(record, dict):
            problems.append(Problem((), "A record must be an object of values by field.", TYPE, index, id, record))
            return {each.column: _REFUSED for each in self._required}
        slots = self._slots
        refused = 0
        for key, value in record.items():
            try:
                column, parse = slots[key]
                row[column] = parse(value)
            except InvalidValue as invalid:
                row[column] = _REFUSED
                message = f"{invalid.message}{self._loosely(key, value) if len(problems) < MAX_HINTS else ''}"
                problems.append(Problem((key, *invalid.loc), message, invalid.type, index, id, value))
            except KeyError:
                refused += 1
                problems.append(self._unknown(key, value, index, id, is_hinted=len(problems) < MAX_HINTS))
        if len(row) + refused < len(record):
            problems.extend(self._given_twice(record, index, id))
        return row

    def _given_twice(self, record: Mapping[str, Any], index: int, id: str | None) -> Iterator[Problem]:
        """A field may be named by id or by name, not by both in one record."""
        seen: set[str] = set()
        for key in record:
            column = self._slots[key][0] if key in self._slots else None
            if column in seen:
                yield Problem((key,), "The field is given twice, by id and by name.", faults.TWICE, index, id)
            elif column is not None:
                seen.add(column)

    def _loosely(self, key: str, value: object) -> str:
        """A sentence, behind a space, that `typecast` is for such a value, if it is; or nothing."""
        if not self._may_typecast:
            return ""
        field = self._table.field(key)
        try:
            field.type.parser(field.options, typecast=True)(value)
        except InvalidValue:
            return ""
        return " With `typecast: true` it is understood."

    def _unknown(self, key: str, value: object, index: int, id: str | None, *, is_hinted: bool) -> Problem:
        found = self._table.find_field(key)
        if found is not None and found.id in self._table.fixed_fields:
            return Problem((found.name,), "You may read this field, but not write it.", faults.FIXED_FIELD, index, id)
        if found is not None:
            message = f"Fields of type {found.type.key.upper()} cannot be written."
            return Problem((key,), message, READ_ONLY, index, id)
        known = ", ".join(repr(f.name) for f in self._table.fields[:10])
        meant = did_you_mean(key, (f.name for f in self._table.fields)) if is_hinted else ""
        if key == "fields" and isinstance(value, dict):
            meant = " The values stand in the record itself, without 'fields' around them."
        message = f"The table {self._table.name!r} has no such field.{meant} It has: {known}."
        return Problem((key,), message, faults.UNKNOWN_FIELD, index, id)


def _slots(table: TableMeta, *, typecast: bool) -> dict[str, Slot]:
    slots: dict[str, Slot] = {}
    for each in table.fields:
        if each.type.is_writable and each.id not in table.fixed_fields:
            slots[str(each.id)] = slots[each.name] = (each.column, each.type.parser(each.options, typecast=typecast))
    return slots


def is_writable(field: FieldMeta, table: TableMeta) -> bool:
    """Whether those may set a field for whom the table's metadata are."""
    return table.find_field(str(field.id)) is not None and field.id not in table.fixed_fields


def withheld(field: FieldMeta, table: TableMeta, index: int | None = None) -> Problem:
    """That new records need a value which the caller may not give; of a hidden field nothing is told."""
    if table.find_field(str(field.id)) is None:
        message = "The table requires a value of a field that you may not see, and that has no default value."
        return Problem((), message, faults.REQUIRED, index)
    message = "The field is required, has no default value, and you may not write it."
    return Problem((field.name,), message, faults.REQUIRED, index)


def _required(each: FieldMeta, index: int, id: str | None) -> Problem:
    return Problem((each.name,), "The field is required: its value may not be empty.", faults.REQUIRED, index, id)


def mentioned_users(table: TableMeta, rows: Sequence[Row]) -> set[UUID]:
    """The users that rows refer to."""
    return set[UUID]().union(*(users_in(row.get(each.column)) for each in table.user_fields for row in rows))


def strangers(
    table: TableMeta, rows: Sequence[Row], members: Collection[UUID], ids: Sequence[str] | None = None
) -> list[Problem]:
    """Each place at which rows refer to a user who is not one of the members."""
    problems: list[Problem] = []
    for index, row in enumerate(rows):
        for each in table.user_fields:
            for id in sorted(users_in(row.get(each.column)).difference(members)):
                message = f"No member of this workspace has the user id {id}."
                record_id = ids[index] if ids else None
                problems.append(Problem((each.name,), message, faults.REFERENCE, index, record_id, str(id)))
    return problems


def mentioned_records(table: TableMeta, rows: Sequence[Row]) -> dict[FieldMeta, set[Named]]:
    """The records that rows refer to, by the linked record fields through which they do."""
    found = {each: set().union(*(_linked(row, each) for row in rows)) for each in table.link_fields}
    return {each: mentioned for each, mentioned in found.items() if mentioned}


def place_records(
    rows: Sequence[Row], known: Mapping[FieldMeta, Mapping[Named, UUID]], ids: Sequence[str] | None = None
) -> list[Problem]:
    """Put the ids of known records in place of what rows name them by; a problem for each that is not known."""
    problems: list[Problem] = []
    for index, row in enumerate(rows):
        for each, records in known.items():
            named = _linked(row, each)
            if named:
                row[each.column] = list(dict.fromkeys(records[name] for name in named if name in records)) or None
            problems.extend(_stranger(each, name, index, ids) for name in named if name not in records)
    return problems


def _linked(row: Row, field: FieldMeta) -> Sequence[Named]:
    value = row.get(field.column)
    return value if isinstance(value, list) else ()


def _stranger(field: FieldMeta, name: Named, index: int, ids: Sequence[str] | None) -> Problem:
    options = field.options
    assert isinstance(options, LinkedRecordOptions)
    table = options.linked_table
    record_id = ids[index] if ids else None
    if isinstance(name, UUID):
        message, value = f"No record of {table.name!r} has the id {name}.", str(name)
    elif isinstance(name, NewRecord):
        message, value = f"No new record of {table.name!r} has the temporary id {name.temp_id!r}.", name.temp_id
    else:
        message, value = _without_title(table, name.text), name.text
    return Problem((field.name,), message, faults.REFERENCE, index, record_id, value)


def _without_title(table: TableMeta, title: str) -> str:
    message = f"No record of {table.name!r} has {title!r} in {table.primary_field.name!r}"
    return f"{message}." if table.primary_field.type.is_writable else f"{message}, by which none can be made."


def raise_problems(problems: Sequence[Problem]) -> None:
    """Raise what the problems amount to, if there are any: in the order of the records, by the kind that all share."""
    if not problems:
        return
    ordered = sorted(problems, key=lambda problem: (problem.operation_index or 0, problem.record_index or 0))
    fixed = [problem for problem in ordered if problem.type == faults.FIXED_FIELD]
    if fixed:
        raise FixedField(fixed)
    types = {problem.type for problem in problems}
    kinds = {faults.REQUIRED: RequiredField, faults.REFERENCE: ForeignKeyViolation}
    kind = kinds.get(types.pop(), ValidationFailed) if len(types) == 1 else ValidationFailed
    raise kind(ordered[:MAX_PROBLEMS], total=len(ordered))
