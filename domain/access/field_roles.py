"""The least role that reads or writes a field, where not everybody who may read or write its table may."""

from enum import Enum

from domain.access.roles import WorkspaceRole


class FieldRole(Enum):
    """A role of the ladder, in the field's table; below it are those whom a field can be kept from."""

    ADMIN = "ADMIN"
    EDITOR = "EDITOR"
    COMMENTER = "COMMENTER"


ADMINS = (WorkspaceRole.OWNER, WorkspaceRole.ADMIN)
"""Who reads and writes every field."""
