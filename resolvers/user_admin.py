"""Accounts as those see and change them who look after the server."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from adapters.database import Unit
from domain.access.holdings import Holdings, require_rank_over, require_superuser
from domain.access.permissions import USERS_MANAGE, USERS_READ
from domain.accounts.registration import clean_optional_name
from domain.audit.actions import AuditAction
from domain.errors import BadRequest
from domain.unchanged import UNCHANGED, Unchanged
from models import GroupMember, Session, User
from resolvers.access import missing
from resolvers.audit.writing import audit
from resolvers.context import RequestContext
from resolvers.id_pages import IdPage, PageRequest, read_page
from resolvers.permissions.changing import rights_change
from resolvers.permissions.holdings import permitted, read_holdings
from resolvers.self_service.proof import require_another_superuser
from resolvers.self_service.tokens import end_tokens
from resolvers.sessions import end_sessions
from resolvers.users import get_user

MAX_SEARCH_LENGTH = 1_000
_PUBLIC = {"is_active": "isActive", "is_staff": "isStaff", "is_superuser": "isSuperuser"}


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Which accounts: all that is given must hold. `search` is a part of the address or the name, whatever the case."""

    search: str | None = None
    group_id: UUID | None = None
    is_active: bool | None = None
    is_staff: bool | None = None
    is_superuser: bool | None = None

    def __post_init__(self) -> None:
        text = self.search or ""
        if len(text) > MAX_SEARCH_LENGTH or "\x00" in text or any("\ud800" <= each <= "\udfff" for each in text):
            message = f"'search' must be a text of at most {MAX_SEARCH_LENGTH:,} characters that can be stored."
            raise BadRequest(message, argument="search")

    def apply(self, statement: Select[Any]) -> Select[Any]:
        """The statement over users, narrowed to these."""
        if self.search:
            found = User.email.icontains(self.search, autoescape=True)
            statement = statement.where(found | User.name.icontains(self.search, autoescape=True))
        if self.group_id is not None:
            members = select(GroupMember.user_id).where(GroupMember.group_id == self.group_id)
            statement = statement.where(User.id.in_(members))
        flags = {"is_active": self.is_active, "is_staff": self.is_staff, "is_superuser": self.is_superuser}
        return statement.filter_by(**{name: flag for name, flag in flags.items() if flag is not None})


@dataclass(frozen=True, slots=True)
class UserChanges:
    """What becomes of an account."""

    name: str | Unchanged | None = UNCHANGED
    is_active: bool | Unchanged = UNCHANGED
    is_staff: bool | Unchanged = UNCHANGED
    is_superuser: bool | Unchanged = UNCHANGED

    @property
    def flags(self) -> dict[str, bool]:
        """The flags that are given, by the names of their columns."""
        given = {"is_active": self.is_active, "is_staff": self.is_staff, "is_superuser": self.is_superuser}
        return {name: flag for name, flag in given.items() if not isinstance(flag, Unchanged)}


async def list_users(context: RequestContext, wanted: UserFilter, page: PageRequest) -> IdPage[User]:
    """A page of the accounts, the newest first; raises `Forbidden` without the permission to see them."""
    async with context.unit() as unit:
        await permitted(unit, context, USERS_READ)
        return await read_page(unit, wanted.apply(select(User)), User.id, page)


async def count_users(context: RequestContext, wanted: UserFilter) -> int:
    """How many there are; for whoever was given a page of them."""
    async with context.unit() as unit:
        return await unit.session.scalar(wanted.apply(select(func.count()).select_from(User))) or 0


async def find_user(context: RequestContext, user_id: UUID) -> User:
    """A user whom the caller may see: everybody with the permission for it, else who shares a workspace."""
    if context.viewer.session_id is not None:
        async with context.unit() as unit:
            mine = await read_holdings(unit, context.user_id)
            if mine.holds(USERS_READ.code):
                return await _load(unit, user_id)
    return await get_user(context, user_id)


async def update_user(context: RequestContext, user_id: UUID, changes: UserChanges) -> User:
    """Change an account. Who is deactivated is signed out everywhere, at once here and within a second elsewhere.

    Raises `Forbidden` for flags that superusers alone may set and for the account of somebody more powerful, and
    `Conflict` when no active superuser would remain.
    """
    async with rights_change(context, USERS_MANAGE) as (unit, mine):
        user = await _load(unit, user_id, lock=True)
        await _require_rank(unit, mine, user, changes)
        before = {"name": user.name, **{name: getattr(user, name) for name in changes.flags}}
        _apply(context, user, changes)
        if before.get("is_superuser", user.is_superuser) and not (user.is_superuser and user.is_active):
            await require_another_superuser(unit, user_id)
        await unit.session.flush()
        if not user.is_active:
            await end_sessions(unit, context.services.authenticator, Session.user_id == user_id)
            await end_tokens(unit, user_id)  # a link that was mailed must not bring the account back
        unit.after_commit(context.services.authenticator.forget)
        await audit(unit, context, AuditAction.USER_UPDATED, subject=user_id, details=_changed(before, user))
    return user


def _apply(context: RequestContext, user: User, changes: UserChanges) -> None:
    if not isinstance(changes.name, Unchanged):
        user.name = clean_optional_name(changes.name, "person", limit=context.services.limits.max_name_length)
    for name, flag in changes.flags.items():
        setattr(user, name, flag)


async def _require_rank(unit: Unit, mine: Holdings, user: User, changes: UserChanges) -> None:
    """Nobody changes an account that holds what they do not, and only superusers make superusers and staff."""
    if {"is_staff", "is_superuser"} & changes.flags.keys():
        require_superuser(mine, "make or unmake superusers and staff")
    theirs = await read_holdings(unit, user.id)
    require_rank_over(mine, Holdings(user.id, user.is_superuser, user.is_staff, theirs.granted))


async def _load(unit: Unit, user_id: UUID, *, lock: bool = False) -> User:
    statement = select(User).where(User.id == user_id).execution_options(populate_existing=True)
    found = await unit.session.scalar(statement.with_for_update(key_share=True) if lock else statement)
    if found is None:
        raise missing("user", user_id)
    return found


def _changed(before: dict[str, Any], user: User) -> dict[str, Any]:
    """What differs, as pairs of before and after."""
    now = {name: getattr(user, name) for name in before}
    return {_PUBLIC.get(name, name): [old, now[name]] for name, old in before.items() if old != now[name]}
