"""Reading the change log behind a cursor, as one SQL statement that renders the events of a table.

An event shows the record as the change left it, and the values before as they were; for whoever has a filter, a record
that comes to match it is created, and one that no longer does is deleted.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from domain.bases.catalog import TableMeta
from domain.changes import late
from domain.changes.dependents import Source, sources_of
from domain.changes.derived import NOBODY, Derivation, concerning, linked_fields
from domain.changes.horizon import is_lost
from domain.changes.images import AFTER, BEFORE, image, join_images
from domain.changes.late import Latecomers
from domain.changes.new import CURRENT, is_known, new_since, seen_by
from domain.changes.selection import (
    EventActor,
    EventMember,
    EventMembers,
    EventProperty,
    EventRecord,
    EventValue,
)
from domain.changes.transitions import DELETED, UPDATED, Basis, transition
from domain.changes.values import MUTATION_ID, changed_fields, previous_values, type_name
from domain.records.compile import Statement
from domain.records.filters import Shape, compile_filter, named_in
from domain.records.rendering import JsonText, instant, json_string, render_record, render_user
from domain.records.rows import Row
from domain.records.selection import Typename
from domain.sql import Parameters, quote_text

SMALL = 500
"""Bytes of a stored image that is not unpacked to see how long it is as text: 50 kB, where one letter fills it."""

_SIZE = " + ".join(
    f"CASE WHEN pg_column_size({image}) > {SMALL} THEN octet_length({image}::text) ELSE {SMALL} END"
    for image in ("c.before", "c.after")
)
"""About how many bytes a change `c` takes as text."""


class Input(IntEnum):
    """The inputs of the statement, by their position; those of the filter follow.

    At most LIMIT changes are read, and no more of them behind the one with which BYTES are reached; and of what they
    are to this table's records at most RECORDS, within the same BYTES.
    """

    SINCE = 0
    TYPES = 1
    LIMIT = 2
    UNTIL = 3
    SEQ = 4
    BYTES = 5
    DERIVED = 6
    RECORDS = 7
    FILTER = 8


@dataclass(frozen=True, slots=True)
class EventsShape:
    """The shape of a read of events. `is_bounded`: of a batch that ends at a snapshot, see `EventCursor`."""

    members: EventMembers
    filter: Shape | None
    is_bounded: bool


def compile_events(shape: EventsShape, table: TableMeta) -> Statement:
    """The statement for a shape over a table.

    It answers rows of: the base's schema version, whether the cursor is one of this database, whether changes behind
    it may have been dropped from the log, the snapshot that was read; the number of the last change that was read where
    there may be more behind it, else None; then how many records there are within the limit that the changes concern,
    of which those are left out that the bytes do not allow, whether that is the limit, the number of the change, and
    the record as cursors name it (all None in the one row that is answered where there are none); and the JSON of its
    event, in pieces between which the event's cursor belongs, all NULL when it is no event for this reader. Changes are
    read for the schema version only that was compiled for. No row at all when the base is gone.
    """
    parameters = Parameters()
    return Statement(_Events(shape, table, parameters).sql(), parameters)


class _Events:
    """One compilation. `e` is a change; `r` and `p` are the record after and before it, see images.py."""

    def __init__(self, shape: EventsShape, table: TableMeta, parameters: Parameters) -> None:
        self.shape = shape
        self.table = table
        self.parameters = parameters
        self.base = parameters.constant(table.base_id, "uuid")
        self.after, self.before = (image(alias, table, parameters) for alias in (AFTER, BEFORE))
        sources = sources_of(table, linked_fields(named_in(shape.filter), table))
        self.derivations = [Derivation(source, table, n, parameters) for n, source in enumerate(sources)]
        self.basis = Basis.of(shape.filter, table, sources)
        self.latecomers = self._latecomers(self.basis, sources) if self.basis and shape.is_bounded else None

    def sql(self) -> str:
        pieces = [f"CASE WHEN t.type IS NOT NULL THEN {piece} END" for piece in self._pieces()]
        needs_before = self.shape.filter is not None or any(_shows_before(each) for each in self.shape.members)
        latest = self._snapshot(Input.UNTIL if self.shape.is_bounded else Input.SINCE)
        cut_at = "(SELECT max(l.seq) FILTER (WHERE l.is_cut) FROM log l)" if self.derivations else "NULL::bigint"
        return (
            f"WITH log AS MATERIALIZED ({self._changes()}){self._records()}"
            f" SELECT b.schema_version, {is_known(latest)}, {is_lost(self._snapshot(Input.SINCE))},"
            f" {CURRENT}, {cut_at},"
            f" e.found, e.found = {self._limit}, e.seq, {self._place}, {', '.join(pieces)}"
            f" FROM bases b LEFT JOIN {'events' if self.derivations else 'log'} e ON true"
            # The table is here at any rate: that locks it for the type of its rows.
            f"{join_images(self.table, with_before=needs_before)}"
            f"{''.join(each.joins() for each in self.derivations)}"
            f"{' CROSS JOIN mixture m' if self.basis is not None else ''}"
            f" LEFT JOIN LATERAL (SELECT {self._type()} AS type) t ON t.type = ANY({self._types})"
            f" WHERE b.id = {self.base} ORDER BY e.seq{', e.place' if self.derivations else ''}"
        )

    def _latecomers(self, basis: Basis, sources: Sequence[Source]) -> Latecomers:
        until, limit = self._snapshot(Input.UNTIL), self.parameters.input(Input.LIMIT, "bigint")
        return Latecomers.of(basis, self.table, sources, self.parameters, until, limit)

    # --- which changes ---

    def _changes(self) -> str:
        conditions = [
            f"(SELECT b.schema_version FROM bases b WHERE b.id = {self.base})"
            f" = {self.parameters.constant(self.table.schema_version, 'bigint')}",
            new_since(self._snapshot(Input.SINCE)),
            concerning(self.table, [each.source for each in self.derivations], self._is_own()),
        ]
        if self.shape.is_bounded:
            seq = self.parameters.input(Input.SEQ, "bigint")
            is_open = f" OR c.seq = {seq} AND {self._derived} IS NOT NULL" if self.derivations else ""
            conditions.append(f"(c.seq > {seq}{is_open})")
            conditions.append(seen_by(self._snapshot(Input.UNTIL)))
        limit, bytes = self.parameters.input(Input.LIMIT, "bigint"), self.parameters.input(Input.BYTES, "bigint")
        changes = self._first_changes(conditions, limit)
        is_cut = f", found = {limit} OR count(*) OVER () < found AS is_cut" if self.derivations else ""
        return (
            f"SELECT *{is_cut}"
            f" FROM (SELECT c.*, count(*) OVER () AS found, sum({_SIZE}) OVER (ORDER BY c.seq"
            f" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_it FROM ({changes}) c) c"
            f" WHERE before_it IS NULL OR before_it < {bytes}"
        )

    def _first_changes(self, conditions: Iterable[str], limit: str) -> str:
        return f"SELECT c.* FROM changes c WHERE {' AND '.join(conditions)} ORDER BY c.seq LIMIT {limit}"

    def _is_own(self) -> str | None:
        """Which changes of the table's own records are wanted; all, where a filter makes other events of them."""
        return f"c.operation = ANY({self._types})" if self.shape.filter is None else None

    # --- which records they concern, where there are others than those that were written ---

    def _records(self) -> str:
        if not self.derivations:
            return ""
        edges = "".join(f", {each.edges()}" for each in self.derivations)
        edges += "" if self.latecomers is None else self.latecomers.expressions()
        mixture = "" if self.basis is None else f", mixture AS MATERIALIZED ({self._mixture(self.basis)})"
        return (
            f"{edges}, records AS MATERIALIZED ({self._bounded_records()}), events AS MATERIALIZED ({self._events()})"
            f"{mixture}"
        )

    def _bounded_records(self) -> str:
        """`seq`, `derived` and `source` of each: the last two are NULL for the record that was written."""
        bounded = self.shape.is_bounded
        own = f"SELECT e.seq, NULL::uuid AS derived, NULL::integer AS source FROM log e WHERE {self._written('e')}"
        if bounded:
            own += f" AND e.seq > {self.parameters.input(Input.SEQ, 'bigint')}"
        found: list[Derivation | Latecomers] = [*self.derivations]
        if self.latecomers is not None:
            found.append(self.latecomers)
        all = " UNION ALL ".join([own, *(each.concerned(self._behind(), self._limit) for each in found)])
        limit, bytes = self._limit, self.parameters.input(Input.BYTES, "bigint")
        some = (
            f"SELECT DISTINCT ON (i.seq, place) i.*, coalesce(i.derived, {NOBODY}) AS place"
            f" FROM ({all}) i ORDER BY i.seq, place, i.source LIMIT {limit}"
        )
        size = f"CASE WHEN pg_column_size(q.*) > {SMALL} THEN octet_length(q::text) ELSE {SMALL} END"
        return (
            f"SELECT * FROM (SELECT i.*, count(*) OVER () AS found, sum(CASE WHEN q.id IS NULL THEN 0 ELSE {size} END)"
            " OVER (ORDER BY i.seq, i.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_it"
            f" FROM ({some}) i LEFT JOIN {self.table.sql_name} q ON q.id = i.derived) i"
            f" WHERE before_it IS NULL OR before_it < {bytes}"
        )

    def _behind(self) -> str:
        """The record up to which the events of a change `w` were read."""
        if not self.shape.is_bounded:
            return NOBODY
        seq = self.parameters.input(Input.SEQ, "bigint")
        return f"CASE WHEN w.seq = {seq} THEN {self._derived} ELSE {NOBODY} END"

    def _events(self) -> str:
        """What is known of each; one that was not written is as it is now, before and after."""
        own = "i.derived IS NULL"
        record = "coalesce(i.derived, l.record_id)"
        columns = {"before": "'{}'::jsonb", "after": "'{}'::jsonb", "operation": UPDATED}
        chosen = ", ".join(
            f"CASE WHEN {own} THEN l.{name} ELSE {other} END AS {name}" for name, other in columns.items()
        )
        marks = "" if self.basis is None else f", {self.basis.marks(record)}"
        return (
            f"SELECT i.seq, i.derived, i.source, i.place, i.found, {record} AS record_id, {chosen}, l.actor_id,"
            f" l.mutation_id, l.at{marks} FROM records i JOIN log l ON l.seq = i.seq"
        )

    def _mixture(self, basis: Basis) -> str:
        """Of the rest of a batch, too, what is now may follow from any change behind its beginning."""
        is_part = f"(SELECT bool_or(e.found = {self._limit}) OR count(*) < max(e.found) FROM events e)"
        if not self.shape.is_bounded:
            return basis.mixture("log", has_others="bool_or(l.is_cut)", is_part=is_part)
        sources = [each.source for each in self.derivations]
        limit = self.parameters.input(Input.LIMIT, "bigint")
        changes = self._first_changes([new_since(self._snapshot(Input.SINCE)), concerning(self.table, sources)], limit)
        return basis.mixture(f"({changes})", has_others=f"count(*) = {limit}", is_part=is_part)

    @property
    def _limit(self) -> str:
        """Of the records that are read at a time."""
        return self.parameters.input(Input.RECORDS if self.derivations else Input.LIMIT, "bigint")

    @property
    def _place(self) -> str:
        """Which of its records a change is read up to; NULL where there are no others behind."""
        if not self.derivations:
            return "NULL::uuid"
        has_own = any(each.source.table.id == self.table.id for each in self.derivations)
        return "e.place" if has_own or self.latecomers is not None else "e.derived"

    def _written(self, alias: str) -> str:
        own = f"{alias}.table_id = {self.parameters.constant(self.table.id, 'uuid')}"
        return own if self.shape.filter is not None else f"{own} AND {alias}.operation = ANY({self._types})"

    @property
    def _derived(self) -> str:
        return self.parameters.input(Input.DERIVED, "uuid")

    def _snapshot(self, input: Input) -> str:
        return f"{self.parameters.input(input, 'text')}::pg_snapshot"

    @property
    def _types(self) -> str:
        return self.parameters.input(Input.TYPES, "text[]")

    # --- what a change is to this reader ---

    def _type(self) -> str:
        """What happened, as the log says it; NULL when it concerns no record of the filter."""
        judged = self._own_type()
        if self.derivations:
            cases = [f" WHEN e.source = {each.number} THEN {self._derived_type(each)}" for each in self.derivations]
            judged = f"CASE WHEN e.source IS NULL THEN {judged}{''.join(cases)} END"
        if self.basis is None:
            return judged
        now = self._matches(Row("q", self.table, self.parameters))
        matches_now = f"q.id IS NOT NULL AND ({now}) IS TRUE{self._and_was_there}"
        type = self.basis.type(judged, matches_now, self._came_into_sight)
        if self.latecomers is not None:
            type = f"CASE WHEN e.source = {late.SOURCE} THEN {self.latecomers.type(matches_now)} ELSE {type} END"
        return self._seen_type(type)

    @property
    def _came_into_sight(self) -> str:
        """Whether policies hid the record, or there was none, before its own change."""
        rule = self.table.rule
        hidden = "e.before IS NULL" if rule is None else f"(e.before IS NULL OR NOT {rule.visible(self.before)})"
        return f"e.source IS NULL AND {hidden}"

    def _seen_type(self, type: str) -> str:
        """What is true now may be told of a change that was not seen: that one is no event."""
        rule = self.table.rule
        if rule is None:
            return type
        is_seen, was_seen = (
            f"e.{side} IS NOT NULL AND {rule.visible(row)}"
            for side, row in (("after", self.after), ("before", self.before))
        )
        gone = f"e.source = {late.SOURCE} AND {self.latecomers.was_seen()}" if self.latecomers is not None else "false"
        return f"CASE WHEN {is_seen} THEN {type} WHEN {was_seen} OR {gone} THEN {DELETED} END"

    def _own_type(self) -> str:
        if self.shape.filter is None:
            return "e.operation"
        was, is_now = (self._matches(row) for row in (self.before, self.after))
        return transition(f"e.before IS NOT NULL AND ({was}) IS TRUE", f"e.after IS NOT NULL AND ({is_now}) IS TRUE")

    def _derived_type(self, derivation: Derivation) -> str:
        """Of a record that is still there; one that a filter sees before and after needs a value that has changed."""
        is_there = f"{AFTER}.id IS NOT NULL{self._and_was_there}"
        updated = f"CASE WHEN {derivation.has_changed_any()} THEN {UPDATED} END"
        if self.shape.filter is None:
            return f"CASE WHEN {is_there} THEN {updated} END"
        was, is_now = (f"({self._matches(derivation.row(is_after=is_after))}) IS TRUE" for is_after in (False, True))
        return f"CASE WHEN {is_there} THEN {transition(was, is_now, updated)} END"

    @property
    def _and_was_there(self) -> str:
        """A further condition: the record was there where the batch ends, which is read over what is there by now.

        A reader who had been told of a record before its CREATED would not be told that it was let go beside that.
        """
        return f" AND {late.was_there(self._snapshot(Input.UNTIL))}" if self.shape.is_bounded else ""

    def _matches(self, row: Row) -> str:
        assert self.shape.filter is not None
        return compile_filter(self.shape.filter, row, Input.FILTER)

    # --- its event ---

    def _pieces(self) -> Iterator[str]:
        """Text expressions: the JSON of the event, cut where its cursor belongs."""
        text = JsonText()
        for i, member in enumerate(self.shape.members):
            text.literal(f"{',' if i else '{'}{json_string(member.key)}:")
            if isinstance(member, EventValue) and member.of is EventProperty.CURSOR:
                text.literal('"')
                yield text.sql()
                text = JsonText()
                text.literal('"')
            else:
                text.expression(self._member(member))
        text.literal("}")
        yield text.sql()

    def _member(self, member: EventMember) -> str:
        match member:
            case Typename(name=name):
                return quote_text(json_string(name))
            case EventRecord(members=members):
                record = render_record(members, self.after)
                is_gone = f"t.type = {DELETED} OR {AFTER}.revision IS NULL"
                return f"CASE WHEN {is_gone} THEN 'null' ELSE {record} END"
            case EventActor(members=members):
                return render_user(members, "e.actor_id")
            case EventValue(of=EventProperty.TABLE_ID):
                return quote_text(json_string(str(self.table.id)))
            case EventValue(of=EventProperty.PREVIOUS):
                return self._previous()
            case EventValue(of=EventProperty.CHANGED_FIELDS):
                return changed_fields(self.table, self.derivations)
            case EventValue(of=property):
                return _PROPERTIES[property]

    def _previous(self) -> str:
        """What the values were, but not while the record was not seen."""
        previous, rule = previous_values(self.before, self.derivations), self.table.rule
        return previous if rule is None else f"CASE WHEN {rule.visible(self.before)} THEN {previous} ELSE 'null' END"


def _shows_before(member: EventMember) -> bool:
    return isinstance(member, EventValue) and member.of is EventProperty.PREVIOUS


_PROPERTIES = {
    EventProperty.TYPE: type_name("t.type"),
    EventProperty.RECORD_ID: "'\"'||e.record_id||'\"'",
    EventProperty.IS_FILTER_TRANSITION: "(t.type <> e.operation)::text",
    EventProperty.MUTATION_ID: MUTATION_ID,
    EventProperty.AT: instant("e.at"),
}
