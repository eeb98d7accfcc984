"""The action SEND_SLACK_MESSAGE, by a real HTTP server."""

import json

from tests.graph.automations.actions.conftest import Run
from tests.graph.automations.actions.test_send_webhook import parts
from tests.support.targets import answering, serving


async def test_a_message_is_posted(run: Run) -> None:
    async with serving(answering("200 OK", b"ok")) as target:
        config = {"webhook_url": target.url("127.0.0.1"), "message": 'New: "{{trigger.record.Name}}"'}
        ended = await run([{"type": "SEND_SLACK_MESSAGE", "config": config}], {"record": {"Name": "Grüße\n"}})
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    first, headers, body = parts(target.requests[0])
    assert (first, headers["content-type"]) == ("POST /in HTTP/1.1", "application/json")
    assert json.loads(body) == {"text": 'New: "Grüße\n"'}
    assert ended.steps["1"]["input"] == {"message": 'New: "Grüße\n"'}, "whoever knows the address can post"


async def test_no_value_is_a_link_or_calls_people(run: Run) -> None:
    async with serving(answering("200 OK", b"ok")) as target:
        config = {"webhookUrl": target.url("127.0.0.1"), "message": "<{{trigger.url}}|{{trigger.name}}>"}
        trigger = {"url": "https://a.example/?b&c", "name": "<!channel>"}
        await run([{"type": "SEND_SLACK_MESSAGE", "config": config}], trigger)
        await run([{"type": "SEND_SLACK_MESSAGE", "config": {**config, "message": "{{trigger.name}}"}}], trigger)
    texts = [json.loads(parts(request)[2])["text"] for request in target.requests]
    assert texts == ["<https://a.example/?b&amp;c|&lt;!channel&gt;>", "&lt;!channel&gt;"]


async def test_a_refusal_fails_the_run(run: Run) -> None:
    async with serving(answering("403 Forbidden", b"invalid_token")) as target:
        config = {"webhookUrl": target.url("127.0.0.1"), "message": "Hi"}
        ended = await run([{"type": "SEND_SLACK_MESSAGE", "config": config}])
    assert ended.error == "Step 1 (SEND_SLACK_MESSAGE): POST was answered with 403: invalid_token"
    assert len(target.requests) == 1
