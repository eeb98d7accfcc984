"""The SQL of presence: who is in a channel, by the database's clock alone, and how members come, move and go."""

from typing import Final

from domain.access.roles import Action, roles_that_may
from domain.changes.viewers import is_signed_in, may_read, reaches
from domain.presence.channels import Place
from domain.records.rendering import instant
from domain.sql import quote_text

RENEWED_SECONDS: Final = 2.0
"""How often a process with members says that it is alive."""
COUNTED_SECONDS: Final = 7
"""For how long after that its members count."""
KEPT_SECONDS: Final = 60
"""After that its rows are swept: a process that only stood still for a while finds them, focus and all."""

_ALIVE: Final = f"p.alive_at > clock_timestamp() - interval '{COUNTED_SECONDS} seconds'"
_READERS: Final = ", ".join(quote_text(role.value) for role in roles_that_may(Action.READ))

_USER: Final = (
    "json_build_object('id', u.id, 'email', u.email, 'name', u.name, 'isVerified', u.is_verified,"
    " 'isActive', u.is_active, 'isSuperuser', u.is_superuser, 'isStaff', u.is_staff,"
    f" 'createdAt', ({instant('u.created_at')})::json)"
)
_FOCUS: Final = (
    "json_build_object('tableId', c.focus_table_id, 'viewId', CASE WHEN is_plain THEN c.focus_view_id END,"
    " 'recordId', c.focus_record_id, 'fieldId', CASE WHEN is_plain THEN c.focus_field_id END)"
)


# Not everybody who sees a table may see all of its fields and views where somebody has another role in the base, or
# where it has rules.
_IS_PLAIN: Final = (
    "SELECT NOT EXISTS (SELECT FROM limited_bases o JOIN tables ft ON ft.base_id = o.base_id"
    " WHERE ft.id = c.focus_table_id)"
)


def _member(joined_at: str, cursor: str, focus_is_visible: str) -> str:
    """A json expression: a member, as the API shows it."""
    return (
        f"json_build_object('user', {_USER}, 'connectionId', c.id,"
        f" 'focus', CASE WHEN {focus_is_visible} THEN (SELECT {_FOCUS} FROM ({_IS_PLAIN}) f(is_plain)) END,"
        f" 'cursor', {cursor}, 'joinedAt', ({instant(joined_at)})::json)"
    )


_CONNECTIONS: Final = (
    "presence_connections c JOIN presence_processes p ON p.id = c.process_id JOIN users u ON u.id = c.user_id"
)

_WORKSPACE: Final = {
    Place.WORKSPACE: "SELECT w.id AS workspace_id, NULL::uuid AS base_id FROM workspaces w WHERE w.id = $1",
    Place.BASE: "SELECT b.workspace_id, b.id AS base_id FROM bases b WHERE b.id = $1",
    Place.TABLE: (
        "SELECT b.workspace_id, b.id AS base_id, t.id AS table_id FROM tables t JOIN bases b ON b.id = t.base_id"
        " WHERE t.id = $1"
    ),
}


def visible_focus(place: Place) -> str:
    """A boolean expression: whether who is in a channel, `$1` of this kind, may see the focus of the connection `c`.

    They may when it is on a cell of that place: whoever sees a place may read all of its tables, unless somebody has
    another role somewhere in the base, or it has rules. There the focus shows in channels of the table and the record
    alone; and where policies hide records of the table, in that of the record.
    """
    table = (
        "SELECT FROM tables t JOIN bases b ON b.id = t.base_id WHERE t.id = c.focus_table_id"
        " AND NOT EXISTS (SELECT FROM limited_bases o WHERE o.base_id = b.id)"
    )
    return {
        Place.WORKSPACE: f"EXISTS ({table} AND b.workspace_id = $1)",
        Place.BASE: f"EXISTS ({table} AND b.id = $1)",
        Place.TABLE: "c.focus_table_id = $1 AND NOT EXISTS (SELECT FROM record_policies o WHERE o.table_id = $1)",
        Place.RECORD: "c.focus_record_id = $1",
    }[place]


def compile_state(place: Place, table: tuple[int, str] | None = None) -> str:
    """One row `verdicts, members`: what each viewer may, and the JSON array of the members in the order of joining.

    Parameters: the place's id, the channel's text, the most members to show, and three lists of the viewers' users,
    sessions and API keys. A verdict is `admitted`, `signed out` or `hidden`. `table` is number and SQL name of a
    record's table.
    """
    if table is None:
        workspace = _WORKSPACE[place]
    else:
        number, name = table
        workspace = (
            "SELECT b.workspace_id, b.id AS base_id, t.id AS table_id FROM tables t JOIN bases b ON b.id = t.base_id"
            f" WHERE t.number = {number:d} AND EXISTS (SELECT FROM {name} r WHERE r.id = $1)"
        )
    return (
        f"WITH place AS MATERIALIZED ({workspace}), shown AS ("
        "SELECT m.joined_at, m.connection_id,"
        f" {_member('m.joined_at', 'm.cursor', visible_focus(place))} AS member"
        f" FROM presence_members m JOIN {_CONNECTIONS} ON c.id = m.connection_id"
        f" WHERE m.channel = $2 AND {_ALIVE} AND EXISTS (SELECT FROM place)"
        " ORDER BY m.joined_at, m.connection_id LIMIT $3)"
        f" SELECT ({_verdicts(place)}) AS verdicts,"
        " (SELECT coalesce(json_agg(member ORDER BY joined_at, connection_id), '[]')::text FROM shown) AS members"
    )


