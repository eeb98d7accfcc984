"""The change log is partitioned by time, and has changes of bases, tables and fields too."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from models.change import Xid8

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_OLD_COLUMNS = "seq, xid, base_id, table_id, record_id, operation, actor_id, mutation_id, before, after, at"


def upgrade() -> None:
    op.execute("ALTER TABLE changes RENAME TO old_changes")
    op.execute("ALTER TABLE old_changes RENAME CONSTRAINT pk_changes TO pk_old_changes")
    op.execute("DROP INDEX ix_changes_xid")
    op.execute("ALTER SEQUENCE changes_seq_seq RENAME TO old_changes_seq_seq")
    op.execute("CREATE SEQUENCE changes_seq")
    op.execute(_TABLE)
    op.execute("CREATE INDEX ix_changes_table_id_xid ON changes (table_id, xid) WHERE kind = 'record'")
    op.execute("CREATE INDEX ix_changes_base_id_xid ON changes (base_id, xid) WHERE kind <> 'record'")
    op.execute("CREATE INDEX ix_changes_xid ON changes (xid)")
    op.execute(_FIRST_PARTITION)
    op.execute(f"INSERT INTO changes ({_OLD_COLUMNS}) SELECT {_OLD_COLUMNS} FROM old_changes")  # noqa: S608
    op.execute("SELECT setval('changes_seq', (SELECT last_value FROM old_changes_seq_seq))")  # as it was, rows or not
    op.execute("DROP TABLE old_changes")
    op.create_table(
        "change_horizon",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("xid", Xid8(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_change_horizon"),
    )
    op.execute(_SNAPSHOT)
    op.execute(_FUNCTION)
    for kind, table in _LOGGED.items():
        op.execute(
            f"CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION log_schema_change('{kind}')"
        )


_LOGGED = {"base": "bases", "table": "tables", "field": "fields"}

_TABLE = """
CREATE TABLE changes (
    seq bigint DEFAULT nextval('changes_seq') NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    kind text DEFAULT 'record' NOT NULL,
    base_id uuid NOT NULL,
    table_id uuid,
    record_id uuid,
    subject_id uuid,
    operation text NOT NULL,
    actor_id uuid,
    mutation_id uuid,
    before jsonb,
    after jsonb,
    at timestamptz DEFAULT now() NOT NULL
) PARTITION BY RANGE (at)
"""

# It holds all that there is and the next three days; the server makes further ones, see domain/changes/partitions.py.
_FIRST_PARTITION = """
DO $$
DECLARE
    earliest timestamptz := least(now(), (SELECT min(at) FROM old_changes)) - interval '1 day';
    first bigint := extract(epoch FROM date_trunc('day', earliest));
    last bigint := extract(epoch FROM date_trunc('day', now() + interval '4 days'));
BEGIN
    EXECUTE format('CREATE TABLE changes_%s_%s PARTITION OF changes FOR VALUES FROM (%L) TO (%L)',
                   first, last, to_timestamp(first), to_timestamp(last));
END $$
"""

# See domain/changes/new.py. Whoever changes this function writes a version that replaces it.
_SNAPSHOT = """
CREATE FUNCTION log_snapshot() RETURNS pg_snapshot STABLE LANGUAGE plpgsql AS $$
DECLARE
    seen pg_snapshot := pg_current_snapshot();
    behind bigint := 1 + greatest(
        (SELECT c.xid FROM changes c ORDER BY c.xid DESC LIMIT 1)::text::bigint,
        (SELECT h.xid FROM change_horizon h)::text::bigint,
        0
    );
BEGIN
    IF pg_snapshot_xmax(seen)::text::bigint <= behind THEN
        RETURN seen;
    END IF;
    RETURN concat(
        least(pg_snapshot_xmin(seen)::text::bigint, behind), ':', behind, ':',
        (SELECT string_agg(x::text, ',' ORDER BY x) FROM pg_snapshot_xip(seen) x WHERE x::text::bigint < behind)
    );
END $$
"""

# Fields of a table that is deleted with them leave no rows: that of the table says so.
_FUNCTION = """
CREATE FUNCTION log_schema_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := to_jsonb(OLD) - 'schema_version';
    is_now jsonb := to_jsonb(NEW) - 'schema_version';
    subject jsonb := coalesce(is_now, was);
    of_base uuid;
    of_table uuid;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        was := (SELECT jsonb_object_agg(key, value) FROM jsonb_each(was) WHERE is_now -> key IS DISTINCT FROM value);
        IF was IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    of_table := CASE TG_ARGV[0] WHEN 'table' THEN subject ->> 'id' WHEN 'field' THEN subject ->> 'table_id' END;
    of_base := CASE TG_ARGV[0]
        WHEN 'base' THEN (subject ->> 'id')::uuid
        WHEN 'table' THEN (subject ->> 'base_id')::uuid
        ELSE (SELECT t.base_id FROM tables t WHERE t.id = of_table)
    END;
    IF of_base IS NOT NULL THEN
        INSERT INTO changes (kind, base_id, table_id, subject_id, operation, actor_id, mutation_id, before, after)
        VALUES (TG_ARGV[0], of_base, of_table, (subject ->> 'id')::uuid,
                CASE TG_OP WHEN 'INSERT' THEN 'C' WHEN 'UPDATE' THEN 'U' ELSE 'D' END,
                nullif(current_setting('tablegraph.actor_id', true), '')::uuid,
                nullif(current_setting('tablegraph.mutation_id', true), '')::uuid,
                was, is_now);
    END IF;
    RETURN NULL;
END $$
"""


def downgrade() -> None:
    for table in _LOGGED.values():
        op.execute(f"DROP TRIGGER log_change ON {table}")
    op.execute("DROP FUNCTION log_schema_change()")
    op.execute("DROP FUNCTION log_snapshot()")
    op.drop_table("change_horizon")
    op.execute("ALTER TABLE changes RENAME TO new_changes")
    op.execute("ALTER INDEX ix_changes_xid RENAME TO ix_new_changes_xid")
    op.execute("ALTER INDEX ix_changes_table_id_xid RENAME TO ix_new_changes_table_id_xid")
    op.execute("ALTER INDEX ix_changes_base_id_xid RENAME TO ix_new_changes_base_id_xid")
    op.execute(_OLD_TABLE)
    op.create_index("ix_changes_xid", "changes", ["xid"])
    op.execute(f"INSERT INTO changes ({_OLD_COLUMNS}) SELECT {_OLD_COLUMNS} FROM new_changes WHERE kind = 'record'")  # noqa: S608
    op.execute("SELECT setval('changes_seq_seq', (SELECT last_value FROM changes_seq))")
    op.execute("DROP TABLE new_changes")
    op.execute("DROP SEQUENCE changes_seq CASCADE")  # a partition that was detached may still have it for its default


_OLD_TABLE = """
CREATE TABLE changes (
    seq bigint GENERATED BY DEFAULT AS IDENTITY CONSTRAINT pk_changes PRIMARY KEY,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    base_id uuid NOT NULL,
    table_id uuid NOT NULL,
    record_id uuid NOT NULL,
    operation text NOT NULL,
    actor_id uuid,
    mutation_id uuid,
    before jsonb,
    after jsonb,
    at timestamptz DEFAULT now() NOT NULL
)
"""
