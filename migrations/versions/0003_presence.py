"""Presence: processes, connections and members of channels, in unlogged tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.create_table(
        "presence_processes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alive_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_presence_processes"),
        prefixes=["UNLOGGED"],
    )
    _create_connections()
    op.create_table(
        "presence_members",
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("cursor", postgresql.JSON(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["presence_connections.id"],
            name="fk_presence_members_connection_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connection_id", "channel", name="pk_presence_members"),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_presence_members_channel", "presence_members", ["channel"], unique=False)


def _create_connections() -> None:
    op.create_table(
        "presence_connections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("focus_table_id", sa.Uuid(), nullable=True),
        sa.Column("focus_view_id", sa.Uuid(), nullable=True),
        sa.Column("focus_record_id", sa.Uuid(), nullable=True),
        sa.Column("focus_field_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["presence_processes.id"],
            name="fk_presence_connections_process_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_presence_connections_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_presence_connections"),
        prefixes=["UNLOGGED"],
    )
    for column in ("process_id", "user_id", "focus_record_id"):
        op.create_index(f"ix_presence_connections_{column}", "presence_connections", [column], unique=False)


def downgrade() -> None:
    op.drop_table("presence_members")
    op.drop_table("presence_connections")
    op.drop_table("presence_processes")
