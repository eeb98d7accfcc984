"""Which existing records agree with sent ones on some fields, as SQL."""

from collections.abc import Sequence

from domain.access.membership import join_member
from domain.access.roles import Action, roles_that_may
from domain.bases.catalog import FieldMeta, TableMeta
from domain.records.compile import Statement
from domain.records.rows import Row
from domain.sql import Parameters


def compile_match(table: TableMeta, fields: Sequence[FieldMeta]) -> Statement:
    """Rows of `schema_version, role, i, id`: one for each match, or one with nulls when there is none.

    Records that policies hide from the caller are not there: else whoever may guess would learn what is in them.

    Inputs: the caller, and the JSON rows of the fields' columns with `i`, the index. No row when the caller may not
    see the table. Values agree when a filter with EQ says so. The records that match are locked, and so is the base's
    schema version, both until the transaction ends: what follows can rely on them.
    """
    parameters = Parameters()
    user = parameters.input(0, "uuid")
    rows = parameters.input(1, "json")
    base = parameters.constant(table.base_id, "uuid")
    version = parameters.constant(table.schema_version, "bigint")
    roles = parameters.constant([role.value for role in roles_that_may(Action.WRITE_RECORDS)], "text[]")
    typed = ", ".join(f"{field.column} {field.type.column_type_for(field.options)}" for field in fields)
    equal = " AND ".join(
        f"{_comparable(field, 'r', parameters)} = {_comparable(field, 'x', parameters)}" for field in fields
    )
    sql = (
        f"WITH guard AS MATERIALIZED (SELECT b.schema_version, m.role FROM bases b {join_member(table, user)}"
        f" WHERE b.id = {base} FOR SHARE OF b),"
        f" found AS MATERIALIZED (SELECT x.i, r.id"
        f" FROM guard g CROSS JOIN json_to_recordset({rows}) AS x(i integer, {typed})"
        f" JOIN {table.sql_name} r ON {equal}{_in_sight(table, parameters)}"
        f" WHERE g.schema_version = {version} AND g.role = ANY({roles}) ORDER BY r.id FOR UPDATE OF r)"
        f" SELECT g.schema_version, g.role, found.i, found.id FROM guard g LEFT JOIN found ON true"
    )
    return Statement(sql, parameters)


def _in_sight(table: TableMeta, parameters: Parameters) -> str:
    """A further condition, where policies hide records from the caller."""
    if table.rule is None or not table.rule.limits_reads:
        return ""
    return f" AND {table.rule.visible(Row('r', table, parameters))}"


def _comparable(field: FieldMeta, alias: str, parameters: Parameters) -> str:
    return field.type.comparable(f"{alias}.{field.column}", field.options, parameters)
