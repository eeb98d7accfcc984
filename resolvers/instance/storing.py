"""Reads and writes the one row of the instance."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from adapters.database import Unit
from domain.instance.state import InstanceState
from models import Instance


async def load_state(unit: Unit) -> InstanceState:
    """What is kept; nothing, of revision 0, where nothing was ever set."""
    row = (await unit.session.execute(select(Instance.revision, Instance.values, Instance.updated_at))).one_or_none()
    return InstanceState() if row is None else InstanceState(*row)


async def save_values(unit: Unit, values: Mapping[str, Any], revision: int) -> InstanceState:
    """Keep values under a revision; nobody else may be about it."""
    given = {"revision": revision, "values": dict(values), "updated_at": func.now()}
    statement = insert(Instance).values(id=1, **given).on_conflict_do_update(index_elements=["id"], set_=given)
    updated_at = await unit.session.scalar(statement.returning(Instance.updated_at))
    return InstanceState(revision, dict(values), updated_at)
