"""Alembic's entry point: runs on the connection that `adapters.migrations` hands over, in its transaction."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql.base import ischema_names

from domain.changes.partitions import Partition
from models import Model
from models.change import Xid8

ischema_names["xid8"] = Xid8  # SQLAlchemy does not know the type when it reads a table


def render_item(kind: str, item: object, generating: AutogenContext) -> str | Literal[False]:
    """How a type of our own is written in a version; False leaves it to Alembic."""
    if kind != "type" or not isinstance(item, Xid8):
        return False
    generating.imports.add("from models.change import Xid8")
    return "Xid8()"


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the partitions of the change log, which come and go."""
    return kind != "table" or name is None or Partition.named(name) is None


def migrate(connection: Connection) -> None:
    """Run the versions that Alembic was asked for, all of them in the one transaction that is open."""
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        include_schemas=False,
        include_name=include_name,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=False,
        render_item=render_item,
    )
    context.run_migrations()


attributes: dict[str, Any] = context.config.attributes
migrate(attributes["connection"])
