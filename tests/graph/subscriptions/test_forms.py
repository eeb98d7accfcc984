"""Submissions of published forms, as those who follow the table see them."""

from resolvers.services import Services
from tests.graph.subscriptions.conftest import until_followed
from tests.support.api import Api
from tests.support.forms import open_form, submit
from tests.support.sockets import Socket
from tests.support.tables import MadeTable

EVENTS = """
    subscription ($table: ID!) {
      recordEvents(tableId: $table) { type actor { id } record { fields(only: ["Name"]) createdBy { id } } }
    }
"""


async def test_a_submission_arrives_as_the_creation_of_a_record_by_nobody(
    owner: Socket, api: Api, table: MadeTable, services: Services
) -> None:
    token = await open_form(api, table, ["Name"])
    id = await owner.subscribe(EVENTS, {"table": table.id})
    await until_followed(services)

    await submit(api, token, {"Name": "Ann"})

    assert await owner.event(id) == {
        "type": "CREATED",
        "actor": None,
        "record": {"fields": {"Name": "Ann"}, "createdBy": None},
    }
