"""Webhooks over the API, the server's work in the background, and what their targets got."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import orjson

from adapters.jobs import Pace
from adapters.outgoing.client import OutgoingClient
from adapters.outgoing.rules import Rules
from domain.networks import networks
from resolvers.services import Services
from server.working import Work
from tests.support.api import Api
from tests.support.catalog import mutate
from tests.support.tables import MadeTable
from tests.support.targets import Target
from tests.support.waiting import eventually

WEBHOOK = (
    "id name url events filter fieldIds headerNames isBatched batchSize batchSeconds formerSecretUntil isEnabled "
    "disabledReason failingSince missedAt error owner { id }"
)
DELIVERY = (
    "id webhookId type body eventCount status attemptCount nextAttemptAt finishedAt "
    "attempts { number durationMs requestHeaders statusCode responseHeaders responseBody error }"
)
_DELIVERIES = f"""
query ($id: ID!, $status: DeliveryStatus) {{
  webhook(id: $id) {{ deliveries(first: 20, status: $status) {{ nodes {{ {DELIVERY} }} }} }}
}}
"""
PACE = Pace(at_once=20, poll=timedelta(milliseconds=50), takeover=timedelta(seconds=1), grace=timedelta(seconds=2))


@dataclass(frozen=True, slots=True)
class Message:
    """A request that a target got."""

    line: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """What the receiver knows it by."""
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        """The body."""
        return orjson.loads(self.body)


def messages(target: Target) -> list[Message]:
    """All that a target got, in order."""
    return [_message(request) for request in target.requests]


def _message(request: bytes) -> Message:
    head, _, body = request.partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    pairs = (each.partition(": ") for each in lines)
    return Message(line, {name.lower(): value for name, _, value in pairs}, body)


async def got(target: Target, count: int) -> list[Message]:
    """All that a target got, once it is as much."""
    await eventually(lambda: len(target.requests) >= count)
    return messages(target)


def let_out(services: Services, **rules: Any) -> None:
    """Let requests go to this machine; the name `hook.test` is its own."""

    async def resolver(_: str, __: int) -> list[str]:
        return ["127.0.0.1"]

    allowed = replace(Rules(networks=networks(["127.0.0.0/8"])), **rules)
    services.outgoing = OutgoingClient(allowed, resolver=resolver)


@asynccontextmanager
async def at_work(services: Services, pace: Pace = PACE, count: int = 1) -> AsyncIterator[None]:
    """Work in the background as long as the block lasts, as so many processes."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(services.bus.running())
        for _ in range(count):
            await stack.enter_async_context(Work(services, pace).running())
        yield


async def make_webhook(api: Api, table: MadeTable, target: Target | str, **more: Any) -> dict[str, Any]:
    """A new webhook for all events, by the table's owner; `secret` is among its members."""
    url = target if isinstance(target, str) else target.url()
    every = ["RECORD_CREATED", "RECORD_UPDATED", "RECORD_DELETED"]
    given = {"tableId": table.id, "name": "Hook", "url": url, "events": every, **more}
    result = await mutate(api, "createWebhook", f"secret webhook {{ {WEBHOOK} }}", given, as_=table.owner)
    made = result.ok["createWebhook"]
    return {**made["webhook"], "secret": made["secret"]}


async def update_webhook(api: Api, table: MadeTable, id: str, **changes: Any) -> dict[str, Any]:
    """The webhook with the changes, by the table's owner."""
    given = {"id": id, **changes}
    result = await mutate(api, "updateWebhook", f"webhook {{ {WEBHOOK} }}", given, as_=table.owner)
    return result.ok["updateWebhook"]["webhook"]


async def read_webhook(api: Api, table: MadeTable, id: str) -> dict[str, Any]:
    """A webhook as its table's owner sees it."""
    document = f"query ($id: ID!) {{ webhook(id: $id) {{ {WEBHOOK} }} }}"
    return (await api.execute(document, {"id": id}, as_=table.owner)).ok["webhook"]


async def deliveries(api: Api, table: MadeTable, id: str, status: str | None = None) -> list[dict[str, Any]]:
    """The messages of a webhook, the newest first."""
    result = await api.execute(_DELIVERIES, {"id": id, "status": status}, as_=table.owner)
    return result.ok["webhook"]["deliveries"]["nodes"]


async def until_status(api: Api, table: MadeTable, id: str, status: str, count: int = 1) -> list[dict[str, Any]]:
    """The messages of a webhook that stand so, once they are as many."""

    async def are_there() -> bool:
        return len(await deliveries(api, table, id, status)) >= count

    await eventually(are_there)
    return await deliveries(api, table, id, status)
