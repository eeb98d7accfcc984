"""What a write of links asks before it: which records there are by these ids or titles, and locks on them, as SQL.

A link (a, b) changes only in a transaction that has locked one of the two records for itself and shares a lock on the
other. So two writes of the same link, from either side, come one after the other; and a record that is being linked
cannot be deleted meanwhile. Locks are taken table by table and in the order of ids: two batches never deadlock.
"""

from collections.abc import Iterable

from domain.bases.catalog import FieldMeta, TableMeta
from domain.bases.ddl import column_name
from domain.records.compile import Statement
from domain.records.nesting import has_pages
from domain.records.rows import Row
from domain.records.selection import FieldValue, FieldValues, NestedMember, RecordMembers
from domain.records.uniqueness import UniqueKey
from domain.sql import Parameters


def compile_titles(table: TableMeta) -> Statement:
    """Rows of a title, the id of the first record that has it, and whether others have it too.

    The one input are the texts that are looked for, without blanks at their ends; a formula makes such blanks of
    fields that are empty.
    """
    parameters = Parameters()
    row = Row("r", table, parameters)
    title, source = row.text(table.primary_field), table.source(parameters)
    if table.primary_field.type.is_computed:
        title = f"btrim({title}, E' \\t\\n\\r')"
    return Statement(
        "SELECT t.title, (array_agg(t.id ORDER BY t.id))[1], count(*) > 1"
        f" FROM (SELECT {title} AS title, r.id FROM {source} r) t"
        f" WHERE t.title = ANY({parameters.input(0, 'text[]')}) GROUP BY t.title",
        parameters,
    )


def compile_values(key: UniqueKey) -> Statement:
    """Of new values of a field: rows of the index, that of the first equal one, and the first record that has it.

    The input is a JSON array of objects with the field's column; the values are compared as unique ones are.
    """
    parameters = Parameters()
    rows, column = parameters.input(0, "json"), column_name(key.field_number)
    return Statement(
        f"WITH input AS MATERIALIZED (SELECT x.n, {key.value('x')} AS v FROM ROWS FROM"
        f" (json_to_recordset({rows}) AS ({column} {key.type.column_type_for(key.options)}))"
        f" WITH ORDINALITY AS x({column}, n)),"
        " placed AS (SELECT n, v, min(n) OVER (PARTITION BY v) AS first FROM input)"
        " SELECT DISTINCT ON (p.n) p.n - 1, p.first - 1, r.id"
        f" FROM placed p LEFT JOIN {key.table} r ON {key.value('r')} = p.v AND {key.has_value('r')} ORDER BY p.n, r.id",
        parameters,
    )


def lock_records(table: TableMeta, *, for_update: bool) -> str:
    """Lock the records with the ids `$1`, for oneself or shared; rows of the ids that there are."""
    strength = "UPDATE" if for_update else "KEY SHARE"
    return f"SELECT r.id FROM {table.sql_name} r WHERE r.id = ANY($1::uuid[]) ORDER BY r.id FOR {strength}"


def present_records(table: TableMeta) -> str:
    """Rows of those of the ids `$1` that records have."""
    return f"SELECT r.id FROM {table.sql_name} r WHERE r.id = ANY($1::uuid[])"


def present_links(field: FieldMeta) -> str:
    """Rows of the ids of the records that those with the ids `$1` are linked to by a field."""
    side = field.options.side  # type: ignore[attr-defined]  # it is a linked record field
    return f"SELECT DISTINCT l.{side.other} FROM {side.table} l WHERE l.{side.own} = ANY($1::uuid[])"


def insert_links(field: FieldMeta) -> str:
    """Link the records `$1` to the records `$2`, at the positions `$3` among those that each is linked to."""
    side = field.options.side  # type: ignore[attr-defined]  # it is a linked record field
    position = side.position
    return (
        f"INSERT INTO {side.table} AS j ({side.own}, {side.other}, {position})"
        " SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[])"
        f" ON CONFLICT (a, b) DO UPDATE SET {position} = excluded.{position} WHERE j.{position} <> excluded.{position}"
    )


def shows_relations(members: RecordMembers, table: TableMeta) -> bool:
    """Whether a selection shows what is not stored in the record's own row, and so is read when all is written."""
    if has_pages(members) or any(isinstance(member, NestedMember) for member in members):
        return True
    return any(not field.type.is_own(field.options) for field in _shown(members, table))


def _shown(members: RecordMembers, table: TableMeta) -> Iterable[FieldMeta]:
    for member in members:
        if isinstance(member, FieldValues):
            yield from table.fields if member.only is None else [table.field(key) for key in member.only]
        elif isinstance(member, FieldValue):
            yield table.field(member.field)
