"""The list of functions: those that the caller may call, with their JSON Schemas."""

from collections.abc import Callable
from typing import Any

from tests.support.accounts import add_api_key
from tests.support.api import Api, Person
from tests.support.rights import make_superuser
from tests.support.statements import StatementLog

_NAMES = "{ functions { name } }"


async def names(api: Api, as_: Person | None = None, **more: Any) -> list[str]:
    """Of the functions that somebody may call."""
    return [each["name"] for each in (await api.execute(_NAMES, as_=as_, **more)).ok["functions"]]


async def test_each_has_what_it_takes_and_answers(api: Api, greetings: Any) -> None:
    selection = "name description extension auth inputSchema outputSchema"

    found = (await api.execute(f"{{ functions {{ {selection} }} }}")).ok["functions"]

    assert found == [
        {
            "name": "greet",
            "description": "Greet somebody.",
            "extension": "greetings",
            "auth": "PUBLIC",
            "inputSchema": {
                "title": "Greeting",
                "description": "Whom to greet.",
                "type": "object",
                "properties": {
                    "name": {"title": "Name", "type": "string", "minLength": 1, "maxLength": 20},
                    "times": {"title": "Times", "type": "integer", "default": 1},
                },
                "required": ["name"],
            },
            "outputSchema": {
                "title": "Greeted",
                "type": "object",
                "properties": {"text": {"title": "Text", "type": "string"}},
                "required": ["text"],
            },
        }
    ]


async def test_who_may_call_more_sees_more(api: Api, greetings: Any) -> None:
    ada, root = await api.register(), await make_superuser(api)
    key = await add_api_key(api.services.database, root.id)

    assert await names(api) == ["greet"]
    assert set(await names(api, root)) - set(await names(api, ada)) == {"reset"}
    assert "reset" not in await names(api, headers={"X-API-Key": key})
    assert "add" in await names(api, ada)


async def test_the_list_asks_the_database_nothing(
    api: Api, greetings: Any, statements: Callable[[], StatementLog]
) -> None:
    ada = await api.register()
    await names(api, ada)

    with statements() as log:
        await names(api, ada)

    assert log.count == 0


async def test_without_extensions_there_are_none(api: Api) -> None:
    assert await names(api) == []
