"""Webhooks that have batches: several events in a message, sent when it is full or old enough, each event once."""

from resolvers.services import Services
from tests.support.api import Api
from tests.support.tables import MadeTable, create_records
from tests.support.targets import Target
from tests.support.webhooks import at_work, deliveries, got, make_webhook, messages, until_status


async def test_a_batch_is_sent_when_it_is_full_and_the_rest_later(
    api: Api, reachable: Services, table: MadeTable, target: Target
) -> None:
    made = await make_webhook(api, table, target, isBatched=True, batchSize=10, batchSeconds=2)
    async with at_work(reachable):
        ids = await create_records(api, table, [{"Name": str(n)} for n in range(23)])
        await got(target, 2)
        [rest] = await until_status(api, table, made["id"], "OPEN")
        assert rest["eventCount"] == 3
        await got(target, 3)
        found = await until_status(api, table, made["id"], "SUCCEEDED", 3)

    sent = messages(target)
    assert [m.json["type"] for m in sent] == ["records.changed"] * 3
    assert sorted(len(m.json["data"]["events"]) for m in sent) == [3, 10, 10]
    events = [event for m in sent for event in m.json["data"]["events"]]
    assert sorted(event["data"]["recordId"] for event in events) == sorted(ids)
    assert {event["type"] for event in events} == {"record.created"}
    assert sorted(each["eventCount"] for each in found) == [3, 10, 10]


async def test_events_of_several_writes_come_together(
    api: Api, reachable: Services, table: MadeTable, target: Target
) -> None:
    made = await make_webhook(api, table, target, isBatched=True, batchSeconds=2)
    async with at_work(reachable):
        ids = [id for n in range(5) for id in await create_records(api, table, [{"Name": str(n)}])]
        await until_status(api, table, made["id"], "SUCCEEDED")

    [message] = messages(target)
    assert [event["data"]["recordId"] for event in message.json["data"]["events"]] == ids
    assert len(await deliveries(api, table, made["id"])) == 1


async def test_a_batch_of_too_many_bytes_is_sent_early(
    api: Api, reachable: Services, table: MadeTable, target: Target
) -> None:
    reachable.limits = reachable.limits.__class__(max_webhook_bytes=5_000)
    await make_webhook(api, table, target, isBatched=True, batchSeconds=1)
    async with at_work(reachable):
        await create_records(api, table, [{"Name": "x" * 3_000} for _ in range(3)])
        sent = await got(target, 3)

    assert [len(m.json["data"]["events"]) for m in sent] == [1, 1, 1]


async def test_an_event_of_too_many_bytes_is_told_without_its_values(
    api: Api, reachable: Services, table: MadeTable, target: Target
) -> None:
    reachable.limits = reachable.limits.__class__(max_webhook_bytes=2_000)
    await make_webhook(api, table, target)
    async with at_work(reachable):
        [id] = await create_records(api, table, [{"Name": "x" * 3_000}])
        [message] = await got(target, 1)

    data = message.json["data"]
    assert (data["recordId"], data["isTruncated"], data["record"]["fields"]) == (id, True, {})
