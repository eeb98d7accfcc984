"""Queued calls: with the operation that makes them, once, with the rights that the caller has then."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from adapters.database import Database
from adapters.function_call_upkeep import FunctionCallUpkeep
from adapters.jobs import Pace, Worker
from domain.errors import Unavailable
from resolvers.functions.queueing import make_call
from resolvers.jobs.registry import job_kinds
from resolvers.services import Limits, Services
from tests.graph.functions.conftest import call, called, read_call
from tests.support.accounts import add_api_key
from tests.support.api import Api, Person, Result
from tests.support.jobs import until_idle
from tests.support.rights import make_superuser
from tests.support.tables import create_records, make_table
from tests.support.waiting import eventually

PACE = Pace(poll=timedelta(milliseconds=200), grace=timedelta(seconds=1))


def worker(services: Services) -> Worker:
    """One that makes calls."""
    return Worker(services.database, job_kinds(services), PACE)


async def ended(api: Api, id: str, as_: Person) -> dict[str, Any]:
    """A call, once it has ended."""

    async def has_ended() -> bool:
        return (await read_call(api, id, as_)).ok["functionCall"]["finishedAt"] is not None

    await eventually(has_ended)
    found: dict[str, Any] = (await read_call(api, id, as_)).ok["functionCall"]
    return found


async def test_a_worker_makes_it(api: Api, greetings: Any, services: Services) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    await create_records(api, table, [{"Name": "Nut"}])

    made = await called(api, "count.records", {"table": str(table.id)}, mode="QUEUED", as_=table.owner)
    async with worker(services).running():
        found = await ended(api, made["id"], table.owner)

    assert (made["status"], made["output"], made["startedAt"], made["durationMs"]) == ("QUEUED", None, None, None)
    assert (found["status"], found["output"], found["mode"]) == ("SUCCEEDED", 1, "QUEUED")
    assert found["durationMs"] >= 0


async def test_secrets_wait_sealed_and_are_gone_behind_the_call(
    api: Api, greetings: Any, services: Services, pg: asyncpg.Connection
) -> None:
    ada = await api.register()

    made = await called(api, "keep", {"secret": "hunter2"}, mode="QUEUED", as_=ada)
    waiting = str([dict(row) for row in await pg.fetch("SELECT * FROM function_calls")])
    jobs = str([dict(row) for row in await pg.fetch("SELECT * FROM jobs.pgqueuer")])
    await make_call(services, UUID(made["id"]))

    assert "hunter2" not in waiting + jobs
    assert [(UUID(made["id"]), ada.id, "hunter2")] == greetings.CALLS
    assert await pg.fetchval("SELECT sealed_arguments FROM function_calls") is None


async def test_it_is_made_once_with_all_else_or_not_at_all(api: Api, greetings: Any, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    document = """
        mutation ($name: String!) {
          callFunction(input: {name: "add", arguments: {left: 1}, mode: QUEUED}) { functionCall { id } }
          createWorkspace(input: {name: $name}) { workspace { id } }
        }
    """

    refused = await api.execute(document, {"name": ""}, as_=ada)
    nothing = await pg.fetchval("SELECT count(*) FROM function_calls")
    await api.execute(document, {"name": "Works"}, as_=ada)

    assert (refused.codes, nothing) == (["VALIDATION_ERROR"], 0)
    assert await pg.fetchval("SELECT count(*) FROM function_calls") == 1
    assert await pg.fetchval("SELECT count(*) FROM jobs.pgqueuer") == 1


async def test_a_failure_is_recorded_and_not_tried_again(
    api: Api, greetings: Any, services: Services, pg: asyncpg.Connection
) -> None:
    ada = await api.register()

    made = await called(api, "refuse", mode="QUEUED", as_=ada)
    async with worker(services).running():
        found = await ended(api, made["id"], ada)

    assert (found["status"], found["error"]) == ("FAILED", "Not on a Sunday.")
    assert await pg.fetchval("SELECT count(*) FROM jobs.pgqueuer") == 0


async def test_one_that_has_ended_is_not_made_again(api: Api, greetings: Any, services: Services) -> None:
    ada = await api.register()
    made = await called(api, "keep", {"secret": "a"}, mode="QUEUED", as_=ada)

    for _ in range(2):
        await make_call(services, UUID(made["id"]))

    assert len(greetings.CALLS) == 1


async def test_one_that_was_left_midway_is_made_by_another_worker_with_the_same_id(
    api: Api, greetings: Any, services: Services, pg: asyncpg.Connection
) -> None:
    ada = await api.register()
    made = await called(api, "keep", {"secret": "a"}, mode="QUEUED", as_=ada)
    await pg.execute("UPDATE function_calls SET status = 'running', started_at = now()")

    await make_call(services, UUID(made["id"]))

    assert [each[0] for each in greetings.CALLS] == [UUID(made["id"])]
    assert (await read_call(api, made["id"], ada)).ok["functionCall"]["status"] == "SUCCEEDED"


async def test_rights_are_those_of_the_moment(
    api: Api, greetings: Any, services: Services, pg: asyncpg.Connection
) -> None:
    ada, root = await api.register(), await make_superuser(api)
    watcher = await make_superuser(api)
    left = await called(api, "add", {"left": 1}, mode="QUEUED", as_=ada)
    lost = await called(api, "reset", mode="QUEUED", as_=root)
    await pg.execute("UPDATE users SET is_active = false WHERE id = $1", ada.id)
    await pg.execute("UPDATE users SET is_superuser = false WHERE id = $1", root.id)

    found = []
    for each in (left, lost):
        await make_call(services, UUID(each["id"]))
        found.append((await read_call(api, each["id"], watcher)).ok["functionCall"])

    assert [each["status"] for each in found] == ["FAILED", "FAILED"]
    assert "no account here any more" in found[0]["error"]
    assert found[1]["error"] == "There is no function 'reset'."


async def test_a_limited_key_s_call_reaches_no_further(
    api: Api, greetings: Any, services: Services, pg: asyncpg.Connection
) -> None:
    ada = await api.register()
    inside, outside = await make_table(api, owner=ada), await make_table(api, owner=ada)
    reach = {"workspace_ids": [inside.workspace_id], "base_ids": []}
    headers = {"X-API-Key": await add_api_key(services.database, ada.id, **reach)}
    made = [
        await called(api, "count.records", {"table": str(table.id)}, mode="QUEUED", headers=headers)
        for table in (inside, outside, inside)
    ]

    await make_call(services, UUID(made[0]["id"]))
    await make_call(services, UUID(made[1]["id"]))
    await pg.execute("DELETE FROM api_keys")
    await make_call(services, UUID(made[2]["id"]))
    found = [(await read_call(api, each["id"], ada)).ok["functionCall"] for each in made]

    assert [each["output"] for each in found] == [0, None, None]
    assert found[1]["error"] == f"There is no table with id {outside.id}."
    assert found[2]["error"] == "The API key that the call was made with is not valid any more."


async def test_nobody_queues_what_is_public(api: Api, greetings: Any, pg: asyncpg.Connection) -> None:
    assert (await call(api, "greet", {"name": "you"}, mode="QUEUED")).codes == ["UNAUTHENTICATED"]
    assert await pg.fetchval("SELECT count(*) FROM function_calls") == 0


async def test_calls_that_wait_are_bounded(api: Api, greetings: Any, pg: asyncpg.Connection) -> None:
    ada, bob = await api.register(), await api.register()
    api.services.limits = Limits(max_queued_calls_per_user=1, max_queued_argument_bytes=20)

    await called(api, "add", {"left": 1}, mode="QUEUED", as_=ada)

    assert (await call(api, "add", {"left": 1}, mode="QUEUED", as_=ada)).codes == ["RATE_LIMITED"]
    assert (await call(api, "keep", {"secret": "x" * 20}, mode="QUEUED", as_=bob)).codes == ["PAYLOAD_TOO_LARGE"]
    assert (await called(api, "add", {"left": 1}, mode="QUEUED", as_=bob))["status"] == "QUEUED"
    assert await pg.fetchval("SELECT count(*) FROM function_calls") == 2


async def test_what_a_dead_process_has_left_has_failed_and_what_is_old_is_removed(
    api: Api, greetings: Any, database: Database, pg: asyncpg.Connection
) -> None:
    ada = await api.register()
    left = await called(api, "add", {"left": 1}, as_=ada)
    old = await called(api, "add", {"left": 1}, as_=ada)
    fresh = await called(api, "add", {"left": 1}, as_=ada)
    await pg.execute(
        "UPDATE function_calls SET status = 'running', finished_at = NULL, given_up_at = now() WHERE id = $1",
        UUID(left["id"]),
    )
    await pg.execute("UPDATE function_calls SET created_at = now() - interval '2 days' WHERE id = $1", UUID(old["id"]))

    done = await FunctionCallUpkeep(database, timedelta(days=1)).look()
    found = (await read_call(api, left["id"], ada)).ok["functionCall"]

    assert done == (1, 1)
    assert (found["status"], found["error"]) == ("FAILED", "Its process ended while it was under way.")
    assert (await read_call(api, old["id"], ada)).codes == ["NOT_FOUND"]
    assert (await read_call(api, fresh["id"], ada)).ok["functionCall"]["status"] == "SUCCEEDED"


async def test_the_upkeep_goes_on_beside_the_server(api: Api, greetings: Any, database: Database) -> None:
    await called(api, "greet", {"name": "you"})

    async def is_empty() -> bool:
        async with database.unit() as unit:
            return await unit.connection.fetchval("SELECT count(*) FROM function_calls") == 0

    await asyncio.sleep(0.01)
    async with FunctionCallUpkeep(database, timedelta(0)).running():
        await eventually(is_empty)


async def test_one_that_could_not_be_begun_for_want_of_the_database_is_made_later(
    api: Api, greetings: Any, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await api.register()
    made = await called(api, "greet", {"name": "Ada"}, mode="QUEUED", as_=person)
    find_place, counted = services.database._find_place, iter(range(100))

    async def refusing() -> None:
        if next(counted) == 1:
            raise Unavailable("The database cannot be reached.")
        await find_place()

    monkeypatch.setattr(services.database, "_find_place", refusing)
    with pytest.raises(Unavailable):
        await make_call(services, UUID(made["id"]))
    assert (await read_call(api, made["id"], person)).ok["functionCall"]["status"] == "QUEUED"
    await make_call(services, UUID(made["id"]))
    assert (await read_call(api, made["id"], person)).ok["functionCall"]["status"] == "SUCCEEDED"


async def cancel(api: Api, id: str, as_: Person | None = None, **more: Any) -> Result:
    """The answer to cancelFunctionCall."""
    document = "mutation ($i: CancelFunctionCallInput!) { cancelFunctionCall(input: $i) { functionCall { status } } }"
    return await api.execute(document, {"i": {"id": id}}, as_=as_, **more)


async def test_one_that_waits_is_cancelled_and_never_made(
    api: Api, greetings: Any, services: Services, pg: asyncpg.Connection
) -> None:
    ada, bob = await api.register(), await api.register()
    made = await called(api, "keep", {"secret": "a"}, mode="QUEUED", as_=ada)

    assert (await cancel(api, made["id"], bob)).codes == ["NOT_FOUND"]
    assert (await cancel(api, made["id"], ada)).ok["cancelFunctionCall"]["functionCall"]["status"] == "CANCELLED"
    assert (await cancel(api, made["id"], ada)).codes == ["CONFLICT"]
    await make_call(services, UUID(made["id"]))

    found = (await read_call(api, made["id"], ada)).ok["functionCall"]
    assert (found["status"], found["error"], found["output"]) == ("CANCELLED", "Its caller cancelled it.", None)
    assert greetings.CALLS == []
    assert await pg.fetchval("SELECT count(*) FROM jobs.pgqueuer") == 0
    assert await pg.fetchval("SELECT sealed_arguments FROM function_calls") is None


async def test_one_that_has_begun_is_cut_off(api: Api, greetings: Any, services: Services) -> None:
    ada = await api.register()
    made = await called(api, "wait_for_end", {"seconds": 60}, mode="QUEUED", as_=ada)

    async def has_begun() -> bool:
        return (await read_call(api, made["id"], ada)).ok["functionCall"]["status"] == "RUNNING"

    async with worker(services).running():
        await eventually(has_begun)
        (await cancel(api, made["id"], ada)).ok  # noqa: B018
        await until_idle(services.database)
    found = (await read_call(api, made["id"], ada)).ok["functionCall"]
    assert (found["status"], found["output"]) == ("CANCELLED", None)
    assert found["durationMs"] < 50_000


async def test_a_limited_key_cancels_its_own_calls(api: Api, greetings: Any, services: Services) -> None:
    table = await make_table(api)
    ada = table.owner
    headers = {
        "X-API-Key": await add_api_key(services.database, ada.id, workspace_ids=[table.workspace_id], base_ids=[])
    }
    by_key = await called(api, "add", {"left": 1}, mode="QUEUED", headers=headers)
    by_hand = await called(api, "add", {"left": 1}, mode="QUEUED", as_=ada)

    assert (await cancel(api, by_hand["id"], headers=headers)).codes == ["NOT_FOUND"]
    assert (await cancel(api, by_key["id"], headers=headers)).ok
