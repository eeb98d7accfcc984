"""deadLetters, redrive and dropDeadLetters: what failed for good is seen, done again or forgotten."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from adapters.database import Database
from adapters.jobs import Job, JobKind, Pace, Worker, enqueue
from tests.support.api import Api, Person
from tests.support.catalog import mutate
from tests.support.jobs import add_dead_letter, queued
from tests.support.rights import make_holder, make_superuser
from tests.support.statements import StatementLog
from tests.support.waiting import eventually

LIST = """
query ($kind: String, $first: Int, $after: String) {
  deadLetters(kind: $kind, first: $first, after: $after) {
    nodes { id kind payload attempts error } pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}
"""


@pytest.fixture
async def root(api: Api) -> Person:
    """A superuser."""
    return await make_superuser(api)


async def test_a_job_that_failed_is_listed_with_why(api: Api, database: Database, root: Person) -> None:
    id = await add_dead_letter(database)
    result = await api.execute(LIST, {}, as_=root)
    assert result.ok["deadLetters"]["nodes"] == [
        {"id": id, "kind": "test", "payload": {"n": 1}, "attempts": 5, "error": "out of order"}
    ]


async def test_the_list_has_pages_newest_first_by_one_statement(
    api: Api, database: Database, root: Person, statements: Callable[[], StatementLog]
) -> None:
    ids = [await add_dead_letter(database) for _ in range(5)]
    await api.execute(LIST, {}, as_=root)
    with statements() as seen:
        page = (await api.execute(LIST, {"first": 2}, as_=root)).ok["deadLetters"]
    assert seen.count == 2  # what the caller may, and the list
    assert [node["id"] for node in page["nodes"]] == [ids[4], ids[3]]
    assert page["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False, "endCursor": ids[3]}
    page = (await api.execute(LIST, {"first": 9, "after": ids[3]}, as_=root)).ok["deadLetters"]
    assert [node["id"] for node in page["nodes"]] == [ids[2], ids[1], ids[0]]
    assert page["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True, "endCursor": ids[0]}


async def test_of_one_kind(api: Api, database: Database, root: Person) -> None:
    await add_dead_letter(database, "mail")
    id = await add_dead_letter(database, "webhook")
    page = (await api.execute(LIST, {"kind": "webhook"}, as_=root)).ok["deadLetters"]
    assert [node["id"] for node in page["nodes"]] == [id]


async def test_what_is_no_cursor_is_refused(api: Api, root: Person) -> None:
    for after in ("x", "-1", "²", "9" * 19, "9" * 30):
        result = await api.execute(LIST, {"after": after}, as_=root)
        assert result.codes == ["BAD_REQUEST"]


async def test_what_is_no_kind_is_refused(api: Api, database: Database, root: Person) -> None:
    await add_dead_letter(database)
    listed = await api.execute(LIST, {"kind": "a\x00"}, as_=root)
    redriven = await mutate(api, "redrive", "ids", {"kind": "a\x00"}, as_=root)
    assert [listed.codes, redriven.codes] == [["BAD_REQUEST"], ["BAD_REQUEST"]]
    assert [status for _, status, _ in await queued(database)] == ["failed"]


async def test_redrive_has_them_done_with_new_attempts(api: Api, database: Database, root: Person) -> None:
    first, second = await add_dead_letter(database), await add_dead_letter(database)
    result = await mutate(api, "redrive", "ids", {"ids": [first, "999999"]}, as_=root)
    assert result.ok["redrive"] == {"ids": [first]}
    assert await queued(database) == [(first, "queued", 0), (second, "failed", 4)]
    done: list[Job] = []

    async def keep(job: Job) -> None:
        done.append(job)

    async with Worker(database, [JobKind("test", keep)], Pace(poll=timedelta(seconds=1))).running():
        await eventually(lambda: len(done) == 1)
    assert (done[0].payload, done[0].attempt) == ({"n": 1}, 1)


async def test_redrive_of_a_kind_or_of_all(api: Api, database: Database, root: Person) -> None:
    mail, webhook = await add_dead_letter(database, "mail"), await add_dead_letter(database, "webhook")
    assert (await mutate(api, "redrive", "ids", {"kind": "mail"}, as_=root)).ok["redrive"] == {"ids": [mail]}
    assert (await mutate(api, "redrive", "ids", {}, as_=root)).ok["redrive"] == {"ids": [webhook]}
    assert (await mutate(api, "redrive", "ids", {}, as_=root)).ok["redrive"] == {"ids": []}


async def test_dropped_ones_are_gone(api: Api, database: Database, root: Person) -> None:
    first, second = await add_dead_letter(database), await add_dead_letter(database)
    result = await mutate(api, "dropDeadLetters", "count", {"ids": [first, "999999"]}, as_=root)
    assert result.ok["dropDeadLetters"] == {"count": 1}
    assert await queued(database) == [(second, "failed", 4)]


async def test_jobs_that_have_not_failed_are_not_touched(api: Api, database: Database, root: Person) -> None:
    id = await add_dead_letter(database)
    async with database.unit() as unit:
        await unit.connection.execute("UPDATE jobs.pgqueuer SET status = 'queued'")
    assert (await mutate(api, "dropDeadLetters", "count", {"ids": [id]}, as_=root)).ok == {
        "dropDeadLetters": {"count": 0}
    }
    assert (await mutate(api, "redrive", "ids", {"ids": [id]}, as_=root)).ok["redrive"] == {"ids": []}
    assert await queued(database) == [(id, "queued", 4)]


async def test_what_is_no_id_or_too_many_are_refused(api: Api, database: Database, root: Person) -> None:
    id = await add_dead_letter(database)
    for ids in (["x"], [id, ""], ["1"] * 10_001):
        assert (await mutate(api, "redrive", "ids", {"ids": ids}, as_=root)).codes == ["BAD_REQUEST"]
    assert await queued(database) == [(id, "failed", 4)]


async def test_readers_see_and_managers_change(api: Api, database: Database, root: Person) -> None:
    id = await add_dead_letter(database)
    reader = await make_holder(api, root, "jobs:read")
    assert [each["id"] for each in (await api.execute(LIST, {}, as_=reader)).ok["deadLetters"]["nodes"]] == [id]
    assert (await mutate(api, "redrive", "ids", {"ids": [id]}, as_=reader)).codes == ["FORBIDDEN"]
    manager = await make_holder(api, root, "jobs:manage")
    assert (await mutate(api, "redrive", "ids", {"ids": [id]}, as_=manager)).ok["redrive"] == {"ids": [id]}


async def test_one_whose_like_waits_again_is_not_done_beside_it(api: Api, database: Database, root: Person) -> None:
    """Of jobs with one key one waits; that another dead letter comes back does not depend on it."""
    keyed, other = await add_dead_letter(database), await add_dead_letter(database)
    second = await add_dead_letter(database)
    async with database.unit() as unit:
        key = "UPDATE jobs.pgqueuer SET dedupe_key = 'k' WHERE id = ANY($1)"
        await unit.connection.execute(key, [int(keyed), int(second)])
        [waiting] = await enqueue(unit.connection, [Job("test", key="k")])
        result = await mutate(api, "redrive", "ids", {"kind": "test"}, as_=root)
        assert result.ok["redrive"]["ids"] == [other]
        await unit.connection.execute("DELETE FROM jobs.pgqueuer WHERE id = $1", waiting)
    result = await mutate(api, "redrive", "ids", {"kind": "test"}, as_=root)
    assert result.ok["redrive"]["ids"] == [keyed]
    states = [(id, status) for id, status, _ in await queued(database)]
    assert states == [(keyed, "queued"), (other, "queued"), (second, "failed")]
