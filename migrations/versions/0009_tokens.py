"""Application tokens; who used a refresh token, and the seed of its successor; what clears sessions up finds them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_NAME = "application_tokens"


def upgrade() -> None:
    op.add_column("refresh_tokens", sa.Column("used_by", sa.LargeBinary(), nullable=True))
    op.add_column("refresh_tokens", sa.Column("seed", sa.LargeBinary(), nullable=True))
    op.create_index("ix_refresh_tokens_expires_at", "refresh_tokens", ["expires_at"])
    op.create_index("ix_sessions_last_active_at", "sessions", ["last_active_at"])
    op.create_index("ix_sessions_revoked_at", "sessions", ["revoked_at"])
    op.create_table(
        _NAME,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=f"fk_{_NAME}_user_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=f"fk_{_NAME}_created_by", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=f"fk_{_NAME}_workspace_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{_NAME}"),
        sa.UniqueConstraint("secret_hash", name=f"uq_{_NAME}_secret_hash"),
    )
    for column in ("user_id", "workspace_id", "created_by"):
        op.create_index(f"ix_{_NAME}_{column}", _NAME, [column])


def downgrade() -> None:
    op.drop_table(_NAME)
    op.drop_index("ix_sessions_revoked_at", "sessions")
    op.drop_index("ix_sessions_last_active_at", "sessions")
    op.drop_index("ix_refresh_tokens_expires_at", "refresh_tokens")
    op.drop_column("refresh_tokens", "seed")
    op.drop_column("refresh_tokens", "used_by")
