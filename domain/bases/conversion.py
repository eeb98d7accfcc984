"""Converting the column of a field to another type: the SQL texts around the parsers of the field types.

A value goes through its JSON: each distinct one is read once, parsed by the new type as `typecast: true` would, and
kept in a mapping from the old JSON to the new stored value; one UPDATE then fills the new column from the mapping.
"""

from dataclasses import dataclass
from typing import Any

from domain.bases.ddl import column_name
from domain.fields.contract import FieldType, Options
from domain.sql import Parameters, quote_name


@dataclass(frozen=True, slots=True)
class Source:
    """The column that is converted: its table's qualified name, its field's number, type and options."""

    table: str
    field_number: int
    type: FieldType[Any]
    options: Options

    @property
    def column(self) -> str:
        """The column, in statements that call the table `t`."""
        return f"t.{column_name(self.field_number)}"

    def json(self, parameters: Parameters) -> str:
        """The JSON text of a value; NULL where there is none."""
        rendered = self.type.json(self.column, self.options, parameters)
        return f"CASE WHEN {self.column} IS NOT NULL THEN {rendered} END"


def distinct_values(source: Source, parameters: Parameters) -> str:
    """The JSON text of each distinct value: one column."""
    return f"SELECT DISTINCT {source.json(parameters)} FROM {source.table} AS t WHERE {source.column} IS NOT NULL"


def counted_values(source: Source, parameters: Parameters) -> str:
    """The JSON text of each distinct value, how many records have it, and the id of the first of those."""
    return (
        f"SELECT {source.json(parameters)} AS value, count(*) AS records, min(t.id::text) AS record_id"
        f" FROM {source.table} AS t WHERE {source.column} IS NOT NULL GROUP BY 1"
    )


def count_values(source: Source) -> str:
    """How many records have a value."""
    return f"SELECT count(*) FROM {source.table} AS t WHERE {source.column} IS NOT NULL"


def create_mapping(source: Source, column_type: str) -> str:
    """Make the mapping, a temporary table."""
    return f"CREATE TEMPORARY TABLE {_mapping(source)} (source text, target {column_type}) ON COMMIT DROP"


def add_to_mapping(source: Source, column_type: str) -> str:
    """Add pairs of old JSON text and new stored value, sent as a JSON array of `{"source": …, "target": …}`."""
    return (
        f"INSERT INTO {_mapping(source)} SELECT source, target"
        f" FROM json_to_recordset($1::json) AS r(source text, target {column_type})"
    )


def analyze_mapping(source: Source) -> str:
    """Tell the planner the size of the mapping, so that it does not join it in a nested loop."""
    return f"ANALYZE {_mapping(source)}"


def apply_mapping(source: Source, field_number: int, parameters: Parameters) -> str:
    """Fill the column of another field number from the mapping."""
    return (
        f"UPDATE {source.table} AS t SET {column_name(field_number)} = m.target FROM {_mapping(source)} AS m"
        f" WHERE m.source = {source.json(parameters)}"
    )


def drop_mapping(source: Source) -> str:
    """Drop the mapping."""
    return f"DROP TABLE {_mapping(source)}"


def _mapping(source: Source) -> str:
    return f"pg_temp.{quote_name(f'conversion_{source.field_number}')}"
