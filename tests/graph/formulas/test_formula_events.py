"""Events and live lists of records with formulas."""

from collections.abc import AsyncIterator

import pytest

from resolvers.services import Services
from server.settings import Settings
from tests.graph.formulas.conftest import Shop
from tests.support.refusals import done
from tests.support.sockets import Socket, opened, served

EVENTS = """
    subscription ($table: ID!, $after: String) {
      recordEvents(tableId: $table, after: $after) { type changedFields previous record { fields } }
    }
"""
FILTERED = """
    subscription ($table: ID!, $after: String) {
      recordEvents(tableId: $table, after: $after, filter: { field: "Total", operator: GT, value: 10 }) {
        type record { value(field: "Name") }
      }
    }
"""
ERROR = {"error": "DIVISION_BY_ZERO", "message": "A division by zero, or an average of nothing."}


@pytest.fixture
async def owner(settings: Settings, services: Services, shop: Shop) -> AsyncIterator[Socket]:
    """A socket of the shop's owner, initialised."""
    async with served(settings, services) as address, opened(address) as socket:
        yield await socket.initialise(shop.records.table.owner)


async def _now(shop: Shop) -> str:
    return str((await shop.records.page(selection="eventCursor")).ok["records"]["eventCursor"])


@pytest.mark.parametrize("formula", ["Price / Count", "IF(NOW(), Price / Count)"], ids=["stored", "computed"])
async def test_an_event_names_the_formulas_that_changed_with_their_values(
    shop: Shop, owner: Socket, formula: str
) -> None:
    done(await shop.formula("Ratio", formula))
    done(await shop.formula("Twice", "Ratio * 2"))
    done(await shop.formula("Loud", "UPPER(Name)"))
    [pen] = await shop.add({"Name": "Pen", "Price": 8, "Count": 2})
    id = await owner.subscribe(EVENTS, {"table": shop.records.table.id, "after": await _now(shop)})

    done(await shop.records.update(pen, {"Count": 0}))
    done(await shop.records.update(pen, {"Count": 4}))

    first, second = await owner.event(id), await owner.event(id)
    assert first["changedFields"] == ["Count", "Ratio", "Twice"]
    assert first["previous"] == {"Count": 2, "Ratio": 4, "Twice": 8}
    assert (first["record"]["fields"]["Ratio"], first["record"]["fields"]["Twice"]) == (ERROR, ERROR)
    assert second["previous"] == {"Count": 0, "Ratio": ERROR, "Twice": ERROR}
    assert (second["record"]["fields"]["Ratio"], second["record"]["fields"]["Loud"]) == (2, "PEN")


async def test_events_are_filtered_by_a_formula(shop: Shop, owner: Socket) -> None:
    done(await shop.formula("Total", "Price * Count"))
    id = await owner.subscribe(FILTERED, {"table": shop.records.table.id, "after": await _now(shop)})

    await shop.add({"Name": "Pen", "Price": 2, "Count": 2}, {"Name": "Ink", "Price": 4, "Count": 3})

    assert await owner.event(id) == {"type": "CREATED", "record": {"value": "Ink"}}
