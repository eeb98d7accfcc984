"""Records of a write as its hooks see them: the values that rows set, and the records as they are, as SQL."""

from collections.abc import Sequence

from domain.bases.catalog import FieldMeta, TableMeta
from domain.records.compile import Statement
from domain.records.rendering import render_record
from domain.records.rows import Row
from domain.records.selection import FieldValues
from domain.sql import Parameters


def compile_values(fields: Sequence[FieldMeta], table: TableMeta) -> Statement:
    """The JSON of what rows set in these fields, which have columns, in the rows' order.

    Its one input is a JSON array of rows, as `storage.encode_rows` writes it.
    """
    parameters = Parameters()
    row = Row("r", table, parameters)
    typed = ", ".join(f"{field.column} {field.type.column_type_for(field.options)}" for field in fields)
    rows = parameters.input(0, "json")
    return Statement(
        f"SELECT {', '.join(row.json(field) for field in fields)}"
        f" FROM json_array_elements({rows}) WITH ORDINALITY e(row, n), json_to_record(e.row) AS r({typed})"
        " ORDER BY e.n",
        parameters,
    )


def compile_current(table: TableMeta) -> Statement:
    """Rows of an id and the JSON of all fields by their names, for the records whose ids are the one input."""
    parameters = Parameters()
    values = render_record((FieldValues("fields", None, by_id=False),), Row("r", table, parameters))
    ids = parameters.input(0, "uuid[]")
    return Statement(f"SELECT r.id, {values} FROM {table.sql_name} r WHERE r.id = ANY({ids})", parameters)
