"""What callers see of costs: in the extensions of answers, and where they asked for too much."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.quotas.quotas import OwnQuotas
from resolvers.services import Services
from server.app import create_app
from server.settings import Settings
from tests.support.api import Api, Person, client_of
from tests.support.tables import make_table

ME = "{ me { id } }"
"""Costs 12."""

MakeApi = Callable[..., Api]


@pytest.fixture
def limited(settings: Settings, services: Services) -> MakeApi:
    """`limited(max_query_cost=5)`: a client of an application with these limits."""

    def make(**limits: Any) -> Api:
        services.limits = replace(services.limits, **limits)
        services.quotas = OwnQuotas()
        return Api(client_of(create_app(settings, services)), services)

    return make


def charge(body: Mapping[str, Any]) -> dict[str, Any]:
    """The charge that an answer tells."""
    found: dict[str, Any] = body["extensions"]["cost"]
    return found


async def test_an_answer_tells_its_cost_what_is_left_and_until_when(limited: MakeApi) -> None:
    api = limited(max_cost_per_minute=60)
    before = datetime.now(UTC)
    first, second = charge((await api.execute(ME)).body), charge((await api.execute(ME)).body)
    reset = datetime.fromisoformat(second.pop("resetAt"))
    assert {**first, "resetAt": None} == {"requested": 12, "limit": 100_000, "remaining": 48, "resetAt": None}
    assert second == {"requested": 12, "limit": 100_000, "remaining": 36}
    assert before + timedelta(seconds=60) <= reset <= before + timedelta(seconds=122)


async def test_planned_answers_and_failed_ones_tell_it_too(api: Api) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    planned = "query ($id: ID!) { records(tableId: $id, first: 2) { nodes { id } } }"
    assert charge((await api.execute(planned, {"id": table.id}, as_=table.owner)).body)["requested"] == 10 + 1 + 4
    failed = await api.execute(planned, {"id": table.id})
    assert (failed.codes, charge(failed.body)["requested"]) == (["UNAUTHENTICATED"], 15)


async def test_that_can_be_switched_off(limited: MakeApi) -> None:
    assert (await limited(report_cost=False).execute(ME)).body == {"data": {"me": None}}


async def test_without_a_budget_there_is_nothing_left_of_it(limited: MakeApi) -> None:
    api = limited(max_cost_per_minute=0)
    assert charge((await api.execute(ME)).body) == {"requested": 12, "limit": 100_000}


@pytest.mark.parametrize(("most", "codes"), [(13, []), (12, []), (11, ["QUERY_TOO_COMPLEX"])])
async def test_an_operation_may_cost_so_much(most: int, codes: list[str], limited: MakeApi) -> None:
    assert (await limited(max_query_cost=most).execute(ME)).codes == codes


async def test_what_costs_too_much_is_told_by_how_much(limited: MakeApi) -> None:
    result = await limited(max_query_cost=11).execute(ME)
    assert (result.data, result.errors[0]["message"]) == (
        None,
        "The operation costs 12, 1 more than the 11 that one may; ask for less.",
    )
    assert result.errors[0]["extensions"] == {
        "code": "QUERY_TOO_COMPLEX", "limit": "max_query_cost", "found": 12, "most": 11
    }  # fmt: skip


async def test_a_mutation_over_the_limit_changes_nothing(limited: MakeApi, services: Services) -> None:
    table = await make_table(limited(), [{"name": "Name", "type": "TEXT"}])
    document = "mutation ($i: CreateRecordsInput!) { createRecords(input: $i) { eventCursor } }"
    variables = {"i": {"tableId": table.id, "records": [{"Name": "a"}] * 10}}
    result = await limited(max_query_cost=71).execute(document, variables, as_=table.owner)
    assert result.codes == ["QUERY_TOO_COMPLEX"]
    count = "query ($id: ID!) { records(tableId: $id) { totalCount } }"
    api = limited(max_query_cost=72)
    assert (await api.execute(count, {"id": table.id}, as_=table.owner)).ok == {"records": {"totalCount": 0}}
    assert (await api.execute(document, variables, as_=table.owner)).errors == []


async def test_a_budget_that_is_used_up_is_told_with_the_seconds_to_wait(limited: MakeApi) -> None:
    api = limited(max_cost_per_minute=24)
    assert [(await api.execute(ME)).codes for _ in range(3)] == [[], [], ["RATE_LIMITED"]]
    for accept in ("application/json", "application/graphql-response+json"):
        response = await api.http.post("/graphql", json={"query": ME}, headers={"accept": accept})
        extensions = response.json()["errors"][0]["extensions"]
        assert (extensions["quota"], extensions["limit"]) == ("cost", 24)
        assert (extensions["requested"], extensions["remaining"]) == (12, 0)
        assert 80 <= extensions["retryAfter"] <= 90  # a minute, and until half of what was spent is out of sight
        assert (response.status_code, response.headers["retry-after"]) == (429, str(extensions["retryAfter"]))


async def test_users_and_their_keys_have_budgets_of_their_own(limited: MakeApi) -> None:
    people = limited()
    first, second = await people.register(), await people.register()
    create = 'mutation { createApiKey(input: {name: "a", scopes: ["read"]}) { secret } }'
    secret = (await people.execute(create, as_=first)).ok["createApiKey"]["secret"]
    api = limited(max_cost_per_minute=12)

    async def codes(as_: Person | None = None, **headers: str) -> list[str]:
        return (await api.execute(ME, as_=as_, headers=headers)).codes

    assert [await codes(first), await codes(second), await codes()] == [[], [], []]
    assert await codes(**{"X-API-Key": secret}) == []
    assert [await codes(first), await codes(second), await codes()] == [["RATE_LIMITED"]] * 3
    assert await codes(**{"X-API-Key": secret}) == ["RATE_LIMITED"]
