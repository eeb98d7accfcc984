"""For an API key that is limited to other places the world is as it would be if its user were no member.

So it gets from every root field what the stranger's key does, for which the matrix says what that is.
"""

from collections.abc import Awaitable, Callable
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
from tests.authorization.world import Result, World
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
CASES_OF_KEYS = [case for case in CASES if "of a user" not in str(case)]
Limit = Callable[[World], Awaitable[dict[str, Any]]]


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


LIMITS: list[Limit] = [limit_to_a_sibling, limit_to_elsewhere]


def expected_of(case: Case) -> str | None:
    """The code that a limited key gets, or None where it is answered."""
    return OTHERWISE.get(case.field, case.expected[LIMITED])


async def limited_call(case: Case, world: World, limit: Limit) -> Callable[[], Awaitable[Result]]:
    """The case's call with a key that is limited so, which exists when this returns."""
    reach = await limit(world)
    secret = await add_api_key(world.database, world.users[Caller.OWNER], last_used_at=world.tomorrow, **reach)
    world.credentials[LIMITED] = Credentials(api_key=secret)
    return lambda: world.run(LIMITED, case.document, case.variables(world, LIMITED))


@pytest.mark.parametrize("case", [case for case in CASES_OF_KEYS if expected_of(case) is not None], ids=str)
async def test_it_is_refused_what_a_strangers_key_is(case: Case, world: World) -> None:
    await case.prepare(world)
    for limit in LIMITS:
        call = await limited_call(case, world, limit)
        before = await snapshot(world.database, with_queue=True)
        assert (limit, (await call()).codes) == (limit, [expected_of(case)])
        assert (limit, await snapshot(world.database, with_queue=True)) == (limit, before)


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("case", [case for case in CASES_OF_KEYS if expected_of(case) is None], ids=str)
async def test_it_is_answered_what_a_strangers_key_is(case: Case, limit: Limit, world: World) -> None:
    await case.prepare(world)
    call = await limited_call(case, world, limit)
    assert (await call()).codes == []
