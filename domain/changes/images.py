"""The rows of a change as SQL: the record as it was before, and as it was after.

A change keeps the whole row after it, and of the row before what differs; for a deleted record the whole row. Rows are
made of them again by name, so the columns of fields that were deleted since are left out. A field that came later, or
was converted to another type since, has a column that the change does not know: there the record's present value
stands in; likewise for links that an update has left alone. The links of a record stand in its images like columns,
and are columns of the rows made of them.
"""

from collections.abc import Mapping

from domain.bases.catalog import FieldMeta, TableMeta
from domain.records.rows import Row
from domain.sql import Parameters, quote_text

AFTER, BEFORE = "r", "p"
"""What the rows are called: all NULL where there was none."""


def image(alias: str, table: TableMeta, parameters: Parameters) -> Row:
    """The row of an image, `AFTER` or `BEFORE`."""
    return Row(alias, table, parameters, is_image=True)


def join_images(table: TableMeta, *, with_before: bool) -> str:
    """Joins that add `r`, and `p` where it is wanted, to the changes `e` of a table."""
    joins = [
        f" LEFT JOIN {table.sql_name} q ON q.id = e.record_id",
        _join("after", "q", AFTER, _present_links(table)),
    ]
    if with_before:
        links = {field: f"{AFTER}.{field.column}" for field in _linked(table)}
        joins.append(_join("before", f"{AFTER}s" if links else AFTER, BEFORE, links))
    return "".join(joins)


def _join(image: str, present: str, alias: str, links: Mapping[FieldMeta, str]) -> str:
    """The row of an image, made over the row `present`; with its links, for which the present ones are given."""
    stored = f"{alias}s" if links else alias
    join = f" LEFT JOIN LATERAL jsonb_populate_record({present}, e.{image}) {stored} ON e.{image} IS NOT NULL"
    if not links:
        return join
    columns = "".join(f", {_links(image, field, value)} AS {field.column}" for field, value in links.items())
    return f"{join} LEFT JOIN LATERAL (SELECT {stored}.*{columns}) {alias} ON e.{image} IS NOT NULL"


def _links(image: str, field: FieldMeta, present: str) -> str:
    """The linked records' ids that an image has."""
    column = quote_text(field.column)
    ids = f"jsonb_array_elements_text(nullif(e.{image}->{column}, 'null')) WITH ORDINALITY i(id, n)"
    then = f"(SELECT array_agg(i.id::uuid ORDER BY i.n) FROM {ids})"
    return f"CASE WHEN e.{image} ? {column} THEN {then} ELSE {present} END"


def _present_links(table: TableMeta) -> Mapping[FieldMeta, str]:
    row = Row("q", table.whole, Parameters())  # what its reader sees of them is decided where they are shown
    return {field: row.value(field) for field in _linked(table)}


def _linked(table: TableMeta) -> list[FieldMeta]:
    return [field for field in table.fields if field.type.is_logged and not field.type.has_column(field.options)]
