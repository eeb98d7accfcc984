"""Forms that are published, and the keys of their submissions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "published_forms",
        sa.Column("view_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["view_id"], ["views.id"], name="fk_published_forms_view_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("view_id", name="pk_published_forms"),
        sa.UniqueConstraint("token", name="uq_published_forms_token"),
    )
    op.create_table(
        "form_submissions",
        sa.Column("view_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["view_id"], ["views.id"], name="fk_form_submissions_view_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("view_id", "key", name="pk_form_submissions"),
    )
    op.create_index("ix_form_submissions_view_id_created_at", "form_submissions", ["view_id", "created_at"])


def downgrade() -> None:
    op.drop_table("form_submissions")
    op.drop_table("published_forms")
