"""One workspace and everybody who may try to reach it, made anew for each case of the authorization matrix."""

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import orjson

from adapters.database import Database, Unit
from adapters.passwords import Argon2id
from domain.access.roles import WorkspaceRole
from domain.accounts.secrets import new_api_key
from domain.ids import Kind, new_id
from graph.execution.engine import Engine, Request
from graph.execution.streams import Streams
from graph.schema import build_schema
from models import ApiKey, Model, Session, User, Workspace, WorkspaceMember
from resolvers.authentication import Credentials, authenticate
from resolvers.context import Client, RequestContext
from resolvers.services import Services
from tests.authorization.callers import KEYS, MEMBERS, Caller
from tests.support.api import PASSWORD

CLIENT = Client("authorization-matrix")


@dataclass(frozen=True)
class Result:
    """The answer to one call: `data` as sent, the errors, and their codes in order."""

    data: dict[str, Any] | None
    errors: list[dict[str, Any]]

    @property
    def codes(self) -> list[str]:
        """`extensions.code` of each error."""
        return [error["extensions"]["code"] for error in self.errors]


@dataclass
class World:
    """A workspace with a member of each role, and callers with credentials of every kind.

    `ids` holds what cases need, by name: `workspace` is there from the start; a case's `prepare` adds its own, for
    instance `world.ids["base"] = (await world.owner(CREATE_BASE, {...}))["createBase"]["base"]["id"]`.
    """

    services: Services
    ids: dict[str, str] = field(default_factory=dict)
    users: dict[Caller, UUID] = field(default_factory=dict)
    sessions: dict[Caller, UUID] = field(default_factory=dict)
    members: dict[Caller, UUID] = field(default_factory=dict)
    """Ids of the memberships, not of the users."""
    credentials: dict[Caller, Credentials] = field(default_factory=dict)

    @property
    def tomorrow(self) -> datetime:
        """A moment in the future, for what expires."""
        return datetime.now(UTC) + timedelta(days=1)

    async def add(self, entity: Model) -> None:
        """Store a row of the catalog, for `prepare`."""
        async with self.database.transaction() as unit:
            unit.session.add(entity)
            await unit.session.flush()

    @property
    def database(self) -> Database:
        """The database that the callers' calls reach."""
        return self.services.database

    async def run(self, caller: Caller, document: str, variables: Mapping[str, Any] | None = None) -> Result:
        """Run a document with this caller's credentials; the answer to a subscription is its first event's."""
        viewer = await authenticate(self.services, self.credentials[caller], CLIENT)
        context = RequestContext(self.services, viewer, CLIENT)
        async with aclosing(_streams().answers(Request(document, dict(variables or {})), context)) as answers:
            answer = await anext(answers)
        body = orjson.loads(answer.body)
        return Result(body.get("data"), body.get("errors", []))

    async def owner(self, document: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The data of a document that the workspace's owner runs without an error; for `prepare`."""
        result = await self.run(Caller.OWNER, document, variables)
        assert result.errors == []
        assert result.data is not None
        return result.data


def email_of(caller: Caller) -> str:
    """The address of a caller with an account; the password of all is `PASSWORD`."""
    return f"{caller.value}@example.com"


@cache
def _password_hash() -> str:
    return Argon2id().hash(PASSWORD)


@cache
def _streams() -> Streams:
    return Streams(Engine(build_schema()))


async def make_world(services: Services) -> World:
    """A world in an otherwise empty database."""
    world = World(services)
    async with services.database.transaction() as unit:
        await _add_people(world, unit)
        await _add_workspace(world, unit)
        await _add_keys(world, unit)
    return world


async def _add_people(world: World, unit: Unit) -> None:
    people = [caller for caller in Caller if caller not in KEYS and caller is not Caller.ANONYMOUS]
    for caller in people:
        user = new_id(Kind.USER)
        session = new_id(Kind.SESSION)
        unit.session.add(
            User(
                id=user,
                email=email_of(caller),
                name=caller.value,
                password_hash=_password_hash(),
                is_superuser=caller is Caller.SUPERUSER,
            )
        )
        world.users[caller], world.sessions[caller] = user, session
        token = world.services.tokens.issue(user, session).text
        world.credentials[caller] = Credentials(authorization=f"Bearer {token}")
    await unit.session.flush()
    unit.session.add_all([Session(id=world.sessions[caller], user_id=world.users[caller]) for caller in people])
    await unit.session.flush()
    world.credentials[Caller.ANONYMOUS] = Credentials()


async def _add_workspace(world: World, unit: Unit) -> None:
    workspace = Workspace(id=new_id(Kind.WORKSPACE), name="Ours")
    unit.session.add(workspace)
    await unit.session.flush()
    world.ids["workspace"] = str(workspace.id)
    for caller in MEMBERS:
        role = WorkspaceRole[caller.name].value
        id = world.members[caller] = new_id(Kind.WORKSPACE_MEMBER)
        user = world.users[caller]
        unit.session.add(WorkspaceMember(id=id, workspace_id=workspace.id, user_id=user, role=role))
    await unit.session.flush()


async def _add_keys(world: World, unit: Unit) -> None:
    for caller, (user, scopes) in KEYS.items():
        made = new_api_key()
        key = ApiKey(
            id=new_id(Kind.API_KEY),
            user_id=world.users[user],
            name=caller.value,
            prefix=made.prefix,
            secret_hash=made.digest,
            scopes=sorted(scopes),
            last_used_at=datetime.now(UTC),  # so that a use is not noted, which no denial could be told from
        )
        unit.session.add(key)
        world.users[caller] = world.users[user]
        world.credentials[caller] = Credentials(api_key=made.text)
    await unit.session.flush()