def _verdicts(place: Place) -> str:
    members = _MEMBERS[place]
    return (
        f"SELECT array_agg(CASE WHEN NOT ({is_signed_in('v')} AND {may_read('v')}) THEN 'signed out'"
        f" WHEN EXISTS (SELECT FROM place, {members} w WHERE w.user_id = v.user_id"
        f" AND w.{_KEYS[members]} = place.{_KEYS[members]} AND w.role IN ({_READERS})"
        f" AND {reaches('v', 'place.workspace_id', 'place.base_id')}) THEN 'admitted'"
        " ELSE 'hidden' END ORDER BY v.number)"
        " FROM unnest($4::uuid[], $5::uuid[], $6::uuid[]) WITH ORDINALITY v(user_id, session_id, api_key_id, number)"
    )


_MEMBERS: Final = {
    Place.WORKSPACE: "workspace_members",
    Place.BASE: "base_members",
    Place.TABLE: "table_members",
    Place.RECORD: "table_members",
}
_KEYS: Final = {"workspace_members": "workspace_id", "base_members": "base_id", "table_members": "table_id"}
"""By what each of them is of a place."""


OF_RECORDS: Final = (
    "SELECT r.id AS record_id, json_agg(found.member ORDER BY found.joined_at, found.id)::text AS members"
    " FROM unnest($1::uuid[]) r(id) CROSS JOIN LATERAL ("
    "SELECT coalesce(m.joined_at, c.joined_at) AS joined_at, c.id,"
    f" {_member('coalesce(m.joined_at, c.joined_at)', 'm.cursor', 'c.focus_record_id = r.id')} AS member"
    " FROM (SELECT i.connection_id FROM presence_members i WHERE i.channel = 'record:' || r.id"
    " UNION SELECT f.id FROM presence_connections f WHERE f.focus_record_id = r.id) here"
    f" JOIN {_CONNECTIONS} ON c.id = here.connection_id"
    " LEFT JOIN presence_members m ON m.connection_id = c.id AND m.channel = 'record:' || r.id"
    f" WHERE {_ALIVE} ORDER BY 1, 2 LIMIT $2) found GROUP BY r.id"
)
"""Rows `record_id, members`: who is in the channels of these records, or has one in focus; at most `$2` for each."""

RENEW: Final = (
    "INSERT INTO presence_processes (id) VALUES ($1)"
    " ON CONFLICT (id) DO UPDATE SET alive_at = clock_timestamp() RETURNING xmax = 0 AS is_new"
)
"""A process is alive. `is_new` when it was not known, or was swept: then its members have to be registered."""

SWEEP: Final = f"DELETE FROM presence_processes WHERE alive_at < clock_timestamp() - interval '{KEPT_SECONDS} seconds'"

JOIN: Final = (
    f"WITH process AS ({RENEW}),"
    " connection AS (INSERT INTO presence_connections (id, process_id, user_id) VALUES ($2, $1, $3)"
    " ON CONFLICT (id) DO NOTHING),"
    " member AS (INSERT INTO presence_members (connection_id, channel) VALUES ($2, $4) ON CONFLICT DO NOTHING)"
    " SELECT is_new FROM process"
)
"""Parameters: process, connection, user, channel."""

REGISTER: Final = (
    "WITH sent AS (SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::text[]) x(connection_id, user_id, channel)),"
    " process AS (INSERT INTO presence_processes (id) VALUES ($1)"
    " ON CONFLICT (id) DO UPDATE SET alive_at = clock_timestamp()),"
    " gone AS (DELETE FROM presence_members m USING presence_connections c WHERE c.id = m.connection_id"
    " AND c.process_id = $1 AND NOT EXISTS"
    " (SELECT FROM sent WHERE sent.connection_id = m.connection_id AND sent.channel = m.channel)),"
    " closed AS (DELETE FROM presence_connections c WHERE c.process_id = $1"
    " AND NOT EXISTS (SELECT FROM sent WHERE sent.connection_id = c.id)),"
    " opened AS (INSERT INTO presence_connections (id, process_id, user_id)"
    " SELECT DISTINCT sent.connection_id, $1::uuid, sent.user_id FROM sent JOIN users u ON u.id = sent.user_id"
    " ON CONFLICT (id) DO NOTHING)"
    " INSERT INTO presence_members (connection_id, channel)"
    " SELECT sent.connection_id, sent.channel FROM sent JOIN users u ON u.id = sent.user_id ON CONFLICT DO NOTHING"
)
"""All members of a process, in place of what the database has; parameters: process, connections, users, channels."""

LEAVE: Final = "DELETE FROM presence_members WHERE connection_id = $1 AND channel = $2"
CLOSE: Final = "DELETE FROM presence_connections WHERE id = $1"
END: Final = (
    "WITH channels AS (SELECT DISTINCT m.channel FROM presence_members m JOIN presence_connections c"
    " ON c.id = m.connection_id WHERE c.process_id = $1),"
    " ended AS (DELETE FROM presence_processes WHERE id = $1) SELECT channel FROM channels"
)

FOCUS: Final = (
    "WITH focused AS (UPDATE presence_connections SET focus_table_id = $3, focus_view_id = $4,"
    " focus_record_id = $5, focus_field_id = $6 WHERE id = $1 AND user_id = $2 RETURNING id)"
    " SELECT m.channel FROM focused JOIN presence_members m ON m.connection_id = focused.id"
)
"""The channels that a user's connection is in, whose focus was set; none when it is not a connection of that user."""

IS_MEMBER: Final = (
    "SELECT FROM presence_connections c JOIN presence_members m ON m.connection_id = c.id"
    " WHERE c.id = $1 AND c.user_id = $2 AND m.channel = $3"
)
MOVE: Final = (
    "UPDATE presence_members m SET cursor = x.cursor::json"
    " FROM unnest($1::uuid[], $2::text[], $3::text[]) x(connection_id, channel, cursor)"
    " WHERE m.connection_id = x.connection_id AND m.channel = x.channel"
)
