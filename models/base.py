"""The declarative base of the catalog's tables, and the column types that they share."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, LargeBinary, MetaData, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

Id = Annotated[UUID, mapped_column(Uuid, primary_key=True)]
"""A UUIDv8 made by `domain.ids.new_id`, never by the database."""
CreatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
SEALED = "sealed"
"""The mark, in a column's `info`, of what is sealed there: by it `tablegraph re-encrypt-secrets` finds the column."""
Sealed = Annotated[bytes, mapped_column(LargeBinary, info={SEALED: True})]
"""What `adapters.sealing` has sealed."""


class Model(DeclarativeBase):
    """Base of every mapped class. Relationships are not mapped: dataloaders fetch what belongs together."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads a plain dict
        str: Text,
        datetime: DateTime(timezone=True),
        UUID: Uuid,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        int: BigInteger,
    }
