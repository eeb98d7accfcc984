"""Indexes that views have asked for."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_NAME = "view_indexes"


def upgrade() -> None:
    op.create_table(
        _NAME,
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("table_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("columns", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["table_id"], ["tables.id"], name=f"fk_{_NAME}_table_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name=f"pk_{_NAME}"),
        sa.UniqueConstraint("table_id", "digest", name=f"uq_{_NAME}_table_id_digest"),
    )
    op.add_column("views", sa.Column("is_indexed", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("views", sa.Column("index_number", sa.BigInteger(), nullable=True))
    op.create_foreign_key("fk_views_index_number", "views", _NAME, ["index_number"], ["number"], ondelete="SET NULL")
    op.create_index("ix_views_index_number", "views", ["index_number"])


def downgrade() -> None:
    op.drop_index("ix_views_index_number", "views")
    op.drop_constraint("fk_views_index_number", "views")
    op.drop_column("views", "index_number")
    op.drop_column("views", "is_indexed")
    op.drop_table(_NAME)
