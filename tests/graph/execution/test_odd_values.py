"""Nothing that a client can send brings out a fault of the server, or words that are not its own."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import orjson
import pytest

from domain.errors import Unauthenticated
from graph.schema import build_schema
from resolvers.services import Services
from tests.authorization.matrix import CASES
from tests.authorization.right_calls import right_call
from tests.support.api import Api, bearer
from tests.support.odd_values import INSTANTS, NOT_OUR_WORDS, OddValues, Operation, placed
from tests.support.postgres import Cleaner
from tests.support.records import Records
from tests.support.tables import MadeTable, make_table

ROUNDS = 3
ENDS_THE_TEST = frozenset({"Mutation.deleteTable", "Mutation.deleteRecords"})
TYPES = ("TEXT", "NUMBER", "CHECKBOX", "DATE", "DATETIME", "DURATION", "EMAIL", "URL")
_PROVIDER = "what is right comes from a provider: tests/graph/oauth"
_DEVICE = "what is right is made by a device: tests/graph/second_factor"
_GROUPS = "all that there is of a view is asked for, and one that is no board has no groups"
NEVER_ANSWERED = {
    **dict.fromkeys(("Mutation.completeOAuth", "Mutation.linkIdentity"), _PROVIDER),
    **dict.fromkeys(("Mutation.completeLogin", "Mutation.addPasskey", "Mutation.completePasskeySignIn"), _DEVICE),
    **dict.fromkeys(("Query.view", "Query.views"), _GROUPS),
}
"""Root fields whose call in the matrix is refused, and why."""


@pytest.fixture
def services(services: Services) -> Services:
    """Those of a server that lets one caller ask for as much as it likes."""
    services.limits = replace(services.limits, max_cost_per_minute=0)
    return services


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a field of each of many types."""
    return await make_table(api, [{"name": each, "type": each} for each in TYPES])


@pytest.mark.long
@pytest.mark.parametrize("root", ["Query", "Mutation"])
async def test_whatever_is_odd_in_a_right_call_is_refused_in_our_words(
    services: Services, cleaner: Cleaner, root: str
) -> None:
    """Each root field is first called as the matrix has it, for all that it answers; then some of it is odd."""
    fields = list(dict.fromkeys(case.field for case in CASES if case.field.startswith(f"{root}.")))
    faults, answered = [], set()
    for field in fields:
        call = await right_call(services, cleaner, field)
        odd = OddValues(build_schema()._schema, field, _ids(call.world.ids), ["Name", "Price"])
        with suppress(Unauthenticated):  # where the call has ended the session
            for operation in _operations(odd, field, call.arguments):
                result = await call.world.run(call.caller, operation.document, operation.variables)
                faults += [(operation.field, fault, operation.variables) for fault in _faults(result.errors)]
                if any(value is not None for value in (result.data or {}).values()):
                    answered.add(field)
    assert faults == []
    assert set(fields) - answered == NEVER_ANSWERED.keys() & set(fields)


@pytest.mark.parametrize("seed", range(2))
async def test_odd_records_are_refused_in_our_words(api: Api, table: MadeTable, seed: int) -> None:
    """What reads and writes records, of a table with fields of many types."""
    records = Records(api, table)
    await records.create({})
    page = (await records.page(selection="nodes { id } eventCursor")).ok["records"]
    ids = {
        "tableId": str(table.id),
        "recordId": page["nodes"][0]["id"],
        "fieldId": table.fields["TEXT"],
        "baseId": str(table.base_id),
        "workspaceId": str(table.workspace_id),
        "userId": str(table.owner.id),
        "after": page["eventCursor"],
    }
    odd = OddValues(build_schema()._schema, seed, ids, TYPES)
    faults = []
    for _ in range(ROUNDS):
        for operation in odd.operations():
            if operation.field in ENDS_THE_TEST or not _has_a_table(operation):
                continue
            body = orjson.dumps({"query": operation.document, "variables": operation.variables})
            headers = {**bearer(table.owner), "content-type": "application/json"}
            response = await api.http.post("/graphql", content=body, headers=headers)
            faults += [
                (operation.field, fault, operation.variables) for fault in _faults(response.json().get("errors", []))
            ]
    assert faults == []


def _operations(odd: OddValues, field: str, right: Mapping[str, Any]) -> Iterator[Operation]:
    """What is right; then each moment and each text of it by itself; then some of all by chance."""
    yield odd.operation(field, right, 0)
    for type, values in (("DateTime", INSTANTS[:2]), ("String", ["\0"])):
        for path in odd.places(field, type):
            for value in values:
                yield odd.operation(field, placed(right, path, value), 0)
    yield odd.operation(field, right, 0.2)
    yield odd.operation(field, right, 0.5)


def _has_a_table(operation: Operation) -> bool:
    return any(word in operation.document for word in ("table", "Table", "ecord", "ield"))


def _ids(world: Mapping[str, str]) -> dict[str, str]:
    """What is in the world, by the names of arguments."""
    return {f"{name}Id": id for name, id in world.items()}


def _faults(errors: list[dict[str, Any]]) -> Iterator[str]:
    for error in errors:
        said = f"{error['extensions']['code']} {error['message']} {error['extensions'].get('errors', '')}"
        if said.startswith(("INTERNAL_ERROR", "UNAVAILABLE")) or NOT_OUR_WORDS.search(said):
            yield said[:300]
