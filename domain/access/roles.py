"""Workspace roles and what each may do; the one table that every permission check reads."""

from enum import Enum


class WorkspaceRole(Enum):
    """A member's role in a workspace, from the most to the least powerful."""

    OWNER = "OWNER"
    ADMIN = "ADMIN"
    EDITOR = "EDITOR"
    COMMENTER = "COMMENTER"
    VIEWER = "VIEWER"


class Action(Enum):
    """Something that a role may or may not do in a workspace; the text completes "You may not …"."""

    READ = "read here"
    COMMENT = "comment here"
    WRITE_RECORDS = "write records here"
    CHANGE_VIEWS = "change views here"
    PUBLISH_FORMS = "publish forms here"
    MANAGE_WEBHOOKS = "see or change webhooks here"
    CHANGE_SCHEMA = "change bases, tables or fields here"
    MANAGE_WORKSPACE = "change this workspace or its members"
    MANAGE_OWNERS = "make, change or remove owners"
    DELETE_WORKSPACE = "delete this workspace"


_LEAST_ROLE = {
    Action.READ: WorkspaceRole.VIEWER,
    Action.COMMENT: WorkspaceRole.COMMENTER,
    Action.WRITE_RECORDS: WorkspaceRole.EDITOR,
    Action.CHANGE_VIEWS: WorkspaceRole.EDITOR,
    Action.PUBLISH_FORMS: WorkspaceRole.ADMIN,
    Action.MANAGE_WEBHOOKS: WorkspaceRole.ADMIN,
    Action.CHANGE_SCHEMA: WorkspaceRole.ADMIN,
    Action.MANAGE_WORKSPACE: WorkspaceRole.ADMIN,
    Action.MANAGE_OWNERS: WorkspaceRole.OWNER,
    Action.DELETE_WORKSPACE: WorkspaceRole.OWNER,
}

_RANK = {role: rank for rank, role in enumerate(WorkspaceRole)}


def may(role: WorkspaceRole, action: Action) -> bool:
    """Whether this role may do this."""
    return _RANK[role] <= _RANK[_LEAST_ROLE[action]]


def roles_that_may(action: Action) -> tuple[WorkspaceRole, ...]:
    """Every role that may do this, most powerful first."""
    return tuple(role for role in WorkspaceRole if may(role, action))
