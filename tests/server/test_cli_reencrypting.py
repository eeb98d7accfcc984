"""`tablegraph re-encrypt-secrets`: what it says, its status, and when the former key is not needed any more."""

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest

from server.services import make_services, open_database
from server.settings import Settings
from tests.support.postgres import create_database
from tests.support.program import Ended, Tablegraph

OLD, NEW = "n0Tc-4kWzQ_s8JrUe3YbMx6LhPgVdA2F", "kJ8-2mPq_vX0zLr4TtYw9sNbE7hGcAfD"
LOST = "qW3-eRt5_yU7iOp9AsDf1gHj2kLz4xCv"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
async def url(postgres_url: str, process_name: str) -> str:
    """URL of a migrated database of the test's own."""
    return await create_database(postgres_url, f"reencrypt_{process_name}")


@pytest.fixture
def run(tablegraph: Tablegraph, url: str) -> "Run":
    return Run(tablegraph, url)


class Run:
    """The command on the database, with these keys."""

    def __init__(self, tablegraph: Tablegraph, url: str) -> None:
        self._tablegraph, self._url = tablegraph, url

    def __call__(self, *arguments: str, key: str = NEW, former: str = OLD) -> Ended:
        return self._tablegraph(
            *("re-encrypt-secrets", *arguments),
            DATABASE_URL=self._url,
            TABLEGRAPH_SECRET_KEY=key,
            TABLEGRAPH_FORMER_SECRET_KEYS=former,
        )


def add(url: str, key: str) -> UUID:
    """A user with an app that makes codes, whose secret a server with this key has sealed."""

    async def insert() -> None:
        settings = Settings(secret_key=key, database_url=url)
        sealed = make_services(settings, open_database(settings, url)).seal.close(SECRET)
        connection = await asyncpg.connect(url)
        await connection.execute("INSERT INTO users (id, email, password_hash) VALUES ($1, $2, '')", id, f"{id}@a.org")
        await connection.execute("INSERT INTO authenticators (user_id, secret) VALUES ($1, $2)", id, sealed)
        await connection.close()

    id = uuid4()
    asyncio.run(insert())
    return id


def test_secrets_are_encrypted_anew_and_the_former_key_is_needed_no_more(run: Run, url: str) -> None:
    add(url, OLD)
    add(url, NEW)

    before = run("--check")
    done = run()
    again = run()
    without = run("--check", former="")

    assert [ended.status for ended in (before, done, again, without)] == [1, 0, 0, 0]
    assert before.output.splitlines() == [
        "authenticators.secret: 1 need a former key, 1 by the present key",
        "Together: 1 need a former key, 1 by the present key.",
    ]
    assert done.output.splitlines()[-1] == "Together: 1 encrypted anew, 1 by the present key already."
    assert again.output.splitlines()[-1] == "Together: 0 encrypted anew, 2 by the present key already."
    assert without.output.splitlines()[-1] == "Together: 0 need a former key, 2 by the present key."


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_what_no_key_opens_is_named_and_the_status_is_1(run: Run, url: str, arguments: list[str]) -> None:
    lost = add(url, LOST)

    ended = run(*arguments)

    assert ended.status == 1
    assert ended.errors.splitlines() == [
        f"Unreadable: authenticators.secret of {lost}",
        "Error: No key of TABLEGRAPH_SECRET_KEY and TABLEGRAPH_FORMER_SECRET_KEYS opens 1 of them. Run it again with "
        "the key that made them among the former ones, or have their owners set them anew.",
    ]
    assert not {SECRET, OLD, NEW, LOST} & set((ended.output + ended.errors).split())


def test_a_database_without_its_migrations_is_refused(tablegraph: Tablegraph, postgres_url: str, url: str) -> None:
    down = tablegraph("rollback", DATABASE_URL=url)
    ended = tablegraph("re-encrypt-secrets", DATABASE_URL=url, TABLEGRAPH_SECRET_KEY=NEW)

    assert (down.status, ended.status) == (0, 1)
    assert ended.errors.startswith("Error: Migrations are pending: ")


def test_a_weak_key_is_refused(run: Run) -> None:
    ended = run(former="short")

    assert (ended.status, ended.output) == (1, "")
    assert ended.errors == "Error: One of TABLEGRAPH_FORMER_SECRET_KEYS has 5 characters; it needs 32 or more.\n"
