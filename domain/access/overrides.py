"""Roles that are told of one base, table or view, in place of the one that a member has in the workspace."""

from enum import Enum


class OverrideRole(Enum):
    """A role, or none at all. Owners and admins are never lowered, so there is no owner here."""

    ADMIN = "ADMIN"
    EDITOR = "EDITOR"
    COMMENTER = "COMMENTER"
    VIEWER = "VIEWER"
    NONE = "NONE"
