"""Schemathesis, which makes operations of the schema by chance, brings out no fault of the server."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import monotonic

import pytest
from schemathesis import GenerationMode

from resolvers.services import Services
from server.settings import Settings
from tests.authorization.right_calls import right_call
from tests.support.api import Api
from tests.support.fuzzed_values import FIELDS
from tests.support.fuzzing import OF_A_TABLE, Found, Fuzzer, Target
from tests.support.postgres import Cleaner
from tests.support.sockets import served
from tests.support.tables import create_records, make_table

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
PAGE = "query ($table: ID!) { records(tableId: $table, first: 1) { pageInfo { endCursor } } }"
LEAST_ANSWERED = 0.7
"""The share of the root fields of which a right example is answered; chance makes those of the others odd."""


@pytest.fixture
def services(services: Services) -> Services:
    """Those of a server that lets one caller ask for as much as it likes."""
    services.limits = replace(services.limits, max_cost_per_minute=0)
    return services


# The application is in a thread beside Hypothesis, and spreads its pauses by chance.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning")
@pytest.mark.long
@pytest.mark.parametrize("mode", EXAMPLES)
async def test_whatever_is_sent_is_answered_or_refused_in_our_words(
    settings: Settings, services: Services, cleaner: Cleaner, api: Api, mode: GenerationMode
) -> None:
    found, number, until, loop = Found(), 0, monotonic() + SECONDS, asyncio.get_running_loop()
    async with served(settings, services) as address:
        fuzzer = await asyncio.to_thread(Fuzzer, f"http://{address}/graphql", (await api.register()).access_token)

        while number == 0 or monotonic() < until:
            table = await _table(api)

            def target(field: str) -> Target:
                if OF_A_TABLE.search(field):
                    return table.of(field)  # noqa: B023  # called in this round
                return asyncio.run_coroutine_threadsafe(_target(services, cleaner, field), loop).result()

            await asyncio.to_thread(fuzzer.round, target, found, number=number, examples=EXAMPLES[mode], mode=mode)
            number += 1

    fields = {each.label for each in fuzzer.operations()}
    assert found.faults == []
    assert {field for field, _ in found.answers} == fields
    if mode is GenerationMode.POSITIVE:
        answered = {field for field, answer in found.answers if answer == "data"}
        assert len(answered) > LEAST_ANSWERED * len(fields)


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


async def _target(services: Services, cleaner: Cleaner, field: str) -> Target:
    """Whom a root field is sent as, and what is right for it; there is nothing else any more."""
    call = await right_call(services, cleaner, field)
    authorization = call.world.credentials[call.caller].authorization
    assert authorization is not None
    return Target(authorization.removeprefix("Bearer "), {**WORDS, **call.texts})


@dataclass(frozen=True)
class _Table:
    """A table with all types of fields, by what it is called in arguments, and its owner's token."""

    token: str
    ids: Mapping[str, str]

    def of(self, field: str) -> Target:
        """The target of a root field: its `id` is that of a record, of a field or of the table."""
        kind = "record" if "ecord" in field else "field" if "ield" in field else "table"
        ids = {**self.ids, "id": self.ids[f"{kind}Id"]}
        return Target(self.token, {**WORDS, **{name: [id] for name, id in ids.items()}})


async def _table(api: Api) -> _Table:
    table = await make_table(api, [{"name": each, "type": each, "options": OPTIONS.get(each)} for each in FIELDS])
    first, _, third = await create_records(api, table, RECORDS)
    page = (await api.execute(PAGE, {"table": table.id}, as_=table.owner)).ok["records"]["pageInfo"]
    ids = {
        **{"workspaceId": str(table.workspace_id), "baseId": str(table.base_id), "userId": str(table.owner.id)},
        **{"tableId": str(table.id), "tableIds": str(table.id), "recordId": first, "ids": third},
        **{"fieldId": table.fields["NUMBER"], "primaryFieldId": table.fields["TEXT"], "after": page["endCursor"]},
    }
    return _Table(table.owner.access_token, ids)
