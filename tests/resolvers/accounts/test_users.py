"""Loading users, for others and for their own sake."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest

from adapters.database import Database
from domain.accounts.viewer import Viewer
from domain.errors import NotFound
from domain.ids import Kind, new_id
from resolvers.context import Client, RequestContext
from resolvers.services import Services
from resolvers.users import UserLoader, get_user
from tests.support.accounts import add_user
from tests.support.statements import StatementLog

CLIENT = Client("test")


async def test_users_are_loaded_in_one_statement(
    services: Services, database: Database, statements: Callable[[], StatementLog]
) -> None:
    ids = [await add_user(database, name=name) for name in "abc"]
    context = RequestContext(services, None, CLIENT)

    with statements() as seen:
        load = context.loader(UserLoader).load
        users = await asyncio.gather(*map(load, [*ids, new_id(Kind.USER), ids[0]]))

    assert [user.name if user else None for user in users] == ["a", "b", "c", None, "a"]
    assert seen.count == 1


async def test_one_sees_oneself_and_who_shares_a_workspace(
    services: Services, database: Database, pg: asyncpg.Connection
) -> None:
    me, colleague, stranger = [await add_user(database, name=name) for name in ("me", "colleague", "stranger")]
    workspace = await pg.fetchval("INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), 'w') RETURNING id")
    for user in (me, colleague):
        await pg.execute("INSERT INTO workspace_members VALUES (gen_random_uuid(), $1, $2, 'VIEWER')", workspace, user)
    context = RequestContext(services, Viewer(me), CLIENT)

    assert (await get_user(context, me)).name == "me"
    assert (await get_user(context, colleague)).name == "colleague"
    for unseen in (stranger, new_id(Kind.USER)):
        with pytest.raises(NotFound, match=f"There is no user with id {unseen}."):
            await get_user(context, unseen)
