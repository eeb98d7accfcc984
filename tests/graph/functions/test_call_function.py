"""callFunction: what goes in and comes out, what is refused, and what is recorded of it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from resolvers.services import Limits, Services
from server.app import create_app
from server.settings import Settings
from tests.graph.functions.conftest import call, called, read_call
from tests.support.api import Api, client_of
from tests.support.rights import make_superuser
from tests.support.statements import StatementLog
from tests.support.tables import create_records, make_table


async def recorded(pg: asyncpg.Connection) -> list[tuple[str, str, str | None]]:
    """Function, status and error of every call."""
    rows = await pg.fetch("SELECT function, status, error FROM function_calls ORDER BY id")
    return [(row["function"], row["status"], row["error"]) for row in rows]


async def test_a_call_answers_and_is_recorded(api: Api, greetings: Any) -> None:
    ada = await api.register()

    made = await called(api, "greet", {"name": "Ada", "times": 2}, as_=ada)

    assert made["input"] == {"name": "Ada", "times": 2}
    assert made["output"] == {"text": "Hello Ada Hello Ada"}
    assert (made["function"], made["extension"], made["mode"]) == ("greet", "greetings", "SYNC")
    assert (made["status"], made["error"], made["apiKeyId"]) == ("SUCCEEDED", None, None)
    assert made["userId"] == made["user"]["id"] == str(ada.id)
    assert made["createdAt"] <= made["startedAt"] <= made["finishedAt"]
    assert 0 <= made["durationMs"] < 5_000
    assert (await read_call(api, made["id"], ada)).ok["functionCall"] == made


async def test_nobody_may_call_what_is_public(api: Api, greetings: Any) -> None:
    made = await called(api, "greet", {"name": "you"})

    assert (made["output"], made["userId"], made["user"]) == ({"text": "Hello you"}, None, None)


async def test_what_is_not_async_runs_in_a_thread(api: Api, greetings: Any) -> None:
    ada = await api.register()

    assert (await called(api, "add", {"left": 2}, as_=ada))["output"] == 3
    assert (await called(api, "count_in_thread", as_=ada))["output"] == str(ada.id)


@pytest.mark.parametrize("name", ["add", "absent"])
async def test_an_anonymous_caller_does_not_learn_what_there_is(
    api: Api, greetings: Any, pg: asyncpg.Connection, name: str
) -> None:
    assert (await call(api, name, {"left": 1})).codes == ["UNAUTHENTICATED"]
    assert await recorded(pg) == []


async def test_what_is_for_superusers_does_not_exist_for_others(
    api: Api, greetings: Any, pg: asyncpg.Connection
) -> None:
    ada, root = await api.register(), await make_superuser(api)

    assert (await call(api, "reset", as_=ada)).codes == ["NOT_FOUND"]
    assert await recorded(pg) == []
    assert (await called(api, "reset", as_=root))["output"] is True


async def test_arguments_that_do_not_fit_are_told_with_their_places(
    api: Api, greetings: Any, pg: asyncpg.Connection
) -> None:
    result = await call(api, "greet", {"name": "", "times": "often"})
    unknown = await call(api, "add", {"left": 1, "middle": 2}, as_=await api.register())

    assert result.codes == ["VALIDATION_ERROR"]
    assert [(each["loc"], each["type"]) for each in result.errors[0]["extensions"]["errors"]] == [
        (["arguments", "name"], "string_too_short"),
        (["arguments", "times"], "int_parsing"),
    ]
    assert unknown.errors[0]["extensions"]["errors"][0]["loc"] == ["arguments", "middle"]
    assert await recorded(pg) == []


@pytest.mark.parametrize("arguments", [[], "text", 7])
async def test_arguments_are_an_object(api: Api, greetings: Any, arguments: object) -> None:
    assert (await call(api, "greet", arguments)).codes == ["VALIDATION_ERROR"]


async def test_a_failure_is_masked_and_recorded(
    api: Api, greetings: Any, pg: asyncpg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    ada = await api.register()

    result = await call(api, "fail", as_=ada)
    id = result.errors[0]["extensions"]["functionCallId"]

    said = f"The function 'fail' failed. Report it with the id of its call, {id}."
    assert (result.codes, result.errors[0]["message"], result.data) == (["FUNCTION_FAILED"], said, None)
    assert await recorded(pg) == [("fail", "failed", said)]
    assert "the password of the database" not in str(result.body)
    assert f"the function fail failed in its call {id}" in caplog.text
    found = (await read_call(api, id, ada)).ok["functionCall"]
    assert (found["status"], found["error"], found["output"]) == ("FAILED", said, None)


async def test_what_a_function_refuses_it_says_itself(api: Api, greetings: Any, pg: asyncpg.Connection) -> None:
    result = await call(api, "refuse", as_=await api.register())

    assert (result.codes, result.errors[0]["message"]) == (["FUNCTION_FAILED"], "Not on a Sunday.")
    assert await recorded(pg) == [("refuse", "failed", "Not on a Sunday.")]


async def test_what_it_refuses_is_recorded_whatever_it_says(api: Api, greetings: Any, pg: asyncpg.Connection) -> None:
    result = await call(api, "refuse_text", {"text": "a\x00"}, as_=await api.register())

    assert result.codes == ["FUNCTION_FAILED"]
    assert await recorded(pg) == [("refuse_text", "failed", "Not a\ufffd.")]


@pytest.mark.parametrize("name", ["sleep", "sleep_in_thread"])
async def test_a_function_has_a_time_limit(api: Api, greetings: Any, pg: asyncpg.Connection, name: str) -> None:
    result = await call(api, name, as_=await api.register())

    said = f"The function {name!r} took longer than the 0.05 s that it may."
    assert (result.codes, result.errors[0]["message"]) == (["FUNCTION_FAILED"], said)
    assert await recorded(pg) == [(name, "failed", said)]


async def test_one_that_says_nothing_of_its_time_has_that_of_the_server(api: Api, greetings: Any) -> None:
    api.services.limits = Limits(function_timeout=timedelta(milliseconds=50))

    result = await call(api, "wait_for_end", {"seconds": 60}, as_=await api.register())

    assert result.errors[0]["message"] == "The function 'wait_for_end' took longer than the 0.05 s that it may."


async def test_one_that_takes_longer_than_other_operations_may_is_waited_for(
    settings: Settings, services: Services, api: Api, greetings: Any
) -> None:
    ada = await api.register()
    short = settings.model_copy(update={"execution_timeout": timedelta(milliseconds=300)})
    services.limits = short.limits
    async with client_of(create_app(short, services)) as http:
        assert (await called(Api(http, services), "wait_for_end", {"seconds": 0.5}, as_=ada))["output"] == "done"


async def test_what_is_not_declared_is_not_answered(api: Api, greetings: Any, pg: asyncpg.Connection) -> None:
    result = await call(api, "lie", as_=await api.register())

    assert result.codes == ["FUNCTION_FAILED"]
    assert "no number" not in str(result.body)
    assert [status for _, status, _ in await recorded(pg)] == ["failed"]


async def test_secrets_and_what_is_long_are_not_kept(api: Api, greetings: Any, pg: asyncpg.Connection) -> None:
    api.services.limits = Limits(max_function_record_bytes=100)
    ada = await api.register()

    short = await called(api, "keep", {"secret": "hunter2", "size": 10}, as_=ada)
    long = await called(api, "keep", {"secret": "hunter2", "size": 100}, as_=ada)

    assert short["input"] == {"secret": "**********", "size": 10}
    assert short["output"] == {"text": "x" * 10}
    assert (long["status"], long["output"]) == ("SUCCEEDED", {"text": "x" * 100})
    rows = [dict(row) for row in await pg.fetch("SELECT * FROM function_calls ORDER BY id")]
    assert [row["output"] is None for row in rows] == [False, True]
    assert "hunter2" not in str(rows)
    assert [(UUID(each["id"]), ada.id, "hunter2") for each in (short, long)] == greetings.CALLS


async def test_it_works_with_the_caller_s_rights(api: Api, greetings: Any) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    await create_records(api, table, [{"Name": "Nut"}, {"Name": "Bolt"}])
    stranger = await api.register()

    assert (await called(api, "count.records", {"table": str(table.id)}, as_=table.owner))["output"] == 2
    refused = await call(api, "count.records", {"table": str(table.id)}, as_=stranger)
    assert refused.codes == ["FUNCTION_FAILED"]
    assert refused.errors[0]["message"] == f"There is no table with id {table.id}."


async def test_functions_call_each_other_five_deep(api: Api, greetings: Any, pg: asyncpg.Connection) -> None:
    ada = await api.register()

    assert (await called(api, "again", {"depth": 4}, as_=ada))["output"] == 4
    deeper = await call(api, "again", {"depth": 5}, as_=ada)

    assert deeper.errors[0]["message"] == "Functions call each other 5 deep at most."
    assert [status for _, status, _ in await recorded(pg)] == ["succeeded"] * 5 + ["failed"] * 5


async def test_a_call_that_is_waited_for_stands_alone(api: Api, greetings: Any, pg: asyncpg.Connection) -> None:
    document = """
        mutation {
          updateMe(input: {name: "A"}) { user { id } }
          callFunction(input: {name: "add", arguments: {left: 1}}) { functionCall { id } }
        }
    """

    assert (await api.execute(document, as_=await api.register())).codes == ["BAD_REQUEST"]
    assert await recorded(pg) == []


async def test_a_call_costs_two_statements_and_holds_no_connection(
    api: Api, greetings: Any, statements: Callable[[], StatementLog]
) -> None:
    ada = await api.register()
    await called(api, "add", {"left": 1}, as_=ada)
    document = 'mutation { callFunction(input: {name: "add", arguments: {left: 1}}) { functionCall { output } } }'

    with statements() as log:
        (await api.execute(document, as_=ada)).ok["callFunction"]
    slow = asyncio.create_task(call(api, "wait_for_end", {"seconds": 0.3}, as_=ada))
    await asyncio.sleep(0.15)
    in_use = api.services.database.connections_in_use
    await slow

    assert (log.count, log.transactions) == (2, [])
    assert in_use == 0


async def test_a_call_that_is_cut_off_has_failed(api: Api, greetings: Any, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    waiting = asyncio.create_task(call(api, "wait_for_end", {"seconds": 30}, as_=ada))
    await asyncio.sleep(0.2)

    waiting.cancel()
    await asyncio.wait([waiting])

    assert await recorded(pg) == [("wait_for_end", "failed", "Nobody waited for it any longer.")]
