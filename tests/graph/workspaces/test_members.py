"""Members of a workspace: who may make, change and end memberships, and the owner that always remains."""

import asyncio
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.api import Api, Person, Result
from tests.support.catalog import add_member, mutate
from tests.support.tables import make_workspace

MEMBER = "workspaceMember { id role user { email } }"
LIST = "query ($id: ID!) { workspaceMembers(workspaceId: $id) { id role user { email } } }"


@dataclass(frozen=True)
class Team:
    """A workspace and its members by role, with the ids of their memberships."""

    workspace: Any
    people: dict[str, Person]
    ids: dict[str, str]


@pytest.fixture
async def team(api: Api) -> Team:
    """An owner, two admins, and one member of each weaker role."""
    owner = await api.register()
    workspace = await make_workspace(api, owner)
    people, ids = {"OWNER": owner}, {}
    for name in ("ADMIN", "ADMIN2", "EDITOR", "COMMENTER", "VIEWER"):
        people[name] = await api.register()
        ids[name] = await add_member(api, owner, workspace, people[name], name.rstrip("2"))
    listed = await api.execute(LIST, {"id": workspace}, as_=owner)
    ids["OWNER"] = listed.ok["workspaceMembers"][0]["id"]
    return Team(workspace, people, ids)


async def change(api: Api, team: Team, by: str, whom: str, role: str) -> Result:
    """Run updateWorkspaceMember."""
    given = {"id": team.ids[whom], "role": role}
    return await mutate(api, "updateWorkspaceMember", MEMBER, given, as_=team.people[by])


async def remove(api: Api, team: Team, by: str, whom: str) -> Result:
    """Run deleteWorkspaceMember."""
    return await mutate(api, "deleteWorkspaceMember", "deletedId", {"id": team.ids[whom]}, as_=team.people[by])


async def roles(api: Api, team: Team, by: str = "VIEWER") -> list[str]:
    """The roles of the members in the order in which they joined."""
    result = await api.execute(LIST, {"id": team.workspace}, as_=team.people[by])
    return [member["role"] for member in result.ok["workspaceMembers"]]


async def test_members_are_listed_in_the_order_in_which_they_joined(api: Api, team: Team) -> None:
    assert await roles(api, team) == ["OWNER", "ADMIN", "ADMIN", "EDITOR", "COMMENTER", "VIEWER"]


async def test_a_user_is_found_by_email_whatever_its_case(api: Api, team: Team) -> None:
    person = await api.register()
    given = {"workspaceId": team.workspace, "email": f" {person.email.upper()} ", "role": "EDITOR"}

    result = await mutate(api, "createWorkspaceMember", MEMBER, given, as_=team.people["ADMIN"])

    member = result.ok["createWorkspaceMember"]["workspaceMember"]
    assert (member["role"], member["user"]) == ("EDITOR", {"email": person.email})


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"email": "nobody@example.com"}, "NOT_FOUND"),
        ({"userId": "01a2025c-256f-8000-8000-04de2ba1a8a3"}, "NOT_FOUND"),
        ({}, "BAD_REQUEST"),
        ({"email": "a@example.com", "userId": "01a2025c-256f-8000-8000-04de2ba1a8a3"}, "BAD_REQUEST"),
        ({"userId": "me"}, "BAD_REQUEST"),
    ],
)
async def test_a_user_must_be_named_once_and_exist(
    api: Api, team: Team, given: dict[str, str], code: str, services: Services
) -> None:
    before = await snapshot(services.database)
    whole = {"workspaceId": team.workspace, "role": "VIEWER", **given}

    result = await mutate(api, "createWorkspaceMember", MEMBER, whole, as_=team.people["OWNER"])

    assert (result.data, result.codes) == (None, [code])
    assert await snapshot(services.database) == before


@pytest.mark.parametrize(
    ("email", "shown"), [("a\x00@example.com", r"a\x00@example.com"), ("a" * 9_000, "a" * 254), ("", "")]
)
async def test_an_address_that_can_be_nobodys_is_not_found(api: Api, team: Team, email: str, shown: str) -> None:
    given = {"workspaceId": team.workspace, "role": "VIEWER", "email": email}
    result = await mutate(api, "createWorkspaceMember", "workspaceMember { id }", given, as_=team.people["OWNER"])
    assert result.codes == ["NOT_FOUND"]
    assert result.errors[0]["message"] == f"There is no user with the e-mail address '{shown}'."


async def test_nobody_is_a_member_twice(api: Api, team: Team) -> None:
    given = {"workspaceId": team.workspace, "userId": team.people["VIEWER"].id, "role": "EDITOR"}

    result = await mutate(api, "createWorkspaceMember", MEMBER, given, as_=team.people["OWNER"])

    assert result.codes == ["DUPLICATE_VALUE"]
    assert result.errors[0]["extensions"]["field"] == "user"


