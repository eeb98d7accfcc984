"""Which permissions an account holds and why, and the rule that nobody passes on what they do not hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final
from uuid import UUID

from domain.access.permissions import STAFF_PERMISSIONS, Permission
from domain.errors import Forbidden

MAX_NAMED: Final = 5
"""How many permissions a refusal names."""


class HoldingSource(Enum):
    """Why somebody holds a permission."""

    SUPERUSER = "SUPERUSER"
    STAFF = "STAFF"
    DIRECT = "DIRECT"
    GROUP = "GROUP"
    ROLE = "ROLE"
    GROUP_ROLE = "GROUP_ROLE"


@dataclass(frozen=True, slots=True)
class Holding:
    """One way in which somebody holds a permission, with the role and the group that it leads over."""

    permission: str
    source: HoldingSource
    role_id: UUID | None = None
    group_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What an account was given; one that is not active, or not there, holds nothing."""

    user_id: UUID
    is_superuser: bool = False
    is_staff: bool = False
    granted: tuple[Holding, ...] = ()

    def holds(self, permission: str) -> bool:
        """Whether it holds a permission, which must be one that there is: a superuser holds them all."""
        if self.is_superuser or (self.is_staff and permission in STAFF_PERMISSIONS):
            return True
        return any(each.permission == permission for each in self.granted)

    def explained(self, all_permissions: Iterable[str]) -> list[Holding]:
        """Every way in which it holds each of `all_permissions`, sorted by permission."""
        found = list(self.granted)
        if self.is_superuser:
            found += [Holding(each, HoldingSource.SUPERUSER) for each in all_permissions]
        if self.is_staff:
            found += [Holding(each, HoldingSource.STAFF) for each in STAFF_PERMISSIONS]
        order = list(HoldingSource)
        return sorted(found, key=lambda each: (each.permission, order.index(each.source), str(each.role_id)))


def require_permission(mine: Holdings, permission: Permission) -> None:
    """Raise `Forbidden` for who does not hold a permission."""
    if not mine.holds(permission.code):
        raise Forbidden(f"You may not do this: it needs the permission {permission.code!r}.")


def require_superuser(mine: Holdings, what: str) -> None:
    """Raise `Forbidden` for everybody but superusers; `what` completes "Only superusers may …"."""
    if not mine.is_superuser:
        raise Forbidden(f"Only superusers may {what}.")


def require_power_over(mine: Holdings, permissions: Iterable[str]) -> None:
    """Raise `Forbidden` where these permissions, which are to be given or taken, are not all one's own."""
    lacking = sorted({each for each in permissions if not mine.holds(each)})
    if lacking:
        more = f" and {len(lacking) - MAX_NAMED} more" if len(lacking) > MAX_NAMED else ""
        names = ", ".join(lacking[:MAX_NAMED])
        raise Forbidden(f"Nobody gives or takes permissions that they do not hold themselves: {names}{more}.")


def require_rank_over(mine: Holdings, theirs: Holdings) -> None:
    """Raise `Forbidden` where the account of somebody more powerful is to be changed."""
    if mine.is_superuser:
        return
    if theirs.is_superuser:
        raise Forbidden("Only superusers may change the account of a superuser.")
    granted = {each.permission for each in theirs.granted}
    require_power_over(mine, granted | (STAFF_PERMISSIONS if theirs.is_staff else frozenset()))
