"""Automations, their runs, and schedules."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    _create_automations()
    _create_actions()
    _create_runs()
    _create_steps()
    _create_paces()
    _create_schedules()


def _create_automations() -> None:
    op.create_table(
        "automations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=False),
        sa.Column("table_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("trigger_type", sa.Text(), nullable=False),
        sa.Column("trigger_config", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("is_paused", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        _moment("created_at"),
        _moment("updated_at"),
        _reference("automations", "base_id", "bases"),
        _reference("automations", "table_id", "tables"),
        _reference("automations", "owner_id", "users", "SET NULL"),
        _reference("automations", "created_by", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_automations"),
    )
    op.create_index("ix_automations_base_id", "automations", ["base_id"])
    op.create_index("ix_automations_owner_id", "automations", ["owner_id"])
    op.create_index("ix_automations_created_by", "automations", ["created_by"])
    op.create_index("ix_automations_table_id_position", "automations", ["table_id", "position"])
    op.create_index("ix_automations_table_id_trigger_type", "automations", ["table_id", "trigger_type"])


def _create_actions() -> None:
    name = "automation_actions"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("automation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("config", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        _reference(name, "automation_id", "automations"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.UniqueConstraint(
            "automation_id",
            "position",
            name=f"uq_{name}_automation_id_position",
            deferrable=True,
            initially="DEFERRED",
        ),
    )


def _create_runs() -> None:
    name = "automation_runs"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("automation_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("trigger", postgresql.JSONB(), nullable=False),
        sa.Column("actions", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.Text(), server_default="QUEUED", nullable=False),
        sa.Column("depth", sa.Integer(), server_default="1", nullable=False),
        sa.Column("caused_by", sa.Uuid(), nullable=True),
        sa.Column("retry_of", sa.Uuid(), nullable=True),
        sa.Column("is_test", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("claim", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        _moment("created_at"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        _reference(name, "automation_id", "automations"),
        _reference(name, "owner_id", "users", "SET NULL"),
        _reference(name, "caused_by", name, "SET NULL"),
        _reference(name, "retry_of", name, "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.UniqueConstraint("automation_id", "event_key", name=f"uq_{name}_automation_id_event_key"),
    )
    for column in ("owner_id", "caused_by", "retry_of", "created_at"):
        op.create_index(f"ix_{name}_{column}", name, [column])
    op.create_index(f"ix_{name}_automation_id_id", name, ["automation_id", "id"])


def _create_steps() -> None:
    name = "automation_run_steps"
    op.create_table(
        name,
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("input", postgresql.JSONB(), nullable=True),
        sa.Column("output", postgresql.JSONB(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("mutation_id", sa.Uuid(), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default="1", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        _reference(name, "run_id", "automation_runs"),
        sa.PrimaryKeyConstraint("run_id", "path", name=f"pk_{name}"),
    )
    where = sa.text("mutation_id IS NOT NULL")
    op.create_index(f"ix_{name}_mutation_id", name, ["mutation_id"], postgresql_where=where)


def _create_paces() -> None:
    name = "automation_paces"
    op.create_table(
        name,
        sa.Column("base_id", sa.Uuid(), nullable=False),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=False),
        _reference(name, "base_id", "bases"),
        sa.PrimaryKeyConstraint("base_id", name=f"pk_{name}"),
    )


def _create_schedules() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("spec", postgresql.JSONB(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), server_default="true", nullable=False),
        _moment("seen_at"),
        sa.Column("next_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_schedules"),
        sa.UniqueConstraint("kind", "target_id", name="uq_schedules_kind_target_id"),
    )
    where = sa.text("is_enabled")
    op.create_index("ix_schedules_next_run_at", "schedules", ["next_run_at"], postgresql_where=where)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _reference(table: str, column: str, to: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}", ondelete=ondelete)


def downgrade() -> None:
    for table in ("schedules", "automation_paces", "automation_run_steps", "automation_runs"):
        op.drop_table(table)
    for table in ("automation_actions", "automations"):
        op.drop_table(table)
