"""What the schema says of itself is found out once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from graphql import get_introspection_query

from graph.execution import engine
from graph.execution.fixed_answers import MAX_KEPT
from tests.support.api import Api

SCHEMA = get_introspection_query()
TYPE = 'query Named { __type(name: "User") { name } } query Other { __schema { queryType { name } } }'


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The names of the operations that were really executed."""
    names: list[Any] = []
    execute = engine.execute

    def noted(*arguments: Any, **more: Any) -> Any:
        names.append(more["operation_name"])
        return execute(*arguments, **more)

    monkeypatch.setattr(engine, "execute", noted)
    return names


@contextmanager
def executing(executed: list[Any], *names: str | None) -> Iterator[None]:
    executed.clear()
    yield
    assert executed == list(names)


async def test_all_of_it_is_executed_once_and_charged_each_time(api: Api, executed: list[Any]) -> None:
    person = await api.register()
    with executing(executed, None):
        first, second = await api.execute(SCHEMA, as_=person), await api.execute(SCHEMA, as_=person)
        stranger = await api.execute(SCHEMA)
    assert first.ok == second.ok == stranger.ok
    assert len(first.ok["__schema"]["types"]) > 400
    left = [each.body["extensions"]["cost"]["remaining"] for each in (first, second)]
    assert left[1] < left[0]


async def test_operations_of_one_document_are_told_apart(api: Api, executed: list[Any]) -> None:
    with executing(executed, "Named", "Other"):
        for _ in range(2):
            named, other = [await api.execute(TYPE, operation=name) for name in ("Named", "Other")]
            assert named.ok == {"__type": {"name": "User"}}
            assert other.ok == {"__schema": {"queryType": {"name": "Query"}}}


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("query ($name: String!) { __type(name: $name) { name } }", {"name": "User"}),
        ("{ __schema { queryType { name } } instanceInfo { __typename } }", {}),
        ("{ ...F } fragment F on Query { __schema { queryType { name } } }", {}),
    ],
)
async def test_what_something_else_may_decide_is_executed_each_time(
    api: Api, executed: list[Any], document: str, variables: dict[str, Any]
) -> None:
    with executing(executed, None, None):
        for _ in range(2):
            assert (await api.execute(document, variables)).errors == []


async def test_only_the_last_few_are_kept(api: Api, executed: list[Any]) -> None:
    documents = [f"{{ __schema {{ a{number}: description }} }}" for number in range(MAX_KEPT + 1)]
    with executing(executed, *[None] * (MAX_KEPT + 2)):
        for document in [*documents, documents[-1], documents[0]]:
            assert (await api.execute(document)).errors == []
