"""Roles in single bases, tables and views, the views that work out what comes of them, and links to views."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "role_overrides",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=False),
        sa.Column("table_id", sa.Uuid(), nullable=True),
        sa.Column("view_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"],
            ["workspace_members.workspace_id", "workspace_members.user_id"],
            name="fk_role_overrides_workspace_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["base_id"], ["bases.id"], name="fk_role_overrides_base_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_role_overrides"),
    )
    op.create_index(
        "uq_role_overrides_base_id_user_id_table_id_view_id",
        "role_overrides",
        ["base_id", "user_id", "table_id", "view_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("ix_role_overrides_workspace_id_user_id", "role_overrides", ["workspace_id", "user_id"])
    _create_share_links()
    op.execute(_BASE_MEMBERS)
    op.execute(_TABLE_MEMBERS)
    op.execute(_VIEW_MEMBERS)
    op.execute(_FUNCTION)
    op.execute(
        "CREATE TRIGGER role_changed AFTER UPDATE OF role ON workspace_members FOR EACH ROW"
        " WHEN (OLD.role IS DISTINCT FROM NEW.role) EXECUTE FUNCTION renew_overridden_bases()"
    )


def _create_share_links() -> None:
    op.create_table(
        "share_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("view_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["view_id"], ["views.id"], name="fk_share_links_view_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name="fk_share_links_created_by", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_share_links"),
        sa.UniqueConstraint("token_hash", name="uq_share_links_token_hash"),
    )
    op.create_index("ix_share_links_view_id", "share_links", ["view_id"])
    op.create_index("ix_share_links_created_by", "share_links", ["created_by"])


# The nearest role counts, but owners and admins are never lowered: of the workspace, or of the base by an override.
_BASE_MEMBERS = """
CREATE VIEW base_members AS
SELECT m.workspace_id, b.id AS base_id, m.user_id, r.role
  FROM workspace_members m
  JOIN bases b ON b.workspace_id = m.workspace_id
  LEFT JOIN role_overrides o
    ON o.base_id = b.id AND o.user_id = m.user_id AND o.table_id IS NULL AND o.view_id IS NULL
 CROSS JOIN LATERAL (
       SELECT CASE WHEN m.role IN ('OWNER', 'ADMIN') THEN m.role ELSE coalesce(o.role, m.role) END AS role) r
 WHERE r.role <> 'NONE'
"""
_TABLE_MEMBERS = """
CREATE VIEW table_members AS
SELECT m.workspace_id, b.id AS base_id, t.id AS table_id, m.user_id, r.role
  FROM workspace_members m
  JOIN bases b ON b.workspace_id = m.workspace_id
  JOIN tables t ON t.base_id = b.id
  LEFT JOIN role_overrides o
    ON o.base_id = b.id AND o.user_id = m.user_id AND o.table_id IS NULL AND o.view_id IS NULL
  LEFT JOIN role_overrides p
    ON p.base_id = b.id AND p.user_id = m.user_id AND p.table_id = t.id AND p.view_id IS NULL
 CROSS JOIN LATERAL (
       SELECT CASE WHEN m.role IN ('OWNER', 'ADMIN') THEN m.role WHEN o.role = 'ADMIN' THEN o.role
                   ELSE coalesce(p.role, o.role, m.role) END AS role) r
 WHERE r.role <> 'NONE'
"""
_VIEW_MEMBERS = """
CREATE VIEW view_members AS
SELECT m.base_id, m.table_id, v.id AS view_id, m.user_id, r.role
  FROM table_members m
  JOIN views v ON v.table_id = m.table_id
  LEFT JOIN role_overrides q ON q.base_id = m.base_id AND q.user_id = m.user_id AND q.view_id = v.id
 CROSS JOIN LATERAL (
       SELECT CASE WHEN m.role IN ('OWNER', 'ADMIN') THEN m.role ELSE coalesce(q.role, m.role) END AS role) r
 WHERE r.role <> 'NONE'
"""
# Metadata are kept by schema version, and so is what overrides make of them for a member: it changes with the role.
_FUNCTION = """
CREATE FUNCTION renew_overridden_bases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bases SET schema_version = schema_version + 1
     WHERE id IN (SELECT o.base_id FROM role_overrides o
                   WHERE o.workspace_id = NEW.workspace_id AND o.user_id = NEW.user_id);
    RETURN NULL;
END $$
"""


def downgrade() -> None:
    op.execute("DROP TRIGGER role_changed ON workspace_members")
    op.execute("DROP FUNCTION renew_overridden_bases()")
    for name in ("view_members", "table_members", "base_members"):
        op.execute(f"DROP VIEW {name}")
    op.drop_table("share_links")
    op.drop_table("role_overrides")
