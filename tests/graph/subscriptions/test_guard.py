"""What guards single requests guards sockets and streams alike; a subscription is charged when it begins."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from adapters.quotas.quotas import OwnQuotas
from resolvers.services import Services
from server.settings import Settings
from tests.graph.subscriptions.conftest import EVENTS
from tests.support.records import Records
from tests.support.sockets import Socket, opened, served
from tests.support.streams import SSE, streamed
from tests.support.tables import MadeTable

DOUBLING = (
    "{ me { ...F0 } }"
    + "".join(f" fragment F{i} on User {{ ...F{i + 1} ...F{i + 1} }}" for i in range(100))
    + " fragment F100 on User { id }"
)
SUBSCRIPTION_COST = 50 + 1 + 4
"""Of `EVENTS`: the root field, and what it selects."""
MakeAddress = Callable[..., AbstractAsyncContextManager[str]]


@pytest.fixture
def limited(settings: Settings, services: Services) -> MakeAddress:
    """`limited(max_query_cost=5)`: where an application with these limits is served."""

    @asynccontextmanager
    async def serve(**limits: Any) -> AsyncIterator[str]:
        services.limits = replace(services.limits, **limits)
        services.quotas = OwnQuotas()
        async with served(settings, services) as address:
            yield address

    return serve


async def test_a_socket_refuses_what_weighs_too_much_and_goes_on(owner: Socket) -> None:
    error = await owner.refusal(await owner.subscribe(DOUBLING))
    assert (error["extensions"]["code"], error["extensions"]["limit"]) == ("QUERY_TOO_COMPLEX", "max_selected_fields")
    assert list(await owner.next(await owner.subscribe("{ me { id } }"))) == ["me"]


async def test_a_stream_refuses_what_weighs_too_much(address: str, table: MadeTable) -> None:
    async with streamed(address, SSE, DOUBLING, {}, table.owner) as stream:
        _, answer = await stream.event()
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["QUERY_TOO_COMPLEX"]


@pytest.mark.parametrize("over", [0, 1])
async def test_a_subscription_may_cost_so_much(over: int, limited: MakeAddress, table: MadeTable) -> None:
    async with limited(max_query_cost=SUBSCRIPTION_COST - over) as address, opened(address) as socket:
        await socket.initialise(table.owner)
        id = await socket.subscribe(EVENTS, {"table": table.id})
        if over:
            assert (await socket.refusal(id))["extensions"]["limit"] == "max_query_cost"
        else:
            await socket.end(id)


async def test_a_subscription_is_charged_once_whatever_it_sends(
    limited: MakeAddress, table: MadeTable, records: Records
) -> None:
    cursor = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
    for name in ("a", "b", "c"):
        await records.create({"Name": name})
    async with limited(max_cost_per_minute=2 * SUBSCRIPTION_COST) as address, opened(address) as socket:
        await socket.initialise(table.owner)
        for _ in range(2):
            id = await socket.subscribe(EVENTS, {"table": table.id, "after": cursor})
            assert [(await socket.event(id))["type"] for _ in range(3)] == ["CREATED"] * 3
            await socket.end(id)
        error = await socket.refusal(await socket.subscribe(EVENTS, {"table": table.id}))
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert 0 < error["extensions"]["retryAfter"] <= 120
