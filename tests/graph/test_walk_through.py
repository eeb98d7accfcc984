"""docs/quickstart.md and docs/recipes.md, as somebody who follows them: each operation runs, and answers as shown."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson
from graphql import OperationDefinitionNode, parse

from tests.support.api import Api

DOCS: Final = Path(__file__).parents[2] / "docs"
PAGES: Final = ("quickstart.md", "recipes.md")
_BLOCK: Final = re.compile(r"```(graphql|json)\n(.*?)```", re.DOTALL)
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

LATER: Final[Mapping[str, Mapping[str, tuple[str | int, ...]]]] = {
    "MakeWorkspace": {"workspace": ("createWorkspace", "workspace", "id")},
    "MakeBase": {"base": ("createBase", "base", "id")},
    "MakeCompanies": {
        "companies": ("createTable", "table", "id"),
        "name": ("createTable", "table", "primaryField", "id"),
    },
    "MakeDeals": {"deals": ("createTable", "table", "id")},
    "FirstPage": {
        "record": ("records", "nodes", 0, "id"),
        "after": ("records", "pageInfo", "endCursor"),
    },
    "Win": {"mutation": ("updateRecords", "mutationId")},
    "MakeBoard": {"board": ("createView", "view", "id")},
    "MakeForm": {"form": ("createView", "view", "id")},
    "Whole": {"since": ("records", "eventCursor")},
    "Intake": {"webhook": ("createIncomingWebhook", "incomingWebhook", "id")},
    "Share": {"shareToken": ("createShareLink", "token")},
    "Publish": {"token": ("publishForm", "token")},
}
"""Which variables of later operations an answer has, and where."""
IN_A_SESSION: Final = frozenset({"ReadingKey"})
"""The operations that the pages say need an access token, and no key."""


def blocks() -> Iterator[tuple[str, str]]:
    """The language and the text of every example, in the order of the pages."""
    for page in PAGES:
        yield from _BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))


def operation_of(document: str) -> OperationDefinitionNode:
    """The one operation of an example."""
    [operation] = parse(document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def at(answer: Any, place: tuple[str | int, ...]) -> Any:
    """What stands at a place of an answer."""
    for step in place:
        answer = answer[step]
    return answer


async def test_every_operation_runs_and_answers_as_the_page_shows(api: Api) -> None:
    known: dict[str, Any] = {}
    headers: dict[str, str] = {}
    session: dict[str, str] = {}
    answer: Any = None
    shown = 0
    for language, text in blocks():
        if language == "json":
            assert orjson.loads(text) == orjson.loads(_ID.sub("…", orjson.dumps(answer).decode()))
            shown += 1
            continue
        operation = operation_of(text)
        assert operation.name is not None
        name = operation.name.value
        if operation.operation.value == "subscription":
            continue  # tests/graph/subscriptions has the transports; test_pages.py validates it
        variables = {
            each.variable.name.value: known[each.variable.name.value] for each in operation.variable_definitions or ()
        }
        sent = session if name in IN_A_SESSION else headers
        answer = (await api.execute(text, variables, headers=sent)).ok
        known |= {key: at(answer, place) for key, place in LATER.get(name, {}).items()}
        if name == "Register":
            headers = session = {"Authorization": f"Bearer {answer['register']['accessToken']}"}
        if name == "MakeKey":
            headers = {"X-API-Key": answer["createApiKey"]["secret"]}
    assert shown == 4
