"""Tokens that go out by mail."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_NAME = "one_time_tokens"


def upgrade() -> None:
    op.create_table(
        _NAME,
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=f"fk_{_NAME}_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=f"pk_{_NAME}"),
    )
    op.create_index(f"ix_{_NAME}_user_id", _NAME, ["user_id"])


def downgrade() -> None:
    op.drop_table(_NAME)
