"""Which changes of the log a caller may see whom policies limit: those of a record that was seen before and after."""

from domain.bases.catalog import TableMeta
from domain.changes.images import AFTER, BEFORE, image
from domain.records.rows import Row
from domain.sql import Parameters


def seen(change: str, table: TableMeta, parameters: Parameters) -> str:
    """A condition in front of which stands another: that a change of the table's records, by its alias, was seen.

    A change by which a record came into sight, or went out of it, is not: it has values of when nothing was seen.
    """
    rule = table.rule
    if rule is None or not rule.limits_reads:
        return ""
    after, before = (image(alias, table, parameters) for alias in (AFTER, BEFORE))
    return (
        f" AND EXISTS (SELECT FROM (SELECT {change}.*) e{join_rows(table)}"
        f" WHERE (e.after IS NULL OR {rule.visible(after)}) AND (e.before IS NULL OR {rule.visible(before)}))"
    )


def join_rows(table: TableMeta) -> str:
    """Joins that add the stored columns of the record after and before a change `e`; see images.py."""
    return (
        f" LEFT JOIN {table.sql_name} q ON q.id = e.record_id"
        f" LEFT JOIN LATERAL jsonb_populate_record(q, e.after) {AFTER} ON e.after IS NOT NULL"
        f" LEFT JOIN LATERAL jsonb_populate_record({AFTER}, e.before) {BEFORE} ON e.before IS NOT NULL"
    )


def changeable_before(change: str, table: TableMeta, parameters: Parameters) -> str:
    """Whether the caller might have changed a record as it was before a change, by its alias."""
    if table.rule is None:
        return "true"
    before: Row = image(BEFORE, table, parameters)
    return f"EXISTS (SELECT FROM (SELECT {change}.*) e{join_rows(table)} WHERE {table.rule.writable(before)})"
