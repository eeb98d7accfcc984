"""Schemathesis, which makes operations of the schema by chance, brings out no fault of the server."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from time import monotonic

import pytest
from schemathesis import GenerationMode

from resolvers.services import Services
from server.settings import Settings
from tests.support.api import Api
from tests.support.fuzzed_values import FIELDS
from tests.support.fuzzing import Found, Fuzzer, Target
from tests.support.sockets import opened, served
from tests.support.tables import MadeTable, create_records, make_table

SECONDS = float(os.environ.get("FUZZING_SECONDS", "0"))
"""How long to go on with other rounds behind the first: `FUZZING_SECONDS=300 pytest …` is the longer form."""
EXAMPLES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 1}
OPTIONS = {"SINGLE_SELECT": {"choices": [{"name": "x"}, {"name": "value"}]}, "DIMENSION": {"unit": "mm"}}
RECORDS = [{"TEXT": "x", "NUMBER": 1, "SINGLE_SELECT": "x"}, {"TEXT": "%", "DATE": "2024-05-31"}, {}]
WORDS = {
    **{"field": FIELDS, "only": FIELDS, "mergeOn": FIELDS[:2], "scopes": ["read"]},
    **{"email": ["someone@example.com"], "newPassword": ["another password"]},
    **{"fileName": ["x.csv"], "content": ["TEXT,NUMBER\nx,1\n"]},
}
OWN = """
    query ($workspace: ID!, $table: ID!) {
      sessions { id }
      workspaceMembers(workspaceId: $workspace) { id }
      records(tableId: $table, first: 1) { pageInfo { endCursor } }
    }
"""
KEY = 'mutation { createApiKey(input: {name: "A key"}) { apiKey { id } } }'
PRESENCE = "subscription ($channel: String!) { presence(channel: $channel) { member { connectionId } } }"


@pytest.fixture
def services(services: Services) -> Services:
    """Those of a server that lets one caller ask for as much as it likes."""
    services.limits = replace(services.limits, max_cost_per_minute=0)
    return services


# The application is in a thread beside Hypothesis, and spreads its pauses by chance.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning")
@pytest.mark.parametrize("mode", EXAMPLES)
async def test_whatever_is_sent_is_answered_or_refused_in_our_words(
    settings: Settings, services: Services, api: Api, mode: GenerationMode
) -> None:
    found, number, until = Found(), 0, monotonic() + SECONDS
    async with served(settings, services) as address:
        fuzzer = await asyncio.to_thread(Fuzzer, f"http://{address}/graphql", (await api.register()).access_token)
        while number == 0 or monotonic() < until:
            async with target(address, api) as aim:
                await asyncio.to_thread(fuzzer.round, aim, found, number=number, examples=EXAMPLES[mode], mode=mode)
            number += 1

    assert found.faults == []
    assert {operation for operation, _ in found.answers} == {each.label for each in fuzzer.operations()}


def test_faults_are_found() -> None:
    found = Found()
    error = {"message": "No.", "extensions": {"code": "NOT_FOUND"}}
    bad = [
        (500, {"errors": [error]}),
        (200, {"data": None, "errors": [error | {"extensions": {"code": "INTERNAL_ERROR"}}]}),
        (200, {"data": None, "errors": [error, error | {"message": 'column "f_1" does not exist'}]}),
        (200, {"data": None}),
    ]

    for status, body in [*bad, (200, {"data": None, "errors": [error]}), (200, {"data": {"me": None}})]:
        found.add("Query.me", "{ me { id } }", status, body)

    assert [answer for answer, _ in found.faults] == [f"{status} {body}" for status, body in bad]
    assert found.answers["Query.me", "NOT_FOUND"] == 3


@asynccontextmanager
async def target(address: str, api: Api) -> AsyncIterator[Target]:
    """A new user with one of everything, who is present in the channel of the table."""
    table = await make_table(api, [{"name": each, "type": each, "options": OPTIONS.get(each)} for each in FIELDS])
    channel = f"table:{table.id}"
    async with opened(address) as socket:
        await socket.initialise(table.owner)
        presence = await socket.next(await socket.subscribe(PRESENCE, {"channel": channel}))
        connection = presence["presence"]["member"]["connectionId"]
        one = {**await ids(api, table), "channel": channel, "connectionId": connection}
        yield Target(table.owner.access_token, {**WORDS, **{name: [value] for name, value in one.items()}})


async def ids(api: Api, table: MadeTable) -> dict[str, str]:
    """What arguments with these names are right for the table and its owner."""
    first, _, third = await create_records(api, table, RECORDS)
    owner, given = table.owner, {"workspace": table.workspace_id, "table": table.id}
    own = (await api.execute(OWN, given, as_=owner)).ok
    key = (await api.execute(KEY, as_=owner)).ok["createApiKey"]["apiKey"]["id"]
    return {
        **{"workspaceId": str(table.workspace_id), "workspaceMemberId": own["workspaceMembers"][0]["id"]},
        **{"baseId": str(table.base_id), "tableId": str(table.id), "tableIds": str(table.id)},
        **{"fieldId": table.fields["NUMBER"], "primaryFieldId": table.fields["TEXT"]},
        **{"recordId": first, "ids": third, "after": own["records"]["pageInfo"]["endCursor"]},
        **{"userId": str(owner.id), "sessionId": own["sessions"][0]["id"], "apiKeyId": key},
        **{"password": owner.password, "currentPassword": owner.password, "refreshToken": owner.refresh_token},
    }
