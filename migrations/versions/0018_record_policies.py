"""Policies of records; a base that has any is limited for everybody."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0018"
down_revision: str | None = "0017"
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
    op.execute(_LIMITED_BASES.format(also=_OF_POLICIES))


# Policies concern everybody, as permissions of fields do.
_LIMITED_BASES = """
CREATE OR REPLACE VIEW limited_bases AS
SELECT base_id, user_id FROM role_overrides
 UNION ALL
SELECT base_id, NULL FROM field_permissions{also}
"""
_OF_POLICIES = """
 UNION ALL
SELECT base_id, NULL FROM record_policies"""


def downgrade() -> None:
    op.execute(_LIMITED_BASES.format(also=""))
    op.drop_table("record_policies")
