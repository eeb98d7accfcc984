"""users, user: the accounts of the server for those who look after it"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.accounts import add_user
from tests.support.api import Api, Person
from tests.support.rights import make_holder
from tests.support.statements import StatementLog

LIST = """
    query ($filter: UserFilter, $first: Int, $after: String) {
      users(filter: $filter, first: $first, after: $after) {
        totalCount
        edges { cursor node { email } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
"""
ONE = "query ($id: ID!) { user(id: $id) { email isStaff } }"


@pytest.fixture
async def reader(api: Api, root: Person) -> Person:
    """Somebody who may see accounts, and nothing else."""
    return await make_holder(api, root, "users:read")


async def emails(api: Api, by: Person, **filter: Any) -> list[str]:
    """The addresses of the accounts that a filter finds."""
    found = (await api.execute(LIST, {"filter": filter}, as_=by)).ok["users"]
    assert found["totalCount"] == len(found["edges"])
    return [edge["node"]["email"] for edge in found["edges"]]


async def test_pages_go_from_the_newest_to_the_oldest(api: Api, root: Person, reader: Person) -> None:
    other = await api.register()
    document: dict[str, Any] = {"first": 2}

    first = (await api.execute(LIST, document, as_=reader)).ok["users"]
    second = (await api.execute(LIST, {**document, "after": first["pageInfo"]["endCursor"]}, as_=reader)).ok["users"]

    assert [edge["node"]["email"] for edge in first["edges"]] == [other.email, reader.email]
    assert [edge["node"]["email"] for edge in second["edges"]] == [root.email]
    assert (first["totalCount"], second["totalCount"]) == (3, 3)
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (True, False)
    assert (second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (False, True)
    assert second["pageInfo"]["startCursor"] == second["edges"][0]["cursor"] == second["pageInfo"]["endCursor"]


async def test_accounts_are_found_by_text_and_by_flags(api: Api, root: Person, reader: Person) -> None:
    database = api.services.database
    await add_user(database, email="ada_1@example.org", name="Ada Lovelace", is_staff=True)
    await add_user(database, email="adax1@example.org", name=None, is_active=False)

    assert await emails(api, reader, search="ADA") == ["adax1@example.org", "ada_1@example.org"]
    assert await emails(api, reader, search="a_1") == ["ada_1@example.org"]
    assert await emails(api, reader, search="lovel") == ["ada_1@example.org"]
    assert await emails(api, reader, search="%") == []
    assert await emails(api, reader, isActive=False) == ["adax1@example.org"]
    assert await emails(api, reader, isStaff=True) == ["ada_1@example.org"]
    assert await emails(api, reader, isSuperuser=True) == [root.email]
    assert await emails(api, reader, search="ada", isActive=True, isSuperuser=True) == []


@pytest.mark.parametrize(
    "given",
    [
        {"filter": {"search": "x" * 1001}},
        {"filter": {"search": "\x00"}},
        {"filter": {"groupId": "me"}},
        {"after": "x"},
        {"first": -1},
        {"first": 1001},
    ],
)
async def test_bad_arguments_are_refused(api: Api, reader: Person, given: dict[str, Any]) -> None:
    assert (await api.execute(LIST, given, as_=reader)).codes == ["BAD_REQUEST"]


@pytest.mark.parametrize("count", [1, 30])
async def test_a_page_is_a_fixed_number_of_statements(
    api: Api, reader: Person, statements: Callable[[], StatementLog], count: int
) -> None:
    for _ in range(count):
        await add_user(api.services.database)
    await emails(api, reader)

    with statements() as seen:
        assert len(await emails(api, reader)) == count + 2

    assert seen.count == 3  # what the caller holds, the page, the count


async def test_one_is_seen_by_who_may_see_all_and_by_oneself(api: Api, reader: Person) -> None:
    person, stranger = await api.register(), await api.register()

    assert (await api.execute(ONE, {"id": person.id}, as_=reader)).ok["user"] == {
        "email": person.email,
        "isStaff": False,
    }
    assert (await api.execute(ONE, {"id": person.id}, as_=person)).ok["user"]["email"] == person.email
    assert (await api.execute(ONE, {"id": person.id}, as_=stranger)).codes == ["NOT_FOUND"]
    nobody = {"id": "01a2025c-256f-8000-8000-04de2ba1a8a3"}
    assert (await api.execute(ONE, nobody, as_=reader)).codes == ["NOT_FOUND"]
