"""permissions, createPermission, deletePermission"""

from dataclasses import replace

import pytest

from domain.access.permissions import PERMISSIONS
from resolvers.services import Services
from tests.support.api import Api, Person
from tests.support.catalog import mutate
from tests.support.rights import grant, make_role, permissions_of

LIST = "{ permissions { code description isCustom } }"
MADE = "permission { code description isCustom }"


async def test_all_permissions_are_listed_with_what_they_allow(api: Api, root: Person) -> None:
    given = {"code": "bills:pay", "description": "Pay bills."}
    await mutate(api, "createPermission", MADE, given, as_=root)

    found = (await api.execute(LIST, as_=root)).ok["permissions"]

    own = [{"code": each.code, "description": each.description, "isCustom": False} for each in PERMISSIONS.values()]
    assert found == sorted([*own, {**given, "isCustom": True}], key=lambda each: each["code"])


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("bills", "VALIDATION_ERROR"),
        ("Bills:pay", "VALIDATION_ERROR"),
        ("bills:pay:all", "VALIDATION_ERROR"),
        ("bills:", "VALIDATION_ERROR"),
        ("b:" + "x" * 100, "VALIDATION_ERROR"),
        ("users:fly", "VALIDATION_ERROR"),
        ("users:read", "VALIDATION_ERROR"),
        ("bills:read", "DUPLICATE_VALUE"),
    ],
)
async def test_a_bad_code_is_refused(api: Api, root: Person, code: str, expected: str) -> None:
    await mutate(api, "createPermission", MADE, {"code": "bills:read"}, as_=root)

    assert (await mutate(api, "createPermission", MADE, {"code": code}, as_=root)).codes == [expected]
    assert len((await api.execute(LIST, as_=root)).ok["permissions"]) == len(PERMISSIONS) + 1


async def test_what_was_added_can_go_and_goes_from_all(api: Api, root: Person) -> None:
    person = await api.register()
    await mutate(api, "createPermission", MADE, {"code": "bills:pay"}, as_=root)
    await grant(api, root, "bills:pay", userId=person.id)
    await make_role(api, root, "Role", "bills:pay", "audit:read")

    gone = await mutate(api, "deletePermission", "deletedCode", {"code": "bills:pay"}, as_=root)

    assert gone.ok["deletePermission"] == {"deletedCode": "bills:pay"}
    assert await permissions_of(api, person) == []
    assert (await api.execute("{ roles { permissions } }", as_=root)).ok["roles"] == [{"permissions": ["audit:read"]}]


@pytest.mark.parametrize("code", ["users:read", "bills:pay"])
async def test_what_was_not_added_stays(api: Api, root: Person, code: str) -> None:
    assert (await mutate(api, "deletePermission", "deletedCode", {"code": code}, as_=root)).codes == ["BAD_REQUEST"]


async def test_there_are_so_many_and_no_more(api: Api, root: Person, services: Services) -> None:
    services.limits = replace(services.limits, max_roles=1)
    await mutate(api, "createPermission", MADE, {"code": "bills:pay"}, as_=root)

    assert (await mutate(api, "createPermission", MADE, {"code": "bills:see"}, as_=root)).codes == ["BAD_REQUEST"]
