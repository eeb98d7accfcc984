"""The action SEND_WEBHOOK, by real HTTP servers."""

import asyncio
import json
from typing import Any

import pytest

from domain.webhooks.signing import new_secret, verify
from resolvers.services import Services
from tests.graph.automations.actions.conftest import Run
from tests.support.automations import quick
from tests.support.targets import Target, answering, serving

TRIGGER = {"record": {"Name": 'a "b" & c/d', "Count": 3}}


def webhook(target: Target, **config: Any) -> dict[str, Any]:
    """An action that sends to a target."""
    return {"type": "SEND_WEBHOOK", "config": {"url": target.url("127.0.0.1"), **config}}


def parts(request: bytes) -> tuple[str, dict[str, str], bytes]:
    """First line, headers and body of a request."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return first, {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}, body


async def test_an_object_is_sent_as_json(run: Run) -> None:
    async with serving(answering("201 Created", b'{"id": 7}', "Content-Type: application/json")) as target:
        body = {"name": "{{trigger.record.Name}}", "count": "{{trigger.record.Count}}"}
        ended = await run([webhook(target, body=body, headers={"X-Kind": "part"})], TRIGGER)
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    [request] = target.requests
    first, headers, sent = parts(request)
    assert first == "POST /in HTTP/1.1"
    assert json.loads(sent) == {"name": 'a "b" & c/d', "count": 3}
    assert (headers["content-type"], headers["x-kind"]) == ("application/json", "part")
    assert headers["webhook-id"] == f"{ended.id}.1"
    assert ended.outputs["1"]["status"] == 201
    assert ended.outputs["1"]["body"] == {"id": 7}


async def test_a_text_is_escaped_for_json(run: Run) -> None:
    async with serving(answering()) as target:
        ended = await run([webhook(target, body='{"name": "{{trigger.record.Name}}"}')], TRIGGER)
    assert ended.status == "SUCCEEDED"
    assert json.loads(parts(target.requests[0])[2]) == {"name": 'a "b" & c/d'}


async def test_values_in_the_address_are_escaped(run: Run) -> None:
    async with serving(answering()) as target:
        url = target.url("127.0.0.1", "/parts/{{trigger.record.Name}}?n={{trigger.record.Count}}")
        await run([webhook(target, url=url, method="GET")], TRIGGER)
    assert parts(target.requests[0])[0] == "GET /parts/a%20%22b%22%20%26%20c%2Fd?n=3 HTTP/1.1"


async def test_a_secret_signs_and_is_not_shown(run: Run) -> None:
    secret = new_secret()
    async with serving(answering()) as target:
        ended = await run([webhook(target, body={"a": 1}, secret=secret)], TRIGGER)
    _, headers, body = parts(target.requests[0])
    assert verify(body, headers, [secret]) == f"{ended.id}.1"
    assert secret not in str(ended.steps)


async def test_what_is_wrong_at_the_target_for_good_fails_at_once(run: Run) -> None:
    async with serving(answering("404 Not Found", b"nobody here")) as target:
        ended = await run([webhook(target)], TRIGGER)
    assert ended.error == "Step 1 (SEND_WEBHOOK): POST was answered with 404: nobody here"
    assert len(target.requests) == 1


async def test_an_answer_of_500_is_tried_again_with_the_same_id(run: Run, services: Services) -> None:
    services.limits = quick(services)
    async with serving(answering("500 Oh no")) as target:
        ended = await run([webhook(target, body={"at": "{{now}}"})], TRIGGER)
    assert (ended.status, ended.steps["1"]["attempt"]) == ("FAILED", 3)
    assert len(target.requests) == 3
    sent = {(parts(request)[1]["webhook-id"], parts(request)[2]) for request in target.requests}
    assert len(sent) == 1


async def test_a_target_that_comes_back_is_asked_until_then(run: Run, services: Services) -> None:
    services.limits = quick(services)

    async def behave(target: Target, writer: asyncio.StreamWriter) -> None:
        await answering("503 Busy" if len(target.requests) == 1 else "200 OK")(target, writer)

    async with serving(behave) as target:
        ended = await run([webhook(target)], TRIGGER)
    assert (ended.status, ended.error, ended.steps["1"]["attempt"]) == ("SUCCEEDED", None, 2)


async def test_a_target_that_hangs(run: Run, services: Services) -> None:
    services.limits = quick(services, attempts=1)

    async def hang(_target: Target, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async with serving(hang) as target:
        ended = await run([webhook(target)], TRIGGER)
    assert ended.status == "FAILED"
    assert (ended.error or "").endswith("took too long.")


async def test_a_redirect_to_this_machine_is_not_followed(run: Run) -> None:
    async with (
        serving(answering()) as inner,
        serving(answering("307 There", b"", f"Location: {inner.url('localhost')}")) as target,
    ):
        ended = await run([webhook(target)], TRIGGER)
    assert (ended.error or "").startswith("Step 1 (SEND_WEBHOOK): POST was answered with 307")
    assert inner.requests == []


async def test_an_answer_of_a_gigabyte_is_not_read(run: Run) -> None:
    async def pour(target: Target, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x" * (1 << 16))
            target.sent += 1 << 16
            await writer.drain()

    async with serving(pour) as target:
        ended = await run([webhook(target)], TRIGGER)
    assert ended.status == "SUCCEEDED"
    assert len(ended.outputs["1"]["body"]) == 256 << 10
    assert target.sent < 64 << 20


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://[::1]:8000/", "http://169.254.169.254/latest", "ftp://x/"])
async def test_addresses_within_are_refused(url: str, run: Run) -> None:
    ended = await run([{"type": "SEND_WEBHOOK", "config": {"url": url}}])
    assert (ended.status, ended.steps["1"]["attempt"]) == ("FAILED", 1)
