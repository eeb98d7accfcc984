"""For an API key that is limited to other places the world is as it would be if its user were no member.

So it gets from every root field what the stranger's key does, for which the matrix says what that is.
"""

from typing import Any
from uuid import UUID

import pytest

from domain.ids import Kind, new_id
from models import Base, Workspace, WorkspaceMember
from resolvers.authentication import Credentials
from tests.authorization.callers import Caller
from tests.authorization.case import Case
from tests.authorization.matrix import CASES
from tests.authorization.snapshot import snapshot
from tests.authorization.world import World
from tests.support.accounts import add_api_key

LIMITED = Caller.FOREIGN_KEY
"""Whose credentials are replaced by those of a limited key of the workspace's owner."""
OTHERWISE = {
    "Query.user": None,  # the case asks for the owner, who is the key's own user
    "Query.permissionsOf": "FORBIDDEN",  # the case's user is the stranger
    "Mutation.createWorkspace": "FORBIDDEN",  # it would lie in no workspace that the key names
    "Mutation.blurCell": "NOT_FOUND",  # the case's connection is the stranger's own
}
"""Of the root fields that a stranger's key is answered, those that a limited key is not."""


async def limit_to_a_sibling(world: World) -> dict[str, Any]:
    """A base of the same workspace."""
    base = Base(id=new_id(Kind.BASE), workspace_id=UUID(world.ids["workspace"]), name="Sibling")
    await world.add(base)
    return {"workspace_ids": [], "base_ids": [base.id]}


async def limit_to_elsewhere(world: World) -> dict[str, Any]:
    """Another workspace of the owner's."""
    workspace = Workspace(id=new_id(Kind.WORKSPACE), name="Elsewhere")
    await world.add(workspace)
    owner = world.users[Caller.OWNER]
    membership = new_id(Kind.WORKSPACE_MEMBER)
    await world.add(WorkspaceMember(id=membership, workspace_id=workspace.id, user_id=owner, role="OWNER"))
    return {"workspace_ids": [workspace.id], "base_ids": []}


@pytest.mark.parametrize("limit", [limit_to_a_sibling, limit_to_elsewhere])
@pytest.mark.parametrize("case", [case for case in CASES if "of a user" not in str(case)], ids=str)
async def test_it_gets_what_a_strangers_key_gets(case: Case, limit: Any, world: World) -> None:
    await case.prepare(world)
    reach = await limit(world)
    secret = await add_api_key(world.database, world.users[Caller.OWNER], last_used_at=world.tomorrow, **reach)
    world.credentials[LIMITED] = Credentials(api_key=secret)
    before = await snapshot(world.database, with_queue=True)
    expected = OTHERWISE.get(case.field, case.expected[LIMITED])

    result = await world.run(LIMITED, case.document, case.variables(world, LIMITED))

    assert result.codes == ([] if expected is None else [expected])
    if expected is not None:
        assert await snapshot(world.database, with_queue=True) == before