@pytest.mark.parametrize(
    ("by", "whom", "role", "codes"),
    [
        ("OWNER", "VIEWER", "OWNER", []),
        ("ADMIN", "ADMIN2", "VIEWER", []),
        ("ADMIN", "VIEWER", "ADMIN", []),
        ("ADMIN", "VIEWER", "OWNER", ["FORBIDDEN"]),
        ("ADMIN", "OWNER", "VIEWER", ["FORBIDDEN"]),
        ("ADMIN", "ADMIN", "OWNER", ["FORBIDDEN"]),
        ("EDITOR", "VIEWER", "EDITOR", ["FORBIDDEN"]),
        ("VIEWER", "VIEWER", "COMMENTER", ["FORBIDDEN"]),
        ("OWNER", "OWNER", "ADMIN", ["CONFLICT"]),
        ("OWNER", "OWNER", "OWNER", []),
    ],
)
async def test_who_may_give_which_role(
    api: Api, team: Team, by: str, whom: str, role: str, codes: list[str], services: Services
) -> None:
    before = await snapshot(services.database)

    result = await change(api, team, by, whom, role)

    assert result.codes == codes
    if codes:
        assert await snapshot(services.database) == before
    else:
        assert result.ok["updateWorkspaceMember"]["workspaceMember"]["role"] == role


@pytest.mark.parametrize(
    ("by", "whom", "codes"),
    [
        ("VIEWER", "VIEWER", []),
        ("EDITOR", "EDITOR", []),
        ("ADMIN", "ADMIN2", []),
        ("OWNER", "ADMIN", []),
        ("ADMIN", "OWNER", ["FORBIDDEN"]),
        ("EDITOR", "VIEWER", ["FORBIDDEN"]),
        ("OWNER", "OWNER", ["CONFLICT"]),
    ],
)
async def test_who_may_end_which_membership(
    api: Api, team: Team, by: str, whom: str, codes: list[str], services: Services
) -> None:
    before = await snapshot(services.database)

    result = await remove(api, team, by, whom)

    assert result.codes == codes
    if codes:
        assert await snapshot(services.database) == before
    else:
        assert result.ok["deleteWorkspaceMember"] == {"deletedId": team.ids[whom]}
        assert len(await roles(api, team, "OWNER")) == 5


async def test_an_owner_can_leave_once_there_is_another(api: Api, team: Team) -> None:
    given = {"workspaceId": team.workspace}
    alone = await mutate(api, "leaveWorkspace", "deletedId", given, as_=team.people["OWNER"])
    await change(api, team, "OWNER", "ADMIN", "OWNER")

    left = await mutate(api, "leaveWorkspace", "deletedId", given, as_=team.people["OWNER"])
    again = await mutate(api, "leaveWorkspace", "deletedId", given, as_=team.people["OWNER"])

    assert alone.codes == ["CONFLICT"]
    assert left.ok["leaveWorkspace"] == {"deletedId": team.ids["OWNER"]}
    assert again.codes == ["NOT_FOUND"]
    assert await roles(api, team) == ["OWNER", "ADMIN", "EDITOR", "COMMENTER", "VIEWER"]


async def test_an_owner_who_cannot_sign_in_is_not_the_one_who_remains(
    api: Api, team: Team, services: Services, pg: asyncpg.Connection
) -> None:
    await change(api, team, "OWNER", "ADMIN", "OWNER")
    await pg.execute("UPDATE users SET is_active = false WHERE id = $1", team.people["ADMIN"].id)
    before = await snapshot(services.database)

    left = await mutate(api, "leaveWorkspace", "deletedId", {"workspaceId": team.workspace}, as_=team.people["OWNER"])

    assert left.codes == ["CONFLICT"]
    assert (await change(api, team, "OWNER", "OWNER", "EDITOR")).codes == ["CONFLICT"]
    assert await snapshot(services.database) == before
    assert (await remove(api, team, "OWNER", "ADMIN")).codes == []


async def test_who_cannot_sign_in_is_not_made_an_owner(api: Api, team: Team, pg: asyncpg.Connection) -> None:
    await pg.execute("UPDATE users SET is_active = false WHERE id = $1", team.people["EDITOR"].id)

    assert (await change(api, team, "OWNER", "EDITOR", "OWNER")).codes == ["FORBIDDEN"]
    assert (await roles(api, team)).count("OWNER") == 1


async def test_who_is_no_longer_a_member_sees_nothing(api: Api, team: Team) -> None:
    await remove(api, team, "OWNER", "VIEWER")

    result = await api.execute(LIST, {"id": team.workspace}, as_=team.people["VIEWER"])

    assert (result.data, result.codes) == (None, ["NOT_FOUND"])


@pytest.mark.parametrize("_round", range(5))
async def test_two_owners_who_demote_each_other_at_once_leave_one_owner(api: Api, team: Team, _round: int) -> None:
    await change(api, team, "OWNER", "ADMIN", "OWNER")

    results = await asyncio.gather(
        change(api, team, "OWNER", "ADMIN", "VIEWER"), change(api, team, "ADMIN", "OWNER", "VIEWER")
    )

    assert sorted(result.codes for result in results) == [[], ["FORBIDDEN"]]
    assert (await roles(api, team)).count("OWNER") == 1


@pytest.mark.parametrize("_round", range(5))
async def test_two_owners_who_step_down_at_once_leave_one_owner(api: Api, team: Team, _round: int) -> None:
    await change(api, team, "OWNER", "ADMIN", "OWNER")

    results = await asyncio.gather(change(api, team, "OWNER", "OWNER", "VIEWER"), remove(api, team, "ADMIN", "ADMIN"))

    assert sorted(result.codes for result in results) == [[], ["CONFLICT"]]
    assert (await roles(api, team)).count("OWNER") == 1
