"""GraphiQL in a real browser shows a table's events as they happen; the browser's own EventSource gets them too."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from resolvers.services import Services
from server.settings import Settings
from tests.support.api import Api
from tests.support.browsers import CHROMIUM, needs_chromium
from tests.support.clients import running
from tests.support.records import Records
from tests.support.sockets import served
from tests.support.tables import MadeTable, make_table


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """An empty table."""
    return await make_table(api, [{"name": "Name", "type": "TEXT"}])


@pytest.fixture
async def address(settings: Settings, services: Services) -> AsyncIterator[str]:
    """Where the application is served."""
    async with served(settings, services) as address:
        yield address


@needs_chromium
async def test_live_events_are_shown(address: str, api: Api, table: MadeTable, tmp_path: Path) -> None:
    records = Records(api, table)
    cursor = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
    await records.create({"Name": "first"})
    screenshot = tmp_path / "graphiql.png"
    async with running(
        "browser.mjs",
        chromium=CHROMIUM,
        url=f"http://{address}/graphql",
        token=table.owner.access_token,
        table=table.id,
        after=cursor,
        names=["first", "second"],
        screenshot=screenshot,
    ) as browser:
        assert await browser.line() == {"shown": "first"}
        await records.create({"Name": "second"})
        assert await browser.line() == {"shown": "second"}
        result, events = await browser.rest()
    assert result["sockets"] == [f"ws://{address}/graphql"]
    assert '"type": "CREATED"' in result["result"]
    assert result["scrolls"] is False
    assert events == {"eventSource": ["first", "second"]}
    assert screenshot.stat().st_size > 10_000
