"""What a change is to whoever follows the records of a filter, as SQL: one comes, one goes, or one is still there.

A change is judged by what the record was before it and after it. Of the record's own columns both are known, whatever
came later. What a filter finds in other records is seen as it is now, but for the change itself; so of several changes
that are read together, which the filter is made of, none may look like the one that let a record come or go. There the
first event of each record says what is true now: CREATED where it matches, DELETED where it does not, also where that
is nothing new to the reader.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.bases.catalog import TableMeta
from domain.changes.dependents import Source, stored_sources
from domain.changes.derived import touches
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.records.columns import find_column
from domain.records.filters import Shape, named_in
from domain.records.write import Operation
from domain.sql import quote_text

CREATED, UPDATED, DELETED = (quote_text(each.value) for each in Operation)


def transition(was: str, is_now: str, updated: str = UPDATED) -> str:
    """What happened to a record of which two conditions say whether it matched; NULL where it never did."""
    return f"CASE WHEN {was} THEN CASE WHEN {is_now} THEN {updated} ELSE {DELETED} END WHEN {is_now} THEN {CREATED} END"


@dataclass(frozen=True, slots=True)
class Basis:
    """What a filter is made of: columns of its own table's records, and of those that they are linked to."""

    columns: Mapping[TableMeta, Sequence[str]]

    @classmethod
    def of(cls, filter: Shape | None, table: TableMeta, sources: Sequence[Source]) -> "Basis | None":
        """That of a filter over a table that has these sources; None where it looks at the record alone."""
        fields = [find_column(table, key) for key in named_in(filter)]
        found: defaultdict[TableMeta, set[str]] = defaultdict(set)
        for source in sources:
            for field in source.fields.keys() & fields:
                found[source.table].update(source.fields[field])
        if not found:
            return None
        found[table].update(own.column for field in fields for own in stored_sources(field, table))
        return cls({each: sorted(columns) for each, columns in found.items()})

    # --- what is added to the statement; `l` is a change, `e` the event of a record ---

    def marks(self, record: str) -> str:
        """Of a record `i` and its change `l`: whether that is decisive, as which one of its record, and of how many."""
        decisive = self.touched("l")
        same = f"PARTITION BY {record}, {decisive}"
        return (
            f"{decisive} AS is_decisive, row_number() OVER ({same} ORDER BY i.seq, i.place) AS nth,"
            f" count(*) OVER ({same}) AS of_them"
        )

    def mixture(self, changes: str, *, has_others: str, is_part: str) -> str:
        """A query of one row about the `changes`, a relation: whether many are decisive, and links among them.

        There may be others than these on the condition `has_others`, or `is_part` of their records is read only.
        """
        decisive, moving = self.touched("l"), self.touched("l", links_only=True)
        is_many = f"count(*) FILTER (WHERE {decisive}) > 1 OR {has_others}"
        return (
            f"SELECT {is_many} AS is_many, bool_or({moving}) OR {has_others} OR {is_part} AS is_mixed FROM {changes} l"
        )

    def touched(self, change: str, *, links_only: bool = False) -> str:
        """The condition that a change, an alias, has touched what the filter is made of, or the links of it."""
        conditions = []
        for table, columns in self.columns.items():
            links = {field.column for field in table.fields if isinstance(field.options, LinkedRecordOptions)}
            chosen = [column for column in columns if column in links or not links_only]
            operation = f"{change}.operation"
            touched = touches(operation, f"{change}.before", chosen) if chosen else f"{operation} <> {UPDATED}"
            conditions.append(f"{change}.table_id = '{table.id}'::uuid AND {touched}")
        return f"({' OR '.join(conditions)})"

    def type(self, judged: str, matches_now: str, came_into_sight: str) -> str:
        """What an event is: as it was `judged`, or what is true now.

        Before the reader has seen a record that `came_into_sight` by the change, nothing but its end can be told of it.
        Its own end never makes it known, for it comes without the record: that is for what brought it back.
        """
        is_first = "e.nth = 1"
        now = (
            f"CASE WHEN e.source IS NULL AND e.operation = {DELETED}"
            f" THEN CASE WHEN {is_first} OR {matches_now} THEN {DELETED} END"
            f" WHEN {matches_now} THEN CASE WHEN {is_first} OR {came_into_sight} THEN {CREATED} ELSE {UPDATED} END"
            # One that was created among these changes is not known to the reader.
            f" WHEN {is_first} AND NOT (e.source IS NULL AND e.operation = {CREATED}) THEN {DELETED} END"
        )
        return f"CASE WHEN e.is_decisive AND m.is_many AND (m.is_mixed OR e.of_them > 1) THEN {now} ELSE {judged} END"
