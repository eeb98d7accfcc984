"""updateMe"""

import asyncpg
import pytest

from tests.support.api import Api

UPDATE = "mutation ($input: UpdateMeInput!) { updateMe(input: $input) { user { id name } } }"


async def test_the_name_changes(api: Api, pg: asyncpg.Connection) -> None:
    ada, bob = await api.register(), await api.register()

    result = await api.execute(UPDATE, {"input": {"name": "  Ada "}}, as_=ada)

    assert result.ok == {"updateMe": {"user": {"id": str(ada.id), "name": "Ada"}}}
    assert dict(await pg.fetch("SELECT id, name FROM users")) == {ada.id: "Ada", bob.id: None}
    assert await pg.fetchval("SELECT updated_at > created_at FROM users WHERE id = $1", ada.id)


@pytest.mark.parametrize(("input", "name"), [({}, "Ada"), ({"name": None}, None), ({"name": " "}, None)])
async def test_what_is_left_out_stays_and_null_removes(
    input: dict[str, str | None], name: str | None, api: Api
) -> None:
    ada = await api.register()
    await api.execute(UPDATE, {"input": {"name": "Ada"}}, as_=ada)

    result = await api.execute(UPDATE, {"input": input}, as_=ada)

    assert result.ok["updateMe"]["user"]["name"] == name


@pytest.mark.parametrize("name", ["x" * 256, "A\x00da", "A\nda"])
async def test_an_unreadable_name_is_refused(name: str, api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()

    result = await api.execute(UPDATE, {"input": {"name": name}}, as_=ada)

    assert (result.codes, result.data) == (["VALIDATION_ERROR"], None)
    assert result.errors[0]["extensions"]["field"] == "name"
    assert await pg.fetchval("SELECT name FROM users") is None
