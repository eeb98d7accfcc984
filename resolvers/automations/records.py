"""The record that sets an automation off, as the automation's owner may see it: by those rights the run goes on."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from adapters.database import Unit
from domain.accounts.viewer import Viewer
from domain.automations.records import record_json
from domain.errors import NotFound
from resolvers.automations.reader import AUTOMATION, RECORD
from resolvers.context import Client, RequestContext
from resolvers.records.reading import read_record_on

if TYPE_CHECKING:
    from resolvers.services import Services


async def names_of_record(
    unit: Unit, services: "Services", owner_id: UUID | None, record_id: UUID | None
) -> dict[str, Any]:
    """What `trigger` says of a record that may be new in the unit's transaction; nothing where the owner sees none."""
    record = None
    if owner_id is not None and record_id is not None:
        context = RequestContext(services, Viewer(owner_id), Client(AUTOMATION))
        try:
            found = await read_record_on(context, unit, record_id, RECORD)
        except NotFound:
            pass
        else:
            record = record_json(orjson.loads(found.json))
    return {"record_id": record and record["id"], "record": record, "previous_record": None}


async def names_by_owner(
    unit: Unit, services: "Services", owners: Iterable[UUID | None], record_id: UUID | None
) -> dict[UUID | None, dict[str, Any]]:
    """The same for several owners, each of whom is asked for once."""
    return {owner: await names_of_record(unit, services, owner, record_id) for owner in set(owners)}
