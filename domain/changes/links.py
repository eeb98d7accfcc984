"""Links as a mutation found them and as it left them, as SQL.

The log shows a link at the record that was written. So what one side's changes say of its links is not all: between
them, records of the other side may have been created, changed and deleted. Both together tell of every pair of records
whether it was linked before the mutation, and whether it is behind it.
"""

from domain.bases.catalog import FieldMeta, TableMeta
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.sql import quote_text


def changed_links(field: FieldMeta, table: TableMeta, changes: str) -> str:
    """A query of the links by a field that changes have made or ended; `changes` is a relation, of one mutation.

    It has one row a record, of `id`, the linked records' ids `others`, and for each whether it was linked before the
    first of its changes (`was`) and whether it is behind the last one (`stays`).
    """
    options = field.options
    assert isinstance(options, LinkedRecordOptions)
    own = _pairs("c.record_id", "i.id", table, field, changes)
    theirs = _pairs("i.id", "c.record_id", options.linked_table, options.symmetric_field, changes)
    pairs = (
        "SELECT p.id, p.other, (array_agg(p.was ORDER BY p.seq))[1] AS was,"
        f" (array_agg(p.stays ORDER BY p.seq DESC))[1] AS stays FROM ({own} UNION ALL {theirs}) p GROUP BY 1, 2"
    )
    arrays = ", ".join(f"array_agg(p.{each} ORDER BY p.other) AS {each}" for each in ("was", "stays"))
    return f"SELECT p.id, array_agg(p.other ORDER BY p.other) AS others, {arrays} FROM ({pairs}) p GROUP BY 1"


def _pairs(id: str, other: str, table: TableMeta, field: FieldMeta, changes: str) -> str:
    """What each change of a table's records did to their links by a field; an update of others shows nothing of it."""
    column = quote_text(field.column)
    links = " UNION ALL ".join(
        f"SELECT e::uuid AS id, {was} AS was FROM jsonb_array_elements_text(nullif({image}->{column}, 'null')) e"
        for image, was in (("c.before", "true"), ("c.after", "false"))
    )
    return (
        f"SELECT {id} AS id, {other} AS other, c.seq, bool_or(i.was) AS was, bool_or(NOT i.was) AS stays"
        f" FROM {changes} c CROSS JOIN LATERAL ({links}) i WHERE c.table_id = '{table.id}'::uuid"
        f" AND (c.operation <> 'U' OR c.before ? {column}) GROUP BY 1, 2, 3"
    )


def with_changed(image: str, field: FieldMeta, others: str, flags: str, present: str) -> str:
    """What to add to a jsonb object `image`: its links by a field as the flags of the changed ones, arrays, say.

    Links that it does not have come last: in their order in the object `present`, where they are.
    """
    column = quote_text(field.column)
    given, now = (
        f"(SELECT e.id::uuid AS id, e.n FROM jsonb_array_elements_text(nullif({each}->{column}, 'null'))"
        f" WITH ORDINALITY e(id, n)) {alias}"
        for each, alias in ((image, "i"), (present, "q"))
    )
    links = (
        f"SELECT jsonb_agg(id ORDER BY i.n, q.n, id) FROM {given} FULL JOIN unnest({others}, {flags}) p(id, flag)"
        f" USING (id) LEFT JOIN {now} USING (id) WHERE p.flag IS NOT false"
    )
    return f" || CASE WHEN {image} ? {column} THEN jsonb_build_object({column}, ({links})) ELSE '{{}}' END"
