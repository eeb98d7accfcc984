"""Schedules that users make, of functions and of automations."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "timers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=True),
        sa.Column("sealed_arguments", sa.LargeBinary(), nullable=True),
        sa.Column("automation_id", sa.Uuid(), nullable=True),
        sa.Column("rule", postgresql.JSONB(), nullable=False),
        sa.Column("missed_runs", sa.Text(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_timers_owner_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["automation_id"], ["automations.id"], name="fk_timers_automation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_timers"),
    )
    op.create_index("ix_timers_owner_id_id", "timers", ["owner_id", "id"])
    op.create_index("ix_timers_automation_id", "timers", ["automation_id"])


def downgrade() -> None:
    op.drop_table("timers")
