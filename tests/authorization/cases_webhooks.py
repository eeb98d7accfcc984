"""Who may use the root fields about webhooks, outgoing and incoming."""

from domain.access.roles import WorkspaceRole
from tests.authorization.case import Case, mutation
from tests.authorization.cases_catalog import given, ids, many, one, table
from tests.authorization.outcomes import Outcomes, members
from tests.authorization.world import World

CONTENT = {"name": "Hook", "url": "https://example.com/in", "events": ["RECORD_CREATED"]}
SINCE = {"since": "2020-01-01T00:00:00Z"}


async def webhook(world: World) -> None:
    """A webhook of the table, under `world.ids["webhook"]`."""
    await table(world)
    given = {"input": {"tableId": world.ids["table"], **CONTENT}}
    made = await world.owner(mutation("createWebhook", "webhook { id }"), given)
    world.ids["webhook"] = made["createWebhook"]["webhook"]["id"]


async def delivery(world: World) -> None:
    """As `webhook`, and a message of it, under `world.ids["delivery"]`."""
    await webhook(world)
    given = {"input": {"id": world.ids["webhook"]}}
    made = await world.owner(mutation("testWebhook", "delivery { id }"), given)
    world.ids["delivery"] = made["testWebhook"]["delivery"]["id"]


async def incoming(world: World) -> None:
    """An incoming webhook of the table, under `world.ids["incoming"]`."""
    await table(world)
    given = {"input": {"tableId": world.ids["table"], "name": "Hook"}}
    made = await world.owner(mutation("createIncomingWebhook", "incomingWebhook { id }"), given)
    world.ids["incoming"] = made["createIncomingWebhook"]["incomingWebhook"]["id"]


ADMIN = WorkspaceRole.ADMIN
READ: Outcomes = members("Query", ADMIN)
CHANGE: Outcomes = members("Mutation", ADMIN)
NODE = "query ($id: ID!) { node(id: $id) { id } }"
RENAME = {"name": "Renamed"}

OUTGOING = [
    Case("Query.webhook", one("webhook"), READ, ids(id="webhook"), webhook),
    Case("Query.webhooks", many("webhooks", "tableId"), READ, ids(id="table"), webhook),
    Case("Query.webhookDelivery", one("webhookDelivery"), READ, ids(id="delivery"), delivery),
    Case("Query.node", NODE, READ, ids(id="webhook"), webhook, about="of a webhook"),
    Case("Query.node", NODE, READ, ids(id="delivery"), delivery, about="of a message of a webhook"),
    Case("Mutation.createWebhook", mutation("createWebhook", "secret"), CHANGE, given(CONTENT, tableId="table"), table),
    Case(
        "Mutation.updateWebhook",
        mutation("updateWebhook", "webhook { id }"),
        CHANGE,
        given(RENAME, id="webhook"),
        webhook,
    ),
    Case("Mutation.deleteWebhook", mutation("deleteWebhook", "deletedId"), CHANGE, given(id="webhook"), webhook),
    Case(
        "Mutation.rotateWebhookSecret",
        mutation("rotateWebhookSecret", "secret"),
        CHANGE,
        given(id="webhook"),
        webhook,
    ),
    Case("Mutation.testWebhook", mutation("testWebhook", "delivery { id }"), CHANGE, given(id="webhook"), webhook),
    Case(
        "Mutation.redeliverWebhook",
        mutation("redeliverWebhook", "delivery { id }"),
        CHANGE,
        given(deliveryId="delivery"),
        delivery,
    ),
    Case(
        "Mutation.redeliverWebhookSince",
        mutation("redeliverWebhookSince", "count"),
        CHANGE,
        given(SINCE, id="webhook"),
        webhook,
    ),
]
INCOMING = [
    Case("Query.incomingWebhook", one("incomingWebhook"), READ, ids(id="incoming"), incoming),
    Case("Query.incomingWebhooks", many("incomingWebhooks", "tableId"), READ, ids(id="table"), incoming),
    Case("Query.node", NODE, READ, ids(id="incoming"), incoming, about="of an incoming webhook"),
    Case(
        "Mutation.createIncomingWebhook",
        mutation("createIncomingWebhook", "url"),
        CHANGE,
        given(RENAME, tableId="table"),
        table,
    ),
    Case(
        "Mutation.updateIncomingWebhook",
        mutation("updateIncomingWebhook", "incomingWebhook { id }"),
        CHANGE,
        given(RENAME, id="incoming"),
        incoming,
    ),
    Case(
        "Mutation.regenerateIncomingWebhookToken",
        mutation("regenerateIncomingWebhookToken", "url"),
        CHANGE,
        given(id="incoming"),
        incoming,
    ),
    Case(
        "Mutation.deleteIncomingWebhook",
        mutation("deleteIncomingWebhook", "deletedId"),
        CHANGE,
        given(id="incoming"),
        incoming,
    ),
]
CASES = [*OUTGOING, *INCOMING]
