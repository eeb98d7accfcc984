"""Changes are found by their record, those of one operation by its mutation, and deletions by their table."""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("CREATE INDEX ix_changes_record_id_seq ON changes (record_id, seq) WHERE kind = 'record'")
    op.execute("CREATE INDEX ix_changes_mutation_id ON changes (mutation_id)")
    op.execute(
        "CREATE INDEX ix_changes_table_id_seq ON changes (table_id, seq) WHERE kind = 'record' AND operation = 'D'"
    )


def downgrade() -> None:
    for name in ("ix_changes_table_id_seq", "ix_changes_mutation_id", "ix_changes_record_id_seq"):
        op.execute(f"DROP INDEX {name}")
