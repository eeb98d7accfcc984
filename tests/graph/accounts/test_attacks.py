"""What who attacks accounts tries besides guessing: addresses that look alike, passwords that are huge, clocks."""

import asyncpg
import pytest

from adapters.passwords import Argon2id, Passwords
from resolvers.services import Services
from tests.graph.accounts.documents import LOGIN
from tests.graph.self_service.documents import mutation, sign_in
from tests.support.api import PASSWORD, Api, Person, Result
from tests.support.catalog import mutate

HUGE = "x" * 10_240
LOOK_ALIKES = {
    "a Cyrillic a": ("ada@example.com", "\u0430da@example.com"),
    "a Cyrillic a in the domain": ("ada@example.com", "ada@ex\u0430mple.com"),
    "a Greek omicron": ("bob@example.com", "b\u03bfb@example.com"),
    "a dotless i": ("iris@example.com", "\u0131ris@example.com"),
    "a ligature": ("fiona@example.com", "\ufb01ona@example.com"),
    "full width": ("ada@example.com", "\uff41da@example.com"),
    "a sharp s": ("strasse@example.com", "stra\u00dfe@example.com"),
    "a long s": ("sam@example.com", "\u017fam@example.com"),
}
"""Two addresses that a person may take for one; to mail servers the parts before the @ are different names."""


class Counting(Argon2id):
    """Argon2id that counts what it does."""

    def __init__(self) -> None:
        super().__init__(memory_kib=8, passes=1)
        self.count = 0

    def hash(self, password: str) -> str:
        """See `PasswordHasher.hash`."""
        self.count += 1
        return super().hash(password)

    def verify(self, stored: str, password: str) -> bool:
        """See `PasswordHasher.verify`."""
        self.count += 1
        return super().verify(stored, password)


async def register(api: Api, email: str, password: str) -> Result:
    """Try to make an account."""
    return await api.execute(mutation("register", "user { id }"), {"input": {"email": email, "password": password}})


@pytest.fixture
def hasher(services: Services) -> Counting:
    """Counts the hashes of a server."""
    hasher = Counting()
    services.passwords = Passwords([hasher])
    return hasher


@pytest.mark.parametrize(("address", "other"), LOOK_ALIKES.values(), ids=LOOK_ALIKES)
async def test_an_address_that_looks_alike_is_somebody_else(
    api: Api, pg: asyncpg.Connection, address: str, other: str
) -> None:
    person = await api.register(address)
    assert await sign_in(api, other) == ["UNAUTHENTICATED"]

    somebody = await api.register(other)

    assert somebody.id != person.id
    assert await pg.fetchval("SELECT email FROM users WHERE id = $1", somebody.id) == other
    found = await api.execute(LOGIN, {"input": {"email": address, "password": PASSWORD}})
    assert found.ok["login"]["user"]["id"] == str(person.id)


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("ada@example.com", "ADA@EXAMPLE.COM"),
        ("ada@example.com", "ada@\uff45xample.com"),  # of domains NFKC is what the names of hosts are read by
        ("kim@example.com", "\u212aim@example.com"),  # the sign of the kelvin is a K by NFC
        ("iris@example.com", "\u0130ris@example.com"),  # an I with a dot is one by the case mapping of the database
        ("ren\u00e9@example.com", "rene\u0301@example.com"),
    ],
)
async def test_another_spelling_of_an_address_is_the_same_person(
    api: Api, pg: asyncpg.Connection, address: str, same: str
) -> None:
    await api.register(address)

    assert (await register(api, same, PASSWORD)).codes == ["DUPLICATE_VALUE"]
    assert await sign_in(api, same) == []
    assert await pg.fetchval("SELECT count(*) FROM users") == 1


async def test_a_password_of_ten_kilobytes_is_refused_before_it_is_hashed(
    api: Api, hasher: Counting, pg: asyncpg.Connection
) -> None:
    ada = await api.register()
    hasher.count = 0

    refused = await register(api, "eve@example.com", HUGE)
    assert (refused.codes, hasher.count) == (["VALIDATION_ERROR"], 0)
    assert HUGE not in str(refused.body)

    given = {"currentPassword": PASSWORD, "newPassword": HUGE}
    refused = await mutate(api, "changePassword", "user { id }", given, as_=ada)
    assert (refused.codes, hasher.count) == (["VALIDATION_ERROR"], 1)  # that of the current one
    assert await pg.fetchval("SELECT count(*) FROM users") == 1
    assert await sign_in(api, ada.email) == []


async def test_every_sign_in_that_fails_costs_one_hash(api: Api, hasher: Counting, pg: asyncpg.Connection) -> None:
    known, inactive, without = [await api.register() for _ in range(3)]
    await pg.execute("UPDATE users SET is_active = false WHERE id = $1", inactive.id)
    await pg.execute("UPDATE users SET password_hash = NULL WHERE id = $1", without.id)

    async def cost(email: str, password: str = "a wrong password") -> int:
        hasher.count = 0
        assert await sign_in(api, email, password) == ["UNAUTHENTICATED"]
        return hasher.count

    assert [await cost(email) for email in (known.email, "nobody@example.com", "no address", "")] == [1, 1, 1, 1]
    assert [await cost(person.email, PASSWORD) for person in (inactive, without)] == [1, 1]
    assert [await cost(email, HUGE) for email in (known.email, "nobody@example.com")] == [1, 1]


@pytest.mark.parametrize("field", ["isSuperuser", "isStaff", "isVerified", "isActive"])
async def test_nobody_sets_what_is_not_theirs_to_set(api: Api, pg: asyncpg.Connection, field: str) -> None:
    ada: Person = await api.register()
    before = await pg.fetchrow("SELECT * FROM users")

    refused = await mutate(api, "updateMe", "user { id }", {field: True}, as_=ada)

    assert refused.codes == ["BAD_REQUEST"]
    assert await pg.fetchrow("SELECT * FROM users") == before
