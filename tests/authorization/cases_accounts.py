"""Who may use the root fields about accounts, sessions and API keys."""

from collections.abc import Mapping
from typing import Any

from domain.access.roles import WorkspaceRole
from domain.accounts.secrets import new_api_key, new_bare_secret
from domain.ids import Kind, new_id
from models import ApiKey, RefreshToken, Session
from tests.authorization.callers import Caller
from tests.authorization.case import Case, mutation
from tests.authorization.outcomes import everybody, members, nobody_but_its_user, sessions_only
from tests.authorization.world import World, email_of
from tests.support.api import PASSWORD

Variables = Mapping[str, Any]


async def owners_key(world: World) -> None:
    """An API key of the owner's, under `world.ids["key"]`."""
    made = new_api_key()
    id = new_id(Kind.API_KEY)
    key = ApiKey(
        id=id,
        user_id=world.users[Caller.OWNER],
        name="spare",
        prefix=made.prefix,
        secret_hash=made.digest,
        scopes=["read"],
    )
    await world.add(key)
    world.ids["key"] = str(id)


async def owners_session(world: World) -> None:
    """Another session of the owner's, under `world.ids["session"]`."""
    id = new_id(Kind.SESSION)
    await world.add(Session(id=id, user_id=world.users[Caller.OWNER]))
    world.ids["session"] = str(id)


async def owners_refresh_token(world: World) -> None:
    """A refresh token of the owner's session, under `world.ids["refresh"]`."""
    made = new_bare_secret()
    session = world.sessions[Caller.OWNER]
    await world.add(RefreshToken(token_hash=made.digest, session_id=session, expires_at=world.tomorrow))
    world.ids["refresh"] = made.text


def new_account(_: World, __: Caller) -> Variables:
    """The input of `register` for somebody new."""
    return {"input": {"email": "new@example.com", "password": PASSWORD}}


def owners_password(_: World, __: Caller) -> Variables:
    """The input of `login` for the owner, whoever calls."""
    return {"input": {"email": email_of(Caller.OWNER), "password": PASSWORD}}


def refresh(world: World, _: Caller) -> Variables:
    """The input of `refreshTokens`."""
    return {"input": {"refreshToken": world.ids["refresh"]}}


def passwords(_: World, __: Caller) -> Variables:
    """The input of `changePassword`."""
    return {"input": {"currentPassword": PASSWORD, "newPassword": "another long password"}}


def key(world: World, _: Caller) -> Variables:
    """An input with the id of the owner's key."""
    return {"input": {"id": world.ids["key"]}}


def session(world: World, _: Caller) -> Variables:
    """An input with the id of the owner's other session."""
    return {"input": {"id": world.ids["session"]}}


NODE = "query ($id: ID!) { node(id: $id) { id __typename } }"

CASES = [
    Case("Query.me", "{ me { id } }", everybody("Query")),
    Case("Query.apiKeys", "{ apiKeys { id name } }", sessions_only()),
    Case("Query.sessions", "{ sessions { id } }", sessions_only()),
    Case(
        "Query.node",
        NODE,
        members("Query", WorkspaceRole.VIEWER),
        lambda world, _: {"id": str(world.users[Caller.OWNER])},
        about="of a user",
    ),
    Case(
        "Query.node",
        NODE,
        nobody_but_its_user(Caller.OWNER),
        lambda world, _: {"id": world.ids["session"]},
        owners_session,
        about="of a session",
    ),
    Case(
        "Query.node",
        NODE,
        nobody_but_its_user(Caller.OWNER),
        lambda world, _: {"id": world.ids["key"]},
        owners_key,
        about="of an API key",
    ),
    Case("Mutation.register", mutation("register", "user { id }"), everybody("Mutation"), new_account),
    Case("Mutation.login", mutation("login", "user { id }"), everybody("Mutation"), owners_password),
    Case(
        "Mutation.refreshTokens",
        mutation("refreshTokens", "user { id }"),
        everybody("Mutation"),
        refresh,
        owners_refresh_token,
    ),
    Case("Mutation.logout", "mutation { logout { endedSessions } }", sessions_only()),
    Case(
        "Mutation.revokeSession",
        mutation("revokeSession", "revokedId"),
        nobody_but_its_user(Caller.OWNER),
        session,
        owners_session,
    ),
    Case(
        "Mutation.updateMe",
        'mutation { updateMe(input: { name: "New" }) { user { name } } }',
        sessions_only(),
    ),
    Case("Mutation.changePassword", mutation("changePassword", "user { id }"), sessions_only(), passwords),
    Case(
        "Mutation.createApiKey",
        'mutation { createApiKey(input: { name: "New" }) { secret } }',
        sessions_only(),
    ),
    Case(
        "Mutation.updateApiKey",
        mutation("updateApiKey", "apiKey { id }"),
        nobody_but_its_user(Caller.OWNER),
        key,
        owners_key,
    ),
    Case(
        "Mutation.deleteApiKey",
        mutation("deleteApiKey", "deletedId"),
        nobody_but_its_user(Caller.OWNER),
        key,
        owners_key,
    ),
]
