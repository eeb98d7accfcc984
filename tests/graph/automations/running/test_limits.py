"""What bounds runs and their steps; each is a setting."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from resolvers.services import Services
from tests.graph.automations.actions.conftest import Run
from tests.graph.automations.actions.test_conditional import create
from tests.graph.automations.actions.test_send_webhook import webhook
from tests.support.automations import quick
from tests.support.records import Records
from tests.support.targets import Target, answering, serving


@pytest.fixture
async def silent() -> AsyncIterator[Target]:
    """A target that never answers."""

    async def hang(_target: Target, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async with serving(hang) as target:
        yield target


async def test_a_step_takes_so_long(run: Run, services: Services, silent: Target) -> None:
    services.limits = replace(quick(services, attempts=2), automation_step_timeout=timedelta(seconds=0.3))
    ended = await run([webhook(silent)])
    assert ended.error == "Step 1 (SEND_WEBHOOK): It took longer than 0.3 seconds."
    assert len(silent.requests) == 2


async def test_a_run_works_so_long_at_a_stretch(run: Run, services: Services, silent: Target, records: Records) -> None:
    services.limits = replace(services.limits, automation_run_timeout=timedelta(seconds=1))
    ended = await run([create("before"), webhook(silent), create("never")])
    assert (ended.status, ended.error) == ("FAILED", "It worked for more than 1 seconds at a stretch.")
    assert [each["Name"] for each in await records.all()] == ["before"]


async def test_an_output_has_so_many_bytes(run: Run, services: Services) -> None:
    services.limits = replace(services.limits, max_step_bytes=500)
    async with serving(answering("200 OK", b"x" * 1_000)) as target:
        ended = await run([webhook(target)])
    assert (ended.error or "").endswith("500 are kept at most.")


async def test_templates_make_so_many_characters(run: Run, services: Services, records: Records) -> None:
    services.limits = replace(services.limits, max_rendered_characters=100)
    ended = await run([create("{{trigger.text}}")], {"text": "x" * 101})
    assert "more than 100 characters come of the templates" in (ended.error or "")
    assert await records.all() == []


async def test_characters_that_no_text_can_contain_are_replaced(run: Run) -> None:
    async with serving(answering("200 OK", b'{"a": "\\u0000b"}', "Content-Type: application/json")) as target:
        ended = await run([webhook(target)])
    assert (ended.status, ended.outputs["1"]["body"]) == ("SUCCEEDED", {"a": "\ufffdb"})
