"""API keys: finer scopes, what they reach, how often they may be used, and a second secret while one is replaced.

A key made before could change tables and members with `write`: it keeps that, as `schema` and `admin`.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_TABLE = "api_keys"
_COLUMNS = (
    "secret_id",
    "previous_hash",
    "previous_secret_id",
    "previous_until",
    "workspace_ids",
    "base_ids",
    "rate_limit_per_minute",
)


def upgrade() -> None:
    uuid = sa.text("gen_random_uuid()")
    op.add_column(_TABLE, sa.Column("secret_id", sa.Uuid(), server_default=uuid, nullable=False))
    op.add_column(_TABLE, sa.Column("previous_hash", sa.LargeBinary(), nullable=True))
    op.add_column(_TABLE, sa.Column("previous_secret_id", sa.Uuid(), nullable=True))
    op.add_column(_TABLE, sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column(_TABLE, sa.Column("workspace_ids", postgresql.ARRAY(sa.Uuid()), nullable=True))
    op.add_column(_TABLE, sa.Column("base_ids", postgresql.ARRAY(sa.Uuid()), nullable=True))
    op.add_column(_TABLE, sa.Column("rate_limit_per_minute", sa.Integer(), nullable=True))
    for column in ("secret_id", "previous_hash", "previous_secret_id"):
        op.create_unique_constraint(op.f(f"uq_{_TABLE}_{column}"), _TABLE, [column])
    op.create_check_constraint(op.f(f"ck_{_TABLE}_reach"), _TABLE, "(workspace_ids IS NULL) = (base_ids IS NULL)")
    limit = "rate_limit_per_minute"
    op.create_check_constraint(op.f(f"ck_{_TABLE}_{limit}"), _TABLE, f"{limit} > 0")
    op.execute(
        "UPDATE api_keys SET scopes = CASE WHEN 'read' = ANY(scopes) THEN '{admin,read,schema,write}'::text[]"
        " ELSE '{admin,schema,write}'::text[] END WHERE 'write' = ANY(scopes)"
    )


def downgrade() -> None:
    op.execute("UPDATE api_keys SET scopes = array_remove(array_remove(scopes, 'schema'), 'admin')")
    for column in _COLUMNS:
        op.drop_column(_TABLE, column)
