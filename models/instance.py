"""What the server's database says of the server itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model


class Instance(Model):
    """The one row of instance settings; none until the first is set. `values` holds JSON by the name of a setting."""

    __tablename__ = "instance"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Always 1."""
    revision: Mapped[int]
    """How often the settings were changed."""
    values: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("id = 1", name="is_one"),)
