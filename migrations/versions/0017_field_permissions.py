"""Fields that not everybody reads or writes, and which bases have rules that concern everybody."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "field_permissions",
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.Column("table_id", sa.Uuid(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=False),
        sa.Column("read_role", sa.Text(), nullable=True),
        sa.Column("write_role", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["base_id"], ["bases.id"], name="fk_field_permissions_base_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("field_id", name="pk_field_permissions"),
    )
    op.create_index("ix_field_permissions_base_id", "field_permissions", ["base_id"])
    op.execute(_ROLE_RANK)
    op.execute(_LIMITED_BASES)
    op.execute(_FUNCTION.format(also=_OF_RULES))


# Smaller ranks do more; of no role it is null, and what is compared with it is not true.
_ROLE_RANK = """
CREATE FUNCTION role_rank(role text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    array_position(ARRAY['OWNER', 'ADMIN', 'EDITOR', 'COMMENTER', 'VIEWER'], role)
"""
# `user_id` is whom it concerns that the base is no longer as the roles of its workspace say; null for everybody.
_LIMITED_BASES = """
CREATE VIEW limited_bases AS
SELECT base_id, user_id FROM role_overrides
 UNION ALL
SELECT base_id, NULL FROM field_permissions
"""
# What rules make of the metadata for a member changes with the role, as what overrides make of them does.
_FUNCTION = """
CREATE OR REPLACE FUNCTION renew_overridden_bases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bases SET schema_version = schema_version + 1
     WHERE id IN (SELECT o.base_id FROM role_overrides o
                   WHERE o.workspace_id = NEW.workspace_id AND o.user_id = NEW.user_id){also};
    RETURN NULL;
END $$
"""
_OF_RULES = """
        OR workspace_id = NEW.workspace_id AND id IN (SELECT l.base_id FROM limited_bases l WHERE l.user_id IS NULL)"""


def downgrade() -> None:
    op.execute(_FUNCTION.format(also=""))
    op.execute("DROP VIEW limited_bases")
    op.execute("DROP FUNCTION role_rank(text)")
    op.drop_table("field_permissions")
