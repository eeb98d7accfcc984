"""The SQL texts that fill, count and cut back the values of one column for a whole table."""

from typing import Any

from domain.bases.ddl import column_name
from domain.fields.contract import FieldType, Options
from domain.sql import Parameters


def value_literal(column_type: str) -> str:
    """A statement that answers a stored value, sent as the JSON `{"v": …}`, as an SQL literal of the column's type."""
    return f"SELECT quote_literal(v::text) || '::{column_type}' FROM json_to_record($1::json) AS r(v {column_type})"


def output(value: str, type: FieldType[Any], options: Options, parameters: Parameters) -> str:
    """A statement that answers the JSON text of a stored value; `value` is a placeholder of the JSON `{"v": …}`."""
    json = type.json("r.v", options, parameters)
    return f"SELECT {json} FROM json_to_record({value}) AS r(v {type.column_type_for(options)})"


def fill_empty(table: str, field_number: int, column_type: str) -> str:
    """Give a stored value, sent as the JSON `{"v": …}`, to every record that has none."""
    column = column_name(field_number)
    source = f"json_to_record($1::json) AS r(v {column_type})"
    return f"UPDATE {table} AS t SET {column} = r.v FROM {source} WHERE t.{column} IS NULL"


def count_records(table: str) -> str:
    """How many records there are."""
    return f"SELECT count(*) FROM {table}"


def count_empty(table: str, field_number: int) -> str:
    """How many records have no value."""
    return f"SELECT count(*) FROM {table} WHERE {column_name(field_number)} IS NULL"


def refit(table: str, field_number: int, type: FieldType[Any], options: Options, parameters: Parameters) -> str | None:
    """Cut the values back to what new options allow; None when every value may stay."""
    column = column_name(field_number)
    fitting = type.refit(column, options, parameters)
    if fitting is None:
        return None
    return f"UPDATE {table} SET {column} = {fitting} WHERE {column} IS DISTINCT FROM {fitting}"


def number_records(table: str, field_number: int) -> str:
    """Number the records in the order of their creation, where an identity column has numbered them in any order."""
    column = column_name(field_number)
    return (
        f"UPDATE {table} AS t SET {column} = n.number"
        f" FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM {table}) AS n"
        f" WHERE n.id = t.id AND t.{column} <> n.number"
    )
