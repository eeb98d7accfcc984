"""How often callers may ask, over whatever way they come, and what they are told of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette

from resolvers.services import Limits, Services
from server.app import create_app
from server.services import make_services
from server.settings import Settings
from tests.graph.accounts.documents import login
from tests.graph.accounts.keys import key_of
from tests.graph.rates.conftest import ME, MakeApi, ask_from
from tests.graph.subscriptions.conftest import EVENTS
from tests.support.accounts import add_api_key
from tests.support.api import Api, bearer
from tests.support.sockets import opened, served
from tests.support.tables import make_table

ACCEPTED = ("application/json", "application/graphql-response+json")


@pytest.mark.parametrize("accept", ACCEPTED)
async def test_one_request_too_many_is_refused_with_all_there_is_to_know(accept: str, limited: MakeApi) -> None:
    api = limited(max_anonymous_requests_per_minute=2)
    before = datetime.now(UTC)
    statuses = [(await api.http.post("/graphql", json={"query": ME})).status_code for _ in range(2)]
    response = await api.http.post("/graphql", json={"query": ME}, headers={"accept": accept})
    [error] = response.json()["errors"]
    told = error["extensions"]

    assert (statuses, response.status_code) == ([200, 200], 429)
    assert error["message"] == f"You may ask 2 times a minute, and did; try again in {told['retryAfter']} s."
    assert (told["code"], told["quota"], told["limit"], told["remaining"]) == ("RATE_LIMITED", "requests", 2, 0)
    assert 60 <= told["retryAfter"] <= 61
    assert response.headers["retry-after"] == str(told["retryAfter"])
    reset = datetime.fromisoformat(told["resetAt"])
    assert before + timedelta(seconds=60) <= reset <= before + timedelta(seconds=122)


async def test_headers_tell_what_is_left_of_each_quota(limited: MakeApi) -> None:
    api = limited(max_anonymous_requests_per_minute=100, max_cost_per_minute=1_000)
    first = await api.execute(ME)
    second = await api.execute(ME)
    assert first.headers["ratelimit-policy"] == '"requests";q=100;w=60, "cost";q=1000;w=60'
    assert first.headers["ratelimit"] == '"requests";r=99;t=60, "cost";r=988;t=115'
    assert second.headers["ratelimit"].startswith('"requests";r=98;t=')


async def test_headers_name_only_what_is_counted(limited: MakeApi) -> None:
    api = limited(max_anonymous_requests_per_minute=0, max_cost_per_minute=0)
    assert "ratelimit" not in (await api.execute(ME)).headers
    api = limited(max_cost_per_minute=1_000)
    assert (await api.execute(ME)).headers["ratelimit-policy"] == '"cost";q=1000;w=60'


async def test_a_refused_cost_is_told_in_the_headers_too(limited: MakeApi) -> None:
    api = limited(max_anonymous_requests_per_minute=9, max_cost_per_minute=12)
    await api.execute(ME)
    refused = await api.execute(ME)
    assert refused.status == 429
    assert refused.headers["ratelimit"].startswith('"requests";r=7;t=')
    assert '"cost";r=0;t=' in refused.headers["ratelimit"]


async def test_a_user_is_one_caller_over_all_sessions_and_others_are_not_concerned(limited: MakeApi) -> None:
    api = limited()
    ada, bob = await api.register(), await api.register()
    phone = await login(api, ada)
    api = limited(max_requests_per_minute=2)
    codes = [(await api.execute(ME, as_=person)).codes for person in (ada, phone, ada, bob)]
    assert codes == [[], [], ["RATE_LIMITED"], []]


@pytest.mark.parametrize(("own", "server", "allowed"), [(2, 3, 2), (5, 3, 3), (None, 3, 3), (2, 0, 2)])
async def test_a_key_has_a_count_of_its_own_and_no_more_than_the_server_allows(
    own: int | None, server: int, allowed: int, limited: MakeApi
) -> None:
    api = limited()
    ada = await api.register()
    key, other = await key_of(api, ada, rateLimitPerMinute=own), await key_of(api, ada)
    limited(max_requests_per_minute=server)
    codes = [(await key.run(ME)).codes for _ in range(allowed + 1)]
    assert codes == [[]] * allowed + [["RATE_LIMITED"]]
    assert [(await other.run(ME)).codes, (await api.execute(ME, as_=ada)).codes] == [[], []]


async def test_the_limit_of_a_key_is_changed_and_told(api: Api) -> None:
    ada = await api.register()
    key = await key_of(api, ada, rateLimitPerMinute=7)
    document = """
        mutation ($i: UpdateApiKeyInput!) { updateApiKey(input: $i) { apiKey { rateLimitPerMinute } } }
    """

    async def change(**input: Any) -> Any:
        return await api.execute(document, {"i": {"id": key.id, **input}}, as_=ada)

    for given, kept in (({}, 7), ({"rateLimitPerMinute": 8}, 8), ({"rateLimitPerMinute": None}, None)):
        assert (await change(**given)).ok["updateApiKey"]["apiKey"] == {"rateLimitPerMinute": kept}
    for wrong in (0, -1, 1_000_001):
        assert (await change(rateLimitPerMinute=wrong)).codes == ["VALIDATION_ERROR"]


async def test_refused_credentials_count_as_of_nobody(limited: MakeApi) -> None:
    api = limited(max_anonymous_requests_per_minute=2)
    wrong = {"Authorization": "Bearer nonsense"}
    statuses = [(await api.execute(ME, headers=wrong)).status for _ in range(3)]
    assert (statuses, (await api.execute(ME)).status) == ([401, 401, 429], 429)


async def test_documents_that_cannot_be_run_count(limited: MakeApi) -> None:
    api = limited(max_anonymous_requests_per_minute=2)
    assert [(await api.execute("{ nothing }")).codes for _ in range(3)] == [["BAD_REQUEST"]] * 2 + [["RATE_LIMITED"]]


async def test_a_refused_mutation_changes_nothing(limited: MakeApi) -> None:
    api = limited()
    table = await make_table(api)
    limited(max_requests_per_minute=1)
    document = "mutation ($i: CreateRecordInput!) { createRecord(input: $i) { mutationId } }"
    given = {"i": {"tableId": table.id, "fields": {"Name": "a"}}}
    assert [(await api.execute(document, given, as_=table.owner)).codes for _ in range(2)] == [[], ["RATE_LIMITED"]]
    limited(max_requests_per_minute=0)
    count = "query ($id: ID!) { records(tableId: $id) { totalCount } }"
    assert (await api.execute(count, {"id": table.id}, as_=table.owner)).ok == {"records": {"totalCount": 1}}


async def test_operations_of_a_socket_count_with_those_of_requests(
    limited: MakeApi, services: Services, settings: Settings
) -> None:
    api = limited()
    table = await make_table(api)
    limited(max_requests_per_minute=3)
    async with served(settings, services) as address, opened(address) as socket:
        await socket.initialise(table.owner)
        subscription = await socket.subscribe(EVENTS, {"table": table.id})
        query = await socket.subscribe(ME)
        assert list(await socket.next(query)) == ["me"]
        assert (await socket.receive())["type"] == "complete"
        assert (await api.execute(ME, as_=table.owner)).codes == []
        error = await socket.refusal(await socket.subscribe(ME))
        assert (error["extensions"]["code"], error["extensions"]["remaining"]) == ("RATE_LIMITED", 0)
        await socket.end(subscription)


async def test_a_stream_that_is_refused_does_not_begin(
    limited: MakeApi, services: Services, settings: Settings
) -> None:
    api = limited()
    table = await make_table(api)
    limited(max_requests_per_minute=1)
    assert (await api.execute(ME, as_=table.owner)).codes == []
    headers = {"accept": "text/event-stream", **bearer(table.owner)}
    request = {"query": EVENTS, "variables": {"table": str(table.id)}}
    response = await api.http.post("/graphql", json=request, headers=headers)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["quota"]) == (429, "requests")


async def test_a_stream_tells_what_is_left_as_it_begins(limited: MakeApi) -> None:
    api = limited(max_anonymous_requests_per_minute=5)
    response = await api.http.post("/graphql", json={"query": ME}, headers={"accept": "text/event-stream"})
    assert response.headers["ratelimit"] == '"requests";r=4;t=60'
    assert "event: next" in response.text


async def test_imports_count(limited: MakeApi, services: Services) -> None:
    api = limited()
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    key = await add_api_key(services.database, table.owner.id, rate_limit_per_minute=1)
    url = f"/import?fileName=a.csv&tableId={table.id}"
    answers = [await api.http.post(url, content=b"Name\na\n", headers={"X-API-Key": key}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].headers["ratelimit-policy"] == '"requests";q=1;w=60'
    assert int(answers[1].headers["retry-after"]) > 0


async def test_addresses_of_ipv6_count_by_their_network(
    limited: MakeApi, settings: Settings, services: Services
) -> None:
    limited(max_anonymous_requests_per_minute=2, max_cost_per_minute=0)
    app: Starlette = create_app(settings, services)
    near = [(await ask_from(app, f"2001:db8:0:1::{n}"))[0] for n in range(3)]
    assert near == [200, 200, 429]
    assert (await ask_from(app, "2001:db8:0:2::1"))[0] == 200
    assert [(await ask_from(app, f"::ffff:192.0.2.{n}"))[0] for n in (1, 2, 3)] == [200] * 3
    assert [(await ask_from(app, "192.0.2.1"))[0] for _ in range(2)] == [200, 429]


async def test_counting_asks_the_database_nothing(limited: MakeApi, statements: Any) -> None:
    api = limited()
    table = await make_table(api)
    read = "query ($id: ID!) { records(tableId: $id, first: 1) { nodes { id } } }"
    limited(max_requests_per_minute=1_000)
    await api.execute(read, {"id": table.id}, as_=table.owner)
    with statements() as seen:
        await api.execute(read, {"id": table.id}, as_=table.owner)
    assert seen.count == 1


def test_the_numbers_are_settings(settings: Settings) -> None:
    fresh = Settings(secret_key=settings.secret_key)
    limits = fresh.limits
    assert (limits.max_requests_per_minute, limits.max_anonymous_requests_per_minute) == (1_000, 100)
    assert (limits.max_guess_delay, limits.guess_memory) == (timedelta(minutes=5), timedelta(hours=1))
    assert (limits.free_guesses_per_account, limits.free_guesses_per_address) == (10, 50)
    changed = fresh.model_copy(update={"max_requests_per_minute": 7}).limits
    assert changed.max_requests_per_minute == 7
    assert limits == replace(Limits(), trash_retention=limits.trash_retention, undo_window=limits.undo_window)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ({}, None),
        ({"bus_url": "redis://a"}, "redis://a"),
        ({"bus_url": "redis://a", "rate_limit_url": "redis://b"}, "redis://b"),
        ({"bus_url": "redis://a", "rate_limit_url": "memory://"}, None),
        ({"rate_limit_url": "valkey://b"}, "valkey://b"),
    ],
)
def test_the_store_is_the_buss_unless_another_is_named(
    given: dict[str, str], used: str | None, settings: Settings, services: Services
) -> None:
    made = make_services(Settings(secret_key=settings.secret_key, **given), services.database)
    assert made.rate_limit_url == used


@pytest.mark.parametrize(
    "given", [{"rate_limit_url": "http://a"}, {"trusted_proxies": "10.0.0.1/8"}, {"trusted_proxies": "proxy"}]
)
def test_settings_that_make_no_sense_are_refused(given: dict[str, str], settings: Settings) -> None:
    with pytest.raises(ValueError, match=next(iter(given))):
        Settings(secret_key=settings.secret_key, **given)
