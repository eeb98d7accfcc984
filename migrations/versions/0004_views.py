"""Views of tables; the log has changes of those that all members see."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("table_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("config", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("filter", postgresql.JSONB(none_as_null=True), nullable=True),
        *(
            sa.Column(name, postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False)
            for name in ("order_by", "field_ids", "hidden_field_ids", "color_rules")
        ),
        sa.Column("is_locked", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["table_id"], ["tables.id"], name="fk_views_table_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_views_owner_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_views"),
    )
    op.create_index("ix_views_owner_id", "views", ["owner_id"])
    op.create_index(
        "uq_views_table_id_owner_id_name_lower",
        "views",
        ["table_id", "owner_id", sa.literal_column("lower(name)")],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.execute(_LOGGING)
    op.execute(
        "CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON views"
        " FOR EACH ROW EXECUTE FUNCTION log_schema_change('view')"
    )


# As in 0002, and: everybody who may read the base reads the log, so nothing of a personal view gets into it.
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
    of_table := CASE TG_ARGV[0]
        WHEN 'table' THEN subject ->> 'id'
        WHEN 'field' THEN subject ->> 'table_id'
        WHEN 'view' THEN subject ->> 'table_id'
    END;
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
    op.drop_table("views")
    op.execute("DELETE FROM changes WHERE kind = 'view'")
