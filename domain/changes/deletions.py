"""Finding the deletions of records that are to be restored, as SQL."""

from enum import IntEnum

from domain.access.membership import join_member
from domain.bases.catalog import TableMeta
from domain.changes.seen import changeable_before, seen
from domain.changes.trash import was_deleted
from domain.records.compile import Statement
from domain.sql import Parameters


class Input(IntEnum):
    """The inputs of the statement, by their position."""

    USER = 0
    IDS = 1
    RETENTION = 2


def compile_deletions(table: TableMeta) -> Statement:
    """The statement that finds records of a table, deleted or not.

    It answers rows of: the base's schema version, the caller's role, the record's id, whether it is there, and the row
    as it was, as JSON text, when its last change is a deletion that can still be undone. No row at all for who may not
    see the table. Where policies limit the caller, also whether the
    record as it was may be changed.
    """
    parameters = Parameters()
    user, ids, retention = (
        parameters.input(input, type) for input, type in zip(Input, ("uuid", "uuid[]", "interval"), strict=True)
    )
    last = (
        "SELECT d.* FROM changes d WHERE d.kind = 'record' AND d.record_id = x.id AND t.id IS NULL"
        " ORDER BY d.seq DESC LIMIT 1"
    )
    return Statement(
        "SELECT b.schema_version, m.role, x.id, t.id IS NOT NULL AS is_there, c.before::text AS image"
        f"{_may_restore(table, parameters)}"
        f" FROM bases b {join_member(table, user)}"
        f" CROSS JOIN unnest({ids}) WITH ORDINALITY x(id, i) LEFT JOIN {table.source(parameters)} t ON t.id = x.id"
        f" LEFT JOIN LATERAL ({last}) c ON {was_deleted('c', table, retention)}{seen('c', table, parameters)}"
        f" WHERE b.id = {parameters.constant(table.base_id, 'uuid')} ORDER BY x.i",
        parameters,
    )


def _may_restore(table: TableMeta, parameters: Parameters) -> str:
    return "" if table.rule is None else f", {changeable_before('c', table, parameters)} AS may_restore"
