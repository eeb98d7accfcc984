"""Somebody with a workspace to import into."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from tests.support.api import Api, Person
from tests.support.tables import make_base, make_workspace


@dataclass(frozen=True, slots=True)
class Owner:
    """A user who owns a workspace with an empty base."""

    person: Person
    workspace_id: UUID
    base_id: UUID


@pytest.fixture
async def owner(api: Api) -> Owner:
    """The owner."""
    person = await api.register()
    workspace_id = await make_workspace(api, person)
    return Owner(person, workspace_id, await make_base(api, person, workspace_id))
