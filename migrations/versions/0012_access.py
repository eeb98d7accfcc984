"""Roles, groups and permissions on the server, invitations to workspaces, and the audit log."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_AUDIT = "audit_entries"

# The upkeep alone may delete, and says so for its own transaction, see adapters/audit_upkeep.py.
_REFUSE = """
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('tablegraph.audit_upkeep', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The audit log is append-only: % is refused.', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$
"""


def upgrade() -> None:
    op.add_column("users", sa.Column("is_staff", sa.Boolean(), server_default="false", nullable=False))
    _named("roles")
    _named("groups")
    _members()
    op.create_table(
        "custom_permissions",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        _created_at(),
        sa.PrimaryKeyConstraint("code", name="pk_custom_permissions"),
    )
    _grants("role_grants", sa.Column("role_id", sa.Uuid(), nullable=False), ("user", "group"), "role_id")
    _role_of_grants()
    _grants("permission_grants", sa.Column("permission", sa.Text(), nullable=False), ("user", "group", "role"))
    _invitations()
    _audit()


def downgrade() -> None:
    op.drop_table(_AUDIT)
    op.execute("DROP FUNCTION refuse_audit_change()")
    for table in ("invitations", "permission_grants", "role_grants", "custom_permissions", "group_members"):
        op.drop_table(table)
    op.drop_table("groups")
    op.drop_table("roles")
    op.drop_column("users", "is_staff")


def _created_at() -> sa.Column[object]:
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _named(table: str) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        _created_at(),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"uq_{table}_name_lower", table, [sa.text("lower(name)")], unique=True)


def _members() -> None:
    table = "group_members"
    op.create_table(
        table,
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        _created_at(),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=f"fk_{table}_group_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=f"fk_{table}_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("group_id", "user_id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_user_id", table, ["user_id"])


def _grants(table: str, what: sa.Column[object], holders: Sequence[str], first: str = "permission") -> None:
    """A table of what was given (`what`) to one of several kinds of holders."""
    columns = [f"{holder}_id" for holder in holders]
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        what,
        *[sa.Column(column, sa.Uuid(), nullable=True) for column in columns],
        _created_at(),
        *[
            sa.ForeignKeyConstraint([f"{each}_id"], [f"{each}s.id"], name=f"fk_{table}_{each}_id", ondelete="CASCADE")
            for each in holders
        ],
        sa.CheckConstraint(f"num_nonnulls({', '.join(columns)}) = 1", name=f"ck_{table}_one_holder"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint(
            *(first, *columns),
            name=f"uq_{table}_{'_'.join((first, *columns))}",
            postgresql_nulls_not_distinct=True,
        ),
    )
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _role_of_grants() -> None:
    op.create_foreign_key("fk_role_grants_role_id", "role_grants", "roles", ["role_id"], ["id"], ondelete="CASCADE")


def _invitations() -> None:
    table = "invitations"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        _created_at(),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=f"fk_{table}_workspace_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["invited_by"], ["users.id"], name=f"fk_{table}_invited_by", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("token_hash", name=f"uq_{table}_token_hash"),
    )
    op.create_index(f"ix_{table}_invited_by", table, ["invited_by"])
    op.create_index(f"ix_{table}_workspace_id_created_at", table, ["workspace_id", "created_at"])
    op.create_index(
        f"uq_{table}_workspace_id_email_lower",
        table,
        ["workspace_id", sa.text("lower(email)")],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _audit() -> None:
    optional = ("actor_id", "api_key_id", "session_id", "subject_id", "workspace_id")
    op.create_table(
        _AUDIT,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        *[sa.Column(name, sa.Uuid(), nullable=True) for name in optional],
        sa.Column("ip_address", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{_AUDIT}"),
    )
    op.create_index(f"ix_{_AUDIT}_at", _AUDIT, ["at"])
    for column in ("action", "actor_id", "subject_id", "workspace_id"):
        op.create_index(f"ix_{_AUDIT}_{column}_id", _AUDIT, [column, "id"])
    op.execute(_REFUSE)
    op.execute(
        f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {_AUDIT}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()"
    )
    op.execute(
        f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {_AUDIT}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )
