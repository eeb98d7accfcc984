"""Finds what an operator on the server's machine names: workspaces, bases and tables by id or by name, and who acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select

from adapters.database import Unit
from domain.access.roles import WorkspaceRole
from domain.accounts.viewer import Viewer
from domain.errors import BadRequest, NotFound
from domain.ids import parse_id
from models import Base, Table, User, Workspace, WorkspaceMember
from resolvers.context import Client, RequestContext
from resolvers.imports.targets import IntoTable, NewBase, NewTable, Target, name_of
from resolvers.services import Services

NamedT = TypeVar("NamedT", Workspace, Base, Table)


@dataclass(frozen=True, slots=True)
class Address:
    """What was named, each by its id or its name; `email` is the user who acts, by default the workspace's owner.

    `create_missing` asks for fields for columns that the table lacks.
    """

    workspace: str
    base: str | None = None
    table: str | None = None
    email: str | None = None
    create_missing: bool = False


async def find_target(services: Services, address: Address, file_name: str) -> tuple[RequestContext, Target]:
    """Where an import to this address goes, and the context of the user who acts.

    The workspace must be there; a base or a table of a name that does not exist is to be made. Raises `NotFound`, and
    `BadRequest` for a name that several have.
    """
    async with services.database.unit() as unit:
        workspace = await _workspace(unit, address.workspace)
        user_id = await _user(unit, workspace, address.email)
        target = await _target(unit, workspace, address, file_name)
    return RequestContext(services, Viewer(user_id), Client("command-line")), target


async def _workspace(unit: Unit, named: str) -> Workspace:
    id = parse_id(named)
    match = Workspace.name == named if id is None else Workspace.id == id
    found = list(await unit.session.scalars(select(Workspace).where(match).order_by(Workspace.id).limit(20)))
    if not found:
        raise NotFound(f"There is no workspace {named!r}.{await _there_are(unit)}")
    return _only(found, "workspaces", named)


async def _there_are(unit: Unit) -> str:
    """The first workspaces by name, for whoever has the whole database before them."""
    names = await unit.session.scalars(select(Workspace.name).distinct().order_by(Workspace.name).limit(20))
    known = ", ".join(map(repr, names))
    return f" There are: {known}." if known else " There is none yet: `createWorkspace` makes one."


async def _user(unit: Unit, workspace: Workspace, email: str | None) -> UUID:
    """The user with this address; without one, the owner of the workspace who became a member first."""
    if email is not None:
        found = await unit.session.scalar(select(User.id).where(func.lower(User.email) == email.strip().lower()))
        if found is None:
            raise NotFound(f"There is no user {email!r}.")
        return found
    mine = (WorkspaceMember.workspace_id == workspace.id) & (WorkspaceMember.role == WorkspaceRole.OWNER.value)
    owner = await unit.session.scalar(select(WorkspaceMember.user_id).where(mine).order_by(WorkspaceMember.id).limit(1))
    assert owner is not None  # a workspace always has one
    return owner


async def _target(unit: Unit, workspace: Workspace, address: Address, file_name: str) -> Target:
    base = await _base(unit, workspace, address.base or name_of(file_name))
    if base is None:
        return NewBase(workspace.id, address.base, address.table)
    table = None if address.table is None else await _table(unit, base, address.table)
    return NewTable(base.id, address.table) if table is None else IntoTable(table.id, address.create_missing)


async def _base(unit: Unit, workspace: Workspace, named: str) -> Base | None:
    id = parse_id(named)
    match = Base.name == named.strip() if id is None else Base.id == id
    mine = Base.workspace_id == workspace.id
    found = list(await unit.session.scalars(select(Base).where(mine, match).order_by(Base.id).limit(20)))
    if id is not None and not found:
        raise NotFound(f"The workspace {workspace.name!r} has no base with id {id}.")
    return _only(found, "bases", named) if found else None


async def _table(unit: Unit, base: Base, named: str) -> Table | None:
    id = parse_id(named)
    match = func.lower(Table.name) == func.lower(named.strip()) if id is None else Table.id == id
    found: Table | None = await unit.session.scalar(select(Table).where(Table.base_id == base.id, match))
    if id is not None and found is None:
        raise NotFound(f"The base {base.name!r} has no table with id {id}.")
    return found


def _only(found: Sequence[NamedT], what: str, named: str) -> NamedT:
    if len(found) > 1:
        ids = ", ".join(str(each.id) for each in found)
        raise BadRequest(f"{len(found)} {what} have the name {named!r}; give the id of one: {ids}.")
    return found[0]
