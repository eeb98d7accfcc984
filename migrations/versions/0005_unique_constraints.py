"""Unique constraints of fields; the log has their changes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_NAME = "unique_constraints"


def upgrade() -> None:
    op.create_table(
        _NAME,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("table_id", sa.Uuid(), nullable=False),
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.Column("case_sensitive", sa.Boolean(), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("offending", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["table_id"], ["tables.id"], name=f"fk_{_NAME}_table_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["field_id"], ["fields.id"], name=f"fk_{_NAME}_field_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{_NAME}"),
        sa.UniqueConstraint("field_id", name=f"uq_{_NAME}_field_id"),
    )
    op.create_index(f"ix_{_NAME}_table_id", _NAME, ["table_id"])
    op.execute(_LOGGING)
    op.execute(
        f"CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON {_NAME}"
        " FOR EACH ROW EXECUTE FUNCTION log_schema_change('constraint')"
    )


# As in 0004, for whatever belongs to a table.
_LOGGING = """
CREATE OR REPLACE FUNCTION log_schema_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := to_jsonb(OLD) - 'schema_version';
    is_now jsonb := to_jsonb(NEW) - 'schema_version';
    subject jsonb := coalesce(is_now, was);
    of_base uuid;
    of_table uuid;
BEGIN
    IF subject ->> 'owner_id' IS NOT NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        was := (SELECT jsonb_object_agg(key, value) FROM jsonb_each(was) WHERE is_now -> key IS DISTINCT FROM value);
        IF was IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    of_table := CASE TG_ARGV[0] WHEN 'table' THEN subject ->> 'id' ELSE subject ->> 'table_id' END;
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
    op.drop_table(_NAME)
    op.execute("DELETE FROM changes WHERE kind = 'constraint'")
