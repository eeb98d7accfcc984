"""updateUser: who may change whose account, and the superuser that always remains"""

import asyncio
from typing import Any

import asyncpg
import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.graph.accounts.documents import ME, make_key, with_key
from tests.support.api import Api, Person, Result
from tests.support.catalog import mutate
from tests.support.rights import grant, make_holder, make_superuser

USER = "user { name isActive isStaff isSuperuser }"


@pytest.fixture
async def manager(api: Api, root: Person) -> Person:
    """Somebody who manages users, and holds nothing else."""
    return await make_holder(api, root, "users:manage")


async def update(api: Api, by: Person, whom: Person, **changes: Any) -> Result:
    """Run updateUser."""
    return await mutate(api, "updateUser", USER, {"id": whom.id, **changes}, as_=by)


async def test_a_manager_renames_and_deactivates(api: Api, manager: Person) -> None:
    person = await api.register()
    key = with_key((await make_key(api, person))["secret"])

    named = (await update(api, manager, person, name=" Ada ")).ok["updateUser"]["user"]
    assert named == {"name": "Ada", "isActive": True, "isStaff": False, "isSuperuser": False}
    gone = (await update(api, manager, person, isActive=False)).ok["updateUser"]["user"]
    assert gone == {**named, "isActive": False}

    assert (await api.execute(ME, as_=person)).codes == ["UNAUTHENTICATED"]
    assert (await api.execute(ME, headers=key)).codes == ["UNAUTHENTICATED"]
    back = (await update(api, manager, person, isActive=True, name=None)).ok["updateUser"]["user"]
    assert back == {**named, "name": None}
    assert (await api.execute(ME, as_=person)).codes == ["UNAUTHENTICATED"]  # the sessions stay ended
    assert (await api.execute(ME, headers=key)).codes == []


@pytest.mark.parametrize("flags", [{"isStaff": True}, {"isSuperuser": True}, {"isSuperuser": False}])
@pytest.mark.parametrize("whom", ["oneself", "somebody"])
async def test_only_superusers_make_superusers_and_staff(
    api: Api, manager: Person, flags: dict[str, bool], whom: str, services: Services
) -> None:
    person = manager if whom == "oneself" else await api.register()
    before = await snapshot(services.database)

    assert (await update(api, manager, person, **flags)).codes == ["FORBIDDEN"]
    assert await snapshot(services.database) == before


async def test_nobody_changes_the_account_of_somebody_more_powerful(
    api: Api, root: Person, manager: Person, services: Services
) -> None:
    auditor, staff = await make_holder(api, root, "audit:read"), await api.register()
    await update(api, root, staff, isStaff=True)
    inactive = await make_superuser(api)
    await update(api, root, inactive, isActive=False)
    before = await snapshot(services.database)

    for person in (root, auditor, staff, inactive):
        for changes in ({"name": "X"}, {"isActive": False}, {"isActive": True}):
            assert (await update(api, manager, person, **changes)).codes == ["FORBIDDEN"]
    assert await snapshot(services.database) == before

    await grant(api, root, "audit:read", userId=manager.id)
    assert (await update(api, manager, auditor, name="X")).codes == []


async def test_a_superuser_makes_and_unmakes_others(api: Api, root: Person) -> None:
    person = await api.register()

    assert (await update(api, root, person, isSuperuser=True)).ok["updateUser"]["user"]["isSuperuser"] is True
    assert (await update(api, person, root, isSuperuser=False)).ok["updateUser"]["user"]["isSuperuser"] is False
    assert (await update(api, root, person, isSuperuser=False)).codes == ["FORBIDDEN"]


@pytest.mark.parametrize("changes", [{"isSuperuser": False}, {"isActive": False}])
async def test_the_last_superuser_remains(
    api: Api, root: Person, changes: dict[str, bool], services: Services, pg: asyncpg.Connection
) -> None:
    inactive = await make_superuser(api)
    await pg.execute("UPDATE users SET is_active = false WHERE id = $1", inactive.id)
    before = await snapshot(services.database)

    assert (await update(api, root, root, **changes)).codes == ["CONFLICT"]
    assert await snapshot(services.database) == before


@pytest.mark.parametrize("_round", range(5))
@pytest.mark.parametrize("changes", [{"isSuperuser": False}, {"isActive": False}])
async def test_of_two_superusers_who_unmake_each_other_at_once_one_remains(
    api: Api, root: Person, changes: dict[str, bool], pg: asyncpg.Connection, _round: int
) -> None:
    other = await make_superuser(api)

    results = await asyncio.gather(update(api, root, other, **changes), update(api, other, root, **changes))

    assert sorted(result.codes for result in results) == [[], ["FORBIDDEN"]]
    assert await pg.fetchval("SELECT count(*) FROM users WHERE is_superuser AND is_active") == 1


@pytest.mark.parametrize("_round", range(5))
async def test_of_two_superusers_who_step_down_at_once_one_remains(
    api: Api, root: Person, pg: asyncpg.Connection, _round: int
) -> None:
    other = await make_superuser(api)

    results = await asyncio.gather(
        update(api, root, root, isSuperuser=False), update(api, other, other, isActive=False)
    )

    assert sorted(result.codes for result in results) == [[], ["CONFLICT"]]
    assert await pg.fetchval("SELECT count(*) FROM users WHERE is_superuser AND is_active") == 1


async def test_who_is_not_there_is_not_found(api: Api, root: Person) -> None:
    given = {"id": "01a2025c-256f-8000-8000-04de2ba1a8a3", "name": "X"}

    assert (await mutate(api, "updateUser", USER, given, as_=root)).codes == ["NOT_FOUND"]


@pytest.mark.parametrize("field", ["isActive", "isStaff", "isSuperuser"])
async def test_a_flag_is_never_null(api: Api, root: Person, field: str) -> None:
    person = await api.register()

    assert (await update(api, root, person, **{field: None})).codes == ["BAD_REQUEST"]


async def test_a_mailed_link_does_not_bring_back_whom_a_manager_deactivated(
    api: Api, manager: Person, pg: asyncpg.Connection
) -> None:
    person = await api.register()
    leave = await mutate(api, "deactivateMe", "deactivatedId", {"password": person.password}, as_=person)
    assert leave.codes == []
    count = "SELECT count(*) FROM one_time_tokens WHERE user_id = $1 AND ended_at IS NULL"
    assert await pg.fetchval(count, person.id) == 1

    assert (await update(api, manager, person, isActive=False)).codes == []

    assert await pg.fetchval(count, person.id) == 0
