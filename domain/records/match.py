"""Which existing records agree with sent ones on some fields, as SQL."""

from collections.abc import Sequence

from domain.bases.catalog import FieldMeta, TableMeta
from domain.records.compile import Statement
from domain.sql import Parameters


def compile_match(table: TableMeta, fields: Sequence[FieldMeta]) -> Statement:
    """Rows of `schema_version, role, i, id`: one for each match, or one with nulls when there is none.

    Inputs: the caller, and the JSON rows of the fields' columns with `i`, the index. No row when the caller may not
    see the table.
    """
    parameters = Parameters()
    user = parameters.input(0, "uuid")
    rows = parameters.input(1, "json")
    base = parameters.constant(table.base_id, "uuid")
    typed = ", ".join(f"{field.column} {field.type.column_type_for(field.options)}" for field in fields)
    equal = " AND ".join(f"r.{field.column} = x.{field.column}" for field in fields)
    sql = (
        "SELECT b.schema_version, m.role, found.i, found.id FROM bases b"
        f" JOIN workspace_members m ON m.workspace_id = b.workspace_id AND m.user_id = {user}"
        f" LEFT JOIN (SELECT x.i, r.id FROM json_to_recordset({rows}) AS x(i integer, {typed})"
        f" JOIN {table.sql_name} r ON {equal}) found ON true WHERE b.id = {base}"
    )
    return Statement(sql, parameters)
