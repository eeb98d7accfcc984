"""Records that exchange unique values: these are put aside first, since PostgreSQL compares record by record."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.bases.catalog import TableMeta
from domain.records.write import Operation, WriteShape, values_of


def exchanged_columns(shape: WriteShape, table: TableMeta) -> tuple[str, ...]:
    """The columns of unique values that an update of several records sets, and that may be put aside for it.

    Not where policies limit the table, which would look at records without their values.
    """
    if shape.operation is not Operation.UPDATE or shape.is_single or table.rule is not None:
        return ()
    return tuple(field.column for field in table.whole.fields if field.unique and field.column in shape.columns)


def gives_up(row: Mapping[str, Any], column: str) -> bool:
    """Whether the row of an update sets a column."""
    return column in row.get("set", (column,))


def park_values(table: TableMeta, columns: Sequence[str]) -> str:
    """Lock the records with the ids `$1`, and empty columns of theirs; a JSON array of `{"id": …, "was": {…}}`.

    Neither the log nor the records' revisions tell of that: it is a part of the update that follows.
    """
    name = table.sql_name
    emptied = ", ".join(f"{column} = NULL" for column in columns)
    return (
        f"WITH locked AS MATERIALIZED (SELECT r.id, {values_of('r', columns)} AS was FROM {name} r"
        " WHERE r.id = ANY($1::uuid[]) ORDER BY r.id FOR UPDATE),"
        f" parked AS (UPDATE {name} r SET {emptied} FROM locked l WHERE r.id = l.id)"
        " SELECT coalesce(json_agg(json_build_object('id', id, 'was', was)), '[]')::text FROM locked"
    )
