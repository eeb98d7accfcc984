"""What the log says of the changes of a base, its tables, their fields, constraints and views, as SQL."""

from enum import Enum

from domain.changes.horizon import is_lost
from domain.changes.new import CURRENT, OF_SCHEMAS, is_known, new_since, seen_by
from domain.changes.news import FOUND_OF_BASE
from domain.records.write import Operation


class SchemaObject(Enum):
    """What can change; the value is what the log says."""

    BASE = "base"
    TABLE = "table"
    FIELD = "field"
    VIEW = "view"
    CONSTRAINT = "constraint"


class SchemaEventType(Enum):
    """What happened; the value is what the log says."""

    CREATED = Operation.CREATE.value
    UPDATED = Operation.UPDATE.value
    DELETED = Operation.DELETE.value


_OF_BASE = f"{OF_SCHEMAS} AND c.base_id = $1"

NEWS = f"""
WITH viewers AS MATERIALIZED (
    SELECT * FROM unnest($3::uuid[], $4::uuid[], $5::uuid[])
        WITH ORDINALITY v(user_id, session_id, api_key_id, n)
), log AS MATERIALIZED (SELECT c.at FROM changes c WHERE {_OF_BASE} AND {new_since("$2::text::pg_snapshot")})
SELECT {FOUND_OF_BASE} FROM bases b WHERE b.id = $1
"""
"""As `domain.changes.news.compile_news`, for a base: arguments are its id, the snapshot, and the viewers' ids."""

EVENTS = f"""
WITH log AS MATERIALIZED (
    SELECT c.* FROM changes c
     WHERE {_OF_BASE} AND {new_since("$2::text::pg_snapshot")} AND c.seq > $4
       AND ($3::text IS NULL OR {seen_by("$3::text::pg_snapshot")})
     ORDER BY c.seq LIMIT $5
)
SELECT {is_known("coalesce($3::text, $2::text)::pg_snapshot")} AS is_known,
       {is_lost("$2::text::pg_snapshot")} AS is_lost, {CURRENT} AS snapshot, e.seq,
       e.kind, e.table_id, e.subject_id, e.operation, e.actor_id, e.mutation_id,
       e.before::text AS before, e.after::text AS after, e.at
  FROM (VALUES (1)) one LEFT JOIN log e ON true ORDER BY e.seq
"""
"""The changes behind a cursor: arguments are the base's id, the cursor's `since`, `until` and `seq`, and how many."""
