"""Permissions on the server as a whole: what there is to be allowed outside of workspaces, each with a description.

A permission is named `resource:action`. Those that the server itself asks for stand here; clients may add their own
for what they do themselves, under resources that the server does not use.
"""

import re
from dataclasses import dataclass
from typing import Final

from domain.errors import Problem, invalid_input

MAX_PERMISSION_LENGTH: Final = 100
_CODE: Final = re.compile(r"[a-z][a-z0-9_-]*:[a-z][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Permission:
    """Something that may be granted; `is_for_staff` for what every member of the staff may do anyway."""

    code: str
    description: str
    is_for_staff: bool = False

    @property
    def resource(self) -> str:
        """The part before the colon."""
        return self.code.partition(":")[0]


USERS_READ: Final = Permission("users:read", "See every account of the server.", is_for_staff=True)
USERS_MANAGE: Final = Permission("users:manage", "Rename, activate and deactivate accounts.")
ROLES_READ: Final = Permission(
    "roles:read", "See roles, groups and permissions, and who holds which.", is_for_staff=True
)
ROLES_MANAGE: Final = Permission(
    "roles:manage", "Make, change, grant and revoke roles, groups and permissions, as far as one holds them oneself."
)
AUDIT_READ: Final = Permission("audit:read", "Read the audit log of the whole server.")
SETTINGS_READ: Final = Permission("settings:read", "See the settings of the instance.")
SETTINGS_MANAGE: Final = Permission("settings:manage", "See and change the settings of the instance.")
JOBS_READ: Final = Permission("jobs:read", "See work in the background that failed.", is_for_staff=True)
JOBS_MANAGE: Final = Permission("jobs:manage", "Have work in the background done again that failed, or drop it.")

PERMISSIONS: Final = {
    each.code: each
    for each in (
        *(USERS_READ, USERS_MANAGE, ROLES_READ, ROLES_MANAGE),
        *(AUDIT_READ, SETTINGS_READ, SETTINGS_MANAGE, JOBS_READ, JOBS_MANAGE),
    )
}
"""The permissions that the server itself asks for, by code."""
STAFF_PERMISSIONS: Final = frozenset(each.code for each in PERMISSIONS.values() if each.is_for_staff)
_RESOURCES: Final = frozenset(each.resource for each in PERMISSIONS.values())


def is_permission_code(text: str) -> bool:
    """Whether a text could be the code of a permission."""
    return len(text) <= MAX_PERMISSION_LENGTH and _CODE.fullmatch(text) is not None


def clean_new_permission(code: str, *, loc: str = "code") -> str:
    """The code of a permission that a client adds; raises `ValidationFailed`."""
    if not is_permission_code(code):
        message = (
            "The code of a permission looks like 'invoices:approve': a resource and an action of small letters, "
            f"digits, '-' and '_', at most {MAX_PERMISSION_LENGTH} characters together."
        )
        raise invalid_input([Problem((loc,), message, "value_error.format", value=code[:MAX_PERMISSION_LENGTH])])
    resource = code.partition(":")[0]
    if resource in _RESOURCES:
        message = f"The resource {resource!r} belongs to the server; choose another one."
        raise invalid_input([Problem((loc,), message, "value_error.reserved", value=code)])
    return code
