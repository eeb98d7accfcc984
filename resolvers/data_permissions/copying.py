"""Limiting a copied base as the first one is: the policies of its records."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from domain.ids import Kind, new_id
from domain.views.filters import renamed_filter
from models import RecordPolicy
from resolvers.catalog_loader import among


async def copy_policies(unit: Unit, base_id: UUID, ids: Mapping[UUID, UUID]) -> None:
    """Have the policies of tables hold for their copies in a base; `ids` are those of copied tables and fields."""
    names = {str(old): str(new) for old, new in ids.items()}
    statement = select(RecordPolicy).where(among(RecordPolicy.table_id, ids)).order_by(RecordPolicy.id)
    for each in list(await unit.session.scalars(statement)):
        copy = RecordPolicy(
            id=new_id(Kind.RECORD_POLICY),
            base_id=base_id,
            table_id=ids[each.table_id],
            name=each.name,
            roles=each.roles,
            applies=each.applies,
            filter=renamed_filter(each.filter, names),
        )
        unit.session.add(copy)
    await unit.session.flush()
