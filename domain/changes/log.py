"""Reading the change log behind a cursor, as one SQL statement that renders the events of a table.

What is new since a snapshot is what the snapshot does not see, whatever its number: numbers commit out of order. The
statement's own snapshot is the next cursor. So nothing is lost and nothing comes twice, and a transaction that takes
long delays no event but its own.

The log keeps the columns that a change touched, as they were stored. What an event says of the values before is
rendered from there, and only of fields that still exist; `record` is read from the table, in the same snapshot: it is
the record as it is now, which later changes may have altered since, and null when it is gone.

Access and metadata are checked in the same snapshot too, see `compile_events`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from domain.bases.catalog import FieldMeta, TableMeta
from domain.changes.selection import EventActor, EventMember, EventMembers, EventProperty, EventRecord, RecordEventType
from domain.records.compile import Statement
from domain.records.rendering import JsonText, instant, json_string, render_field, render_record, render_user
from domain.records.selection import Typename
from domain.sql import Parameters, concat, quote_text


class Input(IntEnum):
    """The inputs of the statement, by their position."""

    USER = 0
    SESSION = 1
    API_KEY = 2
    SINCE = 3
    TYPES = 4
    LIMIT = 5
    UNTIL = 6
    SEQ = 7


@dataclass(frozen=True, slots=True)
class EventsShape:
    """The shape of a read of events. `is_rest`: of a batch that was read in part, see `EventCursor`."""

    members: EventMembers
    is_rest: bool


def compile_events(shape: EventsShape, table: TableMeta) -> Statement:
    """The statement for a shape over a table, whose caller has the session or the API key that is sent along.

    It answers rows of: the base's schema version, the caller's role, whether the caller is still signed in, whether
    the cursor is one of this database, the snapshot that was read; then the number of the event (None in the one row
    that is answered where there are no events) and its JSON, in pieces between which its cursor belongs. No row at all
    when the caller may not see the table. Events are read for the schema version only that was compiled for.
    """
    parameters = Parameters()
    pieces = _pieces(shape.members, table, parameters)
    base = parameters.constant(table.base_id, "uuid")
    user = parameters.input(Input.USER, "uuid")
    sql = (
        f"WITH log AS MATERIALIZED ({_new_rows(shape, table, parameters)})"
        f" SELECT b.schema_version, m.role, {_is_signed_in(parameters)}, {_is_known(shape, parameters)},"
        f" pg_current_snapshot()::text, e.seq{''.join(f', {piece}' for piece in pieces)}"
        f" FROM bases b JOIN workspace_members m ON m.workspace_id = b.workspace_id AND m.user_id = {user}"
        f" JOIN users a ON a.id = m.user_id"
        f" LEFT JOIN log e ON true"
        f" LEFT JOIN {table.sql_name} r ON r.id = e.record_id"  # here at any rate: it locks the table for its row type
        f" LEFT JOIN LATERAL jsonb_populate_record(NULL::{table.sql_name}, e.before) p ON e.before IS NOT NULL"
        f" WHERE b.id = {base} ORDER BY e.seq"
    )
    return Statement(sql, parameters)


def _new_rows(shape: EventsShape, table: TableMeta, parameters: Parameters) -> str:
    since = _snapshot(Input.SINCE, parameters)
    conditions = [
        f"(SELECT b.schema_version FROM bases b WHERE b.id = {parameters.constant(table.base_id, 'uuid')})"
        f" = {parameters.constant(table.schema_version, 'bigint')}",
        f"c.xid >= pg_snapshot_xmin({since})",
        f"NOT pg_visible_in_snapshot(c.xid, {since})",
        f"c.table_id = {parameters.constant(table.id, 'uuid')}",
        f"c.operation = ANY({parameters.input(Input.TYPES, 'text[]')})",
    ]
    order = "c.seq + 0"  # not by the primary key's index: it would be followed from the start of the whole log
    if shape.is_rest:
        conditions.append(f"c.seq > {parameters.input(Input.SEQ, 'bigint')}")
        conditions.append(f"pg_visible_in_snapshot(c.xid, {_snapshot(Input.UNTIL, parameters)})")
        order = "c.seq"
    limit = parameters.input(Input.LIMIT, "bigint")
    return f"SELECT c.* FROM changes c WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT {limit}"


def _snapshot(input: Input, parameters: Parameters) -> str:
    return f"{parameters.input(input, 'text')}::pg_snapshot"


def _is_known(shape: EventsShape, parameters: Parameters) -> str:
    """A snapshot from the future is none of this database."""
    latest = _snapshot(Input.UNTIL if shape.is_rest else Input.SINCE, parameters)
    return f"pg_snapshot_xmax({latest}) <= pg_snapshot_xmax(pg_current_snapshot())"


def _is_signed_in(parameters: Parameters) -> str:
    session, key = parameters.input(Input.SESSION, "uuid"), parameters.input(Input.API_KEY, "uuid")
    return (
        f"a.is_active AND (EXISTS (SELECT FROM sessions s WHERE s.id = {session} AND s.revoked_at IS NULL)"
        f" OR EXISTS (SELECT FROM api_keys k WHERE k.id = {key} AND (k.expires_at IS NULL OR k.expires_at > now())))"
    )


def _pieces(members: EventMembers, table: TableMeta, parameters: Parameters) -> Iterator[str]:
    """Text expressions: the JSON of the event `e`, cut where its cursor belongs."""
    text = JsonText()
    for i, member in enumerate(members):
        text.literal(f"{',' if i else '{'}{json_string(member.key)}:")
        if not isinstance(member, Typename | EventRecord | EventActor) and member.of is EventProperty.CURSOR:
            text.literal('"')
            yield text.sql()
            text = JsonText()
            text.literal('"')
        else:
            text.expression(_member(member, table, parameters))
    text.literal("}")
    yield text.sql()


def _member(member: EventMember, table: TableMeta, parameters: Parameters) -> str:
    match member:
        case Typename(name=name):
            return quote_text(json_string(name))
        case EventRecord(members=members):
            return f"CASE WHEN r.id IS NULL THEN 'null' ELSE {render_record(members, table, 'r', parameters)} END"
        case EventActor(members=members):
            return render_user(members, "e.actor_id")
    return {
        EventProperty.TYPE: _type,
        EventProperty.RECORD_ID: lambda *_: "'\"'||e.record_id||'\"'",
        EventProperty.TABLE_ID: lambda *_: quote_text(json_string(str(table.id))),
        EventProperty.PREVIOUS: _previous,
        EventProperty.CHANGED_FIELDS: _changed_fields,
        EventProperty.AT: lambda *_: instant("e.at"),
    }[member.of](table, parameters)


def _type(_table: TableMeta, _parameters: Parameters) -> str:
    cases = " ".join(
        f"WHEN {quote_text(type.value)} THEN {quote_text(json_string(type.name))}" for type in RecordEventType
    )
    return f"CASE e.operation {cases} END"


def _previous(table: TableMeta, parameters: Parameters) -> str:
    values = [
        f"CASE WHEN {_has_changed(field)} THEN"
        f" {quote_text(f',{json_string(field.name)}:')}||{render_field(field, 'p', parameters)} ELSE '' END"
        for field in table.fields
    ]
    return f"CASE WHEN e.before IS NULL THEN 'null' ELSE {_joined(values, '{', '}')} END"


def _changed_fields(table: TableMeta, _parameters: Parameters) -> str:
    names = [
        f"CASE WHEN {_has_changed(field)} THEN {quote_text(f',{json_string(field.name)}')} ELSE '' END"
        for field in table.fields
    ]
    return _joined(names, "[", "]")


def _has_changed(field: FieldMeta) -> str:
    """A created record's fields have changed from nothing, and those of a deleted one to nothing."""
    return f"(e.before->>'{field.column}') IS DISTINCT FROM (e.after->>'{field.column}')"


def _joined(items: list[str], opening: str, closing: str) -> str:
    """Items that each begin with a comma, or are empty, in brackets."""
    return f"{quote_text(opening)}||substr({concat([*items, quote_text('')])}, 2)||{quote_text(closing)}"
