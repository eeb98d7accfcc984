"""transferOwnership, and the owner that always remains"""

import asyncio
from typing import Any

import asyncpg
import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.graph.workspaces.test_members import Team, remove, roles, team
from tests.support.api import Api, Result
from tests.support.catalog import mutate

assert team  # a fixture


async def transfer(api: Api, team: Team, by: str, user_id: Any) -> Result:
    """Run transferOwnership."""
    given = {"workspaceId": team.workspace, "userId": user_id}
    return await mutate(api, "transferOwnership", "workspaceMember { id role }", given, as_=team.people[by])


async def test_another_becomes_the_owner_and_the_owner_an_admin(api: Api, team: Team) -> None:
    made = await transfer(api, team, "OWNER", team.people["EDITOR"].id)

    assert made.ok["transferOwnership"]["workspaceMember"] == {"id": team.ids["EDITOR"], "role": "OWNER"}
    assert await roles(api, team) == ["ADMIN", "ADMIN", "ADMIN", "OWNER", "COMMENTER", "VIEWER"]
    assert (await transfer(api, team, "OWNER", team.people["VIEWER"].id)).codes == ["FORBIDDEN"]


async def test_it_goes_to_a_member_and_not_to_oneself(api: Api, team: Team, services: Services) -> None:
    stranger = await api.register()
    before = await snapshot(services.database)

    assert (await transfer(api, team, "OWNER", stranger.id)).codes == ["NOT_FOUND"]
    assert (await transfer(api, team, "OWNER", team.people["OWNER"].id)).codes == ["BAD_REQUEST"]
    assert (await transfer(api, team, "ADMIN", team.people["ADMIN"].id)).codes == ["FORBIDDEN"]
    assert await snapshot(services.database) == before


@pytest.mark.parametrize("_round", range(5))
async def test_of_two_transfers_at_once_one_counts(api: Api, team: Team, _round: int) -> None:
    results = await asyncio.gather(
        transfer(api, team, "OWNER", team.people["EDITOR"].id), transfer(api, team, "OWNER", team.people["VIEWER"].id)
    )

    assert sorted(result.codes for result in results) == [[], ["FORBIDDEN"]]
    assert (await roles(api, team)).count("OWNER") == 1


@pytest.mark.parametrize("_round", range(5))
async def test_an_owner_remains_when_the_next_one_leaves_at_once(api: Api, team: Team, _round: int) -> None:
    moved, left = await asyncio.gather(
        transfer(api, team, "OWNER", team.people["EDITOR"].id), remove(api, team, "EDITOR", "EDITOR")
    )

    assert (moved.codes, left.codes) in (([], ["CONFLICT"]), (["NOT_FOUND"], []))
    assert (await roles(api, team)).count("OWNER") == 1


async def test_it_does_not_go_to_an_account_that_nobody_can_use(
    api: Api, team: Team, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await pg.execute("UPDATE users SET is_active = false WHERE id = $1", team.people["EDITOR"].id)

    assert (await transfer(api, team, "OWNER", team.people["EDITOR"].id)).codes == ["NOT_FOUND"]
    assert (await roles(api, team)).count("OWNER") == 1
