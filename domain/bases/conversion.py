"""Converting the values of a field to another type: the SQL texts around the parsers of the field types.

A value goes through its JSON: each distinct one is read once, parsed by the new type as `typecast: true` would, and
kept in a mapping from the old JSON to the new stored value; one statement then fills the new column, or the new links,
from the mapping.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from domain.bases.catalog import FieldMeta, TableMeta
from domain.bases.ddl import column_name
from domain.bases.links import Side
from domain.fields.contract import FieldType, Options
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.records.rows import Row
from domain.sql import Parameters, quote_name


class Source(ABC):
    """The values that are converted, in statements that call the table `t`."""

    table: str
    """The qualified name of the table."""
    field_number: int

    @property
    @abstractmethod
    def has_value(self) -> str:
        """Whether a record has a value."""

    @abstractmethod
    def json(self, parameters: Parameters) -> str:
        """The JSON text of a value; anything where there is none."""


@dataclass(frozen=True, slots=True)
class ColumnSource(Source):
    """The column of a field."""

    table: str
    field_number: int
    type: FieldType[Any]
    options: Options

    @property
    def has_value(self) -> str:
        return f"{self._column} IS NOT NULL"

    def json(self, parameters: Parameters) -> str:
        rendered = self.type.json(self._column, self.options, parameters)
        return f"CASE WHEN {self.has_value} THEN {rendered} END"

    @property
    def _column(self) -> str:
        return f"t.{column_name(self.field_number)}"


@dataclass(frozen=True, slots=True)
class LinkSource(Source):
    """The links of a field: a value is the JSON list of the primary values of the linked records, in their order."""

    table: str
    field_number: int
    owner: TableMeta
    """The field's table, whose metadata are bound."""
    options: LinkedRecordOptions

    @classmethod
    def of(cls, field: FieldMeta, owner: TableMeta) -> "LinkSource":
        """The links of a linked record field."""
        assert isinstance(field.options, LinkedRecordOptions)
        return cls(owner.sql_name, field.number, owner, field.options)

    @property
    def has_value(self) -> str:
        return f"EXISTS (SELECT FROM {self.options.side.links('t.id', 'j')})"

    def json(self, parameters: Parameters) -> str:
        there = Row("t", self.owner, parameters).to(self.options.linked_table)
        titles = (
            f"SELECT {there.text(there.table.primary_field)} AS title, j.n, j.id"
            f" FROM {self.options.side.links('t.id', 'j')}{there.joined('j.id')}"
        )
        found = f"SELECT json_agg(v.title ORDER BY v.n, v.id)::text FROM ({titles}) v WHERE v.title IS NOT NULL"
        return f"coalesce(({found}), '[]')"


def distinct_values(source: Source, parameters: Parameters) -> str:
    """The JSON text of each distinct value: one column."""
    return f"SELECT DISTINCT {source.json(parameters)} FROM {source.table} AS t WHERE {source.has_value}"


def counted_values(source: Source, parameters: Parameters) -> str:
    """The JSON text of each distinct value, how many records have it, and the id of the first of those."""
    return (
        f"SELECT {source.json(parameters)} AS value, count(*) AS records, min(t.id::text) AS record_id"
        f" FROM {source.table} AS t WHERE {source.has_value} GROUP BY 1"
    )


def count_values(source: Source) -> str:
    """How many records have a value."""
    return f"SELECT count(*) FROM {source.table} AS t WHERE {source.has_value}"


def create_mapping(source: Source, column_type: str) -> str:
    """Make the mapping, a temporary table."""
    columns = f"source text, target {column_type}, is_whole boolean"
    return f"CREATE TEMPORARY TABLE {_mapping(source)} ({columns}) ON COMMIT DROP"


def add_to_mapping(source: Source, column_type: str) -> str:
    """Add pairs of old JSON text and new stored value, and whether that is all of the old one.

    They are sent as a JSON array of `{"source": …, "target": …, "is_whole": …}`.
    """
    return (
        f"INSERT INTO {_mapping(source)} SELECT source, target, is_whole"
        f" FROM json_to_recordset($1::json) AS r(source text, target {column_type}, is_whole boolean)"
    )


def analyze_mapping(source: Source) -> str:
    """Tell the planner the size of the mapping, so that it does not join it in a nested loop."""
    return f"ANALYZE {_mapping(source)}"


def apply_mapping(source: Source, field_number: int, parameters: Parameters) -> str:
    """Fill the column of another field number from the mapping; how many records have kept all of their value."""
    return (
        f"WITH filled AS (UPDATE {source.table} AS t SET {column_name(field_number)} = m.target"
        f" FROM {_mapping(source)} AS m WHERE {source.has_value} AND m.source = {source.json(parameters)}"
        " RETURNING m.is_whole) SELECT count(*) FILTER (WHERE is_whole) FROM filled"
    )


def link_by_mapping(source: Source, side: Side, parameters: Parameters) -> str:
    """Link records to those that the mapping names, in their order; how many records have kept all of their value."""
    return (
        f"WITH mapped AS MATERIALIZED (SELECT t.id, m.target, m.is_whole FROM {source.table} AS t"
        f" JOIN {_mapping(source)} AS m ON m.source = {source.json(parameters)} WHERE {source.has_value}),"
        f" linked AS (INSERT INTO {side.table} ({side.own}, {side.other}, {side.position})"
        " SELECT p.id, l.id, l.n FROM mapped p CROSS JOIN unnest(p.target) WITH ORDINALITY l(id, n) ORDER BY p.id, l.n)"
        " SELECT count(*) FILTER (WHERE is_whole) FROM mapped"
    )


def drop_mapping(source: Source) -> str:
    """Drop the mapping."""
    return f"DROP TABLE {_mapping(source)}"


def _mapping(source: Source) -> str:
    return f"pg_temp.{quote_name(f'conversion_{source.field_number}')}"
