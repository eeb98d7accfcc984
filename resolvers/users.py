"""Accounts as other people and their owners see them."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from adapters.database import Unit
from domain.accounts.registration import clean_optional_name
from domain.audit.actions import AuditAction
from domain.unchanged import UNCHANGED, Unchanged
from models import User, WorkspaceMember
from resolvers.access import missing
from resolvers.audit.writing import audit
from resolvers.authentication import require_session
from resolvers.catalog_loader import among
from resolvers.context import RequestContext
from resolvers.loader import Loader
from resolvers.reach import is_near


class UserLoader(Loader[UUID, User]):
    """Users by id, for whoever may see the thing that names them (a record's creator, a member)."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, User]:
        """See `Loader.fetch`."""
        found = await unit.session.scalars(select(User).where(among(User.id, keys)))
        return {user.id: user for user in found}


class VisibleUserLoader(Loader[UUID, User]):
    """Users by id, as far as the caller may see them for their own sake: oneself, and who shares a workspace."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, User]:
        """See `Loader.fetch`."""
        mine, theirs = aliased(WorkspaceMember), aliased(WorkspaceMember)
        shared = (
            select(theirs.user_id)
            .join(mine, mine.workspace_id == theirs.workspace_id)
            .where(mine.user_id == self.context.user_id, theirs.user_id == User.id)
        )
        near = is_near(self.context, theirs.workspace_id)
        shared = shared if near is None else shared.where(near)
        visible = (User.id == self.context.user_id) | shared.exists()
        found = await unit.session.scalars(select(User).where(among(User.id, keys), visible))
        return {user.id: user for user in found}


async def get_me(context: RequestContext) -> User | None:
    """The caller's own account; None for an anonymous caller."""
    viewer = context.viewer_or_none
    return None if viewer is None else await context.loader(UserLoader).load(viewer.user_id)


async def get_user(context: RequestContext, user_id: UUID) -> User:
    """A user; raises `NotFound` for one with whom the caller shares no workspace."""
    found = await context.loader(VisibleUserLoader).load(user_id)
    if found is None:
        raise missing("user", user_id)
    return found


async def update_me(context: RequestContext, *, name: str | Unchanged | None = UNCHANGED) -> User:
    """Change the caller's account; None or an empty name removes the name."""
    require_session(context)
    async with context.unit() as unit:
        user = await unit.session.get_one(User, context.user_id, populate_existing=True)
        before = user.name
        if not isinstance(name, Unchanged):
            user.name = clean_optional_name(name, "person", limit=context.services.limits.max_name_length)
        await unit.session.flush()
        details = {} if user.name == before else {"name": [before, user.name]}
        await audit(unit, context, AuditAction.USER_UPDATED, subject=user.id, details=details)
    context.forget_loaded()
    return user
