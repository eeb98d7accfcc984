"""Unique constraints of fields as SQL: their indexes, the values that are in the way of one, and who violated it."""

import re
from dataclasses import dataclass
from typing import Any, Final

from domain.bases.ddl import column_name
from domain.errors import BadRequest
from domain.fields.contract import FieldType, Options
from domain.records.compile import Statement
from domain.records.indexes import constant_sql, is_indexable
from domain.sql import Parameters, quote_name

MAX_OFFENDING_VALUES: Final = 20
"""How many of the values that keep a constraint from being made are named."""
MAX_OFFENDING_RECORDS: Final = 10
"""How many of the records that share such a value are named."""
MAX_VALUE_BYTES: Final = 400
"""How long a value is that is shown, as JSON."""

_INDEX_NAME = re.compile(r"f_(\d+)_unique")


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """What must be unique in a table: the values of a field, with or without their case; empty ones never collide.

    `table` is the qualified name of the table.
    """

    table: str
    field_number: int
    type: FieldType[Any]
    options: Options
    case_sensitive: bool

    @property
    def index(self) -> str:
        """The qualified name of the index."""
        schema, _, _ = self.table.partition(".")
        return f"{schema}.{index_name(self.field_number)}"

    def value(self, alias: str = "") -> str:
        """The expression that must be unique; of a row that is called `alias` in the statement."""
        column = self._column(alias)
        compare = self.type.comparable if self.case_sensitive else self.type.caseless
        found = constant_sql(lambda parameters: compare(column, self.options, parameters) or column)
        assert found is not None  # types whose comparison needs parameters are compared as lists or documents
        return found

    def has_value(self, alias: str = "") -> str:
        """Whether there is a value at all."""
        return f"{self._column(alias)} IS NOT NULL"

    def shown(self, alias: str, parameters: Parameters) -> str:
        """The JSON text of the value; NULL for one that is too long to be shown."""
        json = f"({self.type.json(self._column(alias), self.options, parameters)})"
        return f"CASE WHEN octet_length({json}) <= {MAX_VALUE_BYTES} THEN {json} END"

    def create_index(self, *, concurrently: bool = False) -> str:
        """The statement that makes the index; `concurrently`, it keeps no writer waiting and needs no transaction."""
        how = " CONCURRENTLY" if concurrently else ""
        name = index_name(self.field_number)
        return f"CREATE UNIQUE INDEX{how} {name} ON {self.table} (({self.value()})) WHERE {self.has_value()}"

    def drop_index(self, *, concurrently: bool = False) -> str:
        """The statement that drops the index, or what is left of it; nothing happens when there is none."""
        return f"DROP INDEX{' CONCURRENTLY' if concurrently else ''} IF EXISTS {self.index}"

    def _column(self, alias: str) -> str:
        return f"{alias}.{column_name(self.field_number)}" if alias else column_name(self.field_number)


def index_name(field_number: int) -> str:
    """Name of the index behind the unique constraint of a field."""
    return quote_name(f"{column_name(field_number)}_unique")


def field_number_of(index: str | None) -> int | None:
    """The number of the field whose unique constraint has an index of this name; None when it is no such index."""
    found = _INDEX_NAME.fullmatch(index or "")
    return None if found is None else int(found[1])


def require_unique(name: str, type: FieldType[Any], options: Options, *, case_sensitive: bool) -> None:
    """Raise `BadRequest` when the values of a field of this type cannot be made unique, or have no case."""
    if not is_indexable(type, options):
        raise BadRequest(f"The values of {name!r} cannot be unique: it is of type {type.key.upper()}.", field=name)
    if not (case_sensitive or has_case(type, options)):
        message = f"The values of {name!r} (type {type.key.upper()}) have no case: leave caseSensitive out."
        raise BadRequest(message, field=name)


def has_case(type: FieldType[Any], options: Options) -> bool:
    """Whether values of the type can be compared without their case."""
    return type.caseless("", options, Parameters()) is not None


def find_offending(key: UniqueKey) -> Statement:
    """The values that more than one record has: rows of `value` (JSON text or NULL), `records`, `ids` and `total`.

    `records` is how many have the value, `ids` are the first of those, `total` is how many such values there are.
    """
    parameters = Parameters()
    value, has_value = key.value("r"), key.has_value("r")
    sql = (
        f"WITH twice AS MATERIALIZED (SELECT {value} AS v, count(*) AS records, count(*) OVER () AS total"
        f" FROM {key.table} r WHERE {has_value} GROUP BY 1 HAVING count(*) > 1"
        f" ORDER BY min(r.id::text) LIMIT {MAX_OFFENDING_VALUES}),"
        f" named AS (SELECT r.id, t.*, {key.shown('r', parameters)} AS value,"
        f" row_number() OVER (PARTITION BY t.v ORDER BY r.id) AS place"
        f" FROM {key.table} r JOIN twice t ON t.v = {value} WHERE {has_value})"
        " SELECT min(value) FILTER (WHERE place = 1) AS value, records, total, array_agg(id ORDER BY id) AS ids"
        f" FROM named WHERE place <= {MAX_OFFENDING_RECORDS} GROUP BY v, records, total ORDER BY min(id::text)"
    )
    return Statement(sql, parameters)


def find_collision(key: UniqueKey) -> Statement:
    """The first record of a batch that cannot be written: `index`, `value` (JSON text), `existing`, `first`.

    The input is the JSON array of the batch's rows, with their `id`s. `existing` is the id of the record that has
    the value already, or NULL where that is the one at `first` in the batch itself. No row when there is no such
    record any longer. Where records of a batch only exchange their values, PostgreSQL compares in the middle of it:
    such a record is answered when there is no other.
    """
    parameters = Parameters()
    rows = parameters.input(0, "json")
    column = column_name(key.field_number)
    sql = (
        f"WITH input AS MATERIALIZED (SELECT x.n, x.id, {key.value('x')} AS v, {key.shown('x', parameters)} AS value"
        f" FROM ROWS FROM (json_to_recordset({rows}) AS (id uuid, {column} {key.type.column_type_for(key.options)}))"
        f" WITH ORDINALITY AS x(id, {column}, n) WHERE {key.has_value('x')}),"
        " placed AS (SELECT *, min(n) OVER (PARTITION BY v) AS first FROM input)"
        " SELECT p.n - 1 AS index, p.value, r.id AS existing, p.first - 1 AS first"
        f" FROM placed p LEFT JOIN {key.table} r ON {key.value('r')} = p.v AND {key.has_value('r')} AND r.id <> p.id"
        " WHERE r.id IS NOT NULL OR p.first < p.n"
        " ORDER BY p.first = p.n AND EXISTS (SELECT FROM input i WHERE i.id = r.id), p.n LIMIT 1"
    )
    return Statement(sql, parameters)
