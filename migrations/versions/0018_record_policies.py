"""Policies of records, and that a role which they may limit is a new schema version of their base."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0018"
down_revision: str | None = "0016"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "record_policies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=False),
        sa.Column("table_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("applies", sa.Text(), nullable=False),
        sa.Column("filter", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["base_id"], ["bases.id"], name="fk_record_policies_base_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["table_id"], ["tables.id"], name="fk_record_policies_table_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_record_policies"),
    )
    op.create_index("ix_record_policies_base_id", "record_policies", ["base_id"])
    op.create_index("ix_record_policies_table_id", "record_policies", ["table_id"])
    op.execute(_FUNCTION)
    op.execute(
        "CREATE TRIGGER role_changed_by_policies AFTER UPDATE OF role ON workspace_members FOR EACH ROW"
        " WHEN (OLD.role IS DISTINCT FROM NEW.role) EXECUTE FUNCTION renew_bases_with_policies()"
    )


# What policies leave to a member is kept by schema version, as what overrides do, and changes with the role.
_FUNCTION = """
CREATE FUNCTION renew_bases_with_policies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bases SET schema_version = schema_version + 1
     WHERE workspace_id = NEW.workspace_id AND id IN (SELECT p.base_id FROM record_policies p);
    RETURN NULL;
END $$
"""


def downgrade() -> None:
    op.execute("DROP TRIGGER role_changed_by_policies ON workspace_members")
    op.execute("DROP FUNCTION renew_bases_with_policies()")
    op.drop_table("record_policies")
