"""What is there by the time a batch is read, but came behind its end, as SQL; for a reader whose filter looks at links.

A change of the batch is followed along the links that are there by now. A record that it let go, and that left its
links or was deleted later, is not found from it; and the later change is judged as if the reader knew what the earlier
one did. So the records that later changes concern are told of with the last change of each part of a batch that is
read, as is true now: CREATED or DELETED, also where that is nothing new to the reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.bases.catalog import TableMeta
from domain.changes.dependents import Source
from domain.changes.derived import Derivation, concerning
from domain.changes.new import new_since, seen_by
from domain.changes.transitions import CREATED, DELETED, Basis
from domain.records.rows import Row
from domain.sql import Parameters

SOURCE: Final = -1
"""In the place of a source's number."""


@dataclass(frozen=True, slots=True)
class Latecomers:
    """The changes behind the snapshot `until` that the `basis` of a filter may follow from: at most `limit`."""

    table: TableMeta
    basis: Basis
    derivations: Sequence[Derivation]
    parameters: Parameters
    until: str
    limit: str

    @classmethod
    def of(
        cls, basis: Basis, table: TableMeta, sources: Sequence[Source], parameters: Parameters, until: str, limit: str
    ) -> "Latecomers":
        """Those of a statement that has numbered these sources itself."""
        found = [
            Derivation(source, table, number, parameters, "late")
            for number, source in enumerate(sources, start=len(sources))
            if source.table in basis.columns
        ]
        return cls(table, basis, found, parameters, until, limit)

    def expressions(self) -> str:
        """Common table expressions behind that of the changes read, `log`: none where that has no decisive one."""
        conditions = [
            f"(SELECT bool_or({self.basis.touched('l')}) FROM log l)",
            new_since(self.until),
            concerning(self.table, [each.source for each in self.derivations]),
            self.basis.touched("c"),
        ]
        changes = f"SELECT c.* FROM changes c WHERE {' AND '.join(conditions)} ORDER BY c.seq LIMIT {self.limit}"
        return f", late AS MATERIALIZED ({changes}){''.join(f', {each.edges()}' for each in self.derivations)}"

    def concerned(self, behind: str, limit: str) -> str:
        """A query like `Derivation.concerned`; `behind` is an expression over `w`, the last change of those read."""
        own = f"SELECT e.record_id AS id FROM late e WHERE e.table_id = '{self.table.id}'::uuid"
        last = "(SELECT max(l.seq) AS seq FROM log l)"
        after = f"(SELECT {behind} FROM {last} w)"
        ids = [own, *(f"SELECT i.derived FROM ({each.concerned(after, limit)}) i" for each in self.derivations)]
        return (
            f"SELECT w.seq, i.id AS derived, {SOURCE} AS source"
            f" FROM {last} w JOIN ({' UNION '.join(ids)}) i ON i.id > {behind}"
        )

    def type(self, matches_now: str) -> str:
        """What the event of a record is; NULL for one that neither was there where the batch ends, nor matches."""
        return f"CASE WHEN {matches_now} THEN {CREATED} WHEN {was_there(self.until)} THEN {DELETED} END"

    def was_seen(self) -> str:
        """Whether the reader, whom policies limit, saw the record of an event `e` that is gone by now."""
        rule = self.table.rule
        assert rule is not None
        visible = rule.visible(Row("g", self.table, self.parameters, is_image=True))
        return (
            f"EXISTS (SELECT FROM late d CROSS JOIN jsonb_populate_record(NULL::{self.table.sql_name}, d.before) g"
            f" WHERE d.record_id = e.record_id AND d.operation = {DELETED} AND {visible})"
        )


def was_there(until: str) -> str:
    """Whether the record of an event `e` was there at a snapshot, as far as can be said of one that is there by now."""
    return (
        f"(SELECT n.operation FROM changes n WHERE n.kind = 'record' AND n.record_id = e.record_id"
        f" AND NOT {seen_by(until, 'n.xid')} ORDER BY n.seq LIMIT 1) IS DISTINCT FROM {CREATED}"
    )
