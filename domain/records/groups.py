"""Records in groups, one for each value of a field: each with its value, its count and its first page, as one text."""

from domain.bases.catalog import FieldMeta
from domain.records.connection import compile_connection
from domain.records.filters import compile_filter, count_leaves
from domain.records.query import FIRST_INPUT, GroupsShape
from domain.records.rendering import JsonText, json_string
from domain.records.rows import Row
from domain.records.selection import GroupCount, GroupRecords, GroupValue, Typename

_FILTER_INPUT = FIRST_INPUT + 1


def compile_groups(shape: GroupsShape, row: Row) -> str:
    """A text expression: the JSON array of the groups.

    There is one for each value that a record has, for each other one that the field is known to have, and one for
    records without a value, the first of all. `g` is a group; its records are those for which the page's own filter
    holds and that have its value.
    """
    field, parameters = row.table.field(shape.field), row.parameters
    text = JsonText()
    for i, member in enumerate(shape.members):
        text.literal(f"{',' if i else '{'}{json_string(member.key)}:")
        match member:
            case Typename(name=name):
                text.literal(json_string(name))
            case GroupValue():
                text.expression(f"coalesce({field.type.json('g.value', field.options, parameters)}, 'null')")
            case GroupCount():
                text.expression("g.count::text")
            case GroupRecords(members=members):
                page = shape.page_of(members)
                text.expression(compile_connection(page, row, within=_has_value(row, field)))
    text.literal("}")
    groups = _groups(shape, row, field)
    return f"(SELECT '['||coalesce(string_agg({text.sql()}, ',' ORDER BY g.n), '')||']' FROM ({groups}) g)"


def _has_value(row: Row, field: FieldMeta) -> str:
    """That a record belongs to the group; written so that an index on the field may serve it."""
    value = row.value(field)
    return f"({value} = g.value OR (g.value IS NULL AND {value} IS NULL))"


def _groups(shape: GroupsShape, row: Row, field: FieldMeta) -> str:
    parameters = row.parameters
    type = field.type.column_type_for(field.options)
    known = parameters.constant(list(field.type.known_values(field.options)), f"{type}[]")
    where = ""
    if shape.filter is not None:
        where = f" WHERE {compile_filter(shape.filter, row, _FILTER_INPUT)}"
    source = row.table.source(parameters)
    counted = f"SELECT {row.value(field)} AS value, count(*) AS count FROM {source} r{where} GROUP BY 1"
    others = f"SELECT unnest({known}), 0 UNION ALL SELECT NULL, 0"
    order = field.type.order("c.value", field.options, parameters)
    limit, skipped = (parameters.input(_FILTER_INPUT + count_leaves(shape.filter) + i, "bigint") for i in range(2))
    return (
        f"SELECT c.value, sum(c.count) AS count, row_number() OVER (ORDER BY {order.sql} NULLS FIRST, c.value) AS n"
        f" FROM ({counted} UNION ALL {others}) c GROUP BY c.value ORDER BY n LIMIT {limit} OFFSET {skipped}"
    )
