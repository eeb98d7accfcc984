"""Rows that are good for a while: expired ones go when others come, or what nobody comes back for would pile up."""

from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import InstrumentedAttribute

from adapters.database import Unit

MAX_SWEPT: Final = 100
"""Expired rows that each new one takes away."""


async def sweep(unit: Unit, key: InstrumentedAttribute[bytes], expires_at: InstrumentedAttribute[datetime]) -> None:
    """Delete some rows that have expired; both columns are of their table, `key` its primary key."""
    late = select(key).where(expires_at < func.now()).limit(MAX_SWEPT).with_for_update(skip_locked=True)
    statement = delete(key.class_).where(key.in_(late))
    await unit.session.execute(statement.execution_options(synchronize_session=False))
