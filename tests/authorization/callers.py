"""Everybody who may call the API, as the authorization matrix sees them."""

from enum import Enum

from domain.accounts.viewer import ALL_SCOPES


class Caller(Enum):
    """One kind of caller. The roles are members of the world's workspace; its owner holds the two narrow keys."""

    ANONYMOUS = "anonymous"
    STRANGER = "stranger"
    VIEWER = "viewer"
    COMMENTER = "commenter"
    EDITOR = "editor"
    ADMIN = "admin"
    OWNER = "owner"
    SUPERUSER = "superuser"
    """A superuser who is no member of the workspace."""
    READ_KEY = "read key"
    """An API key of the owner with the scope `read` alone."""
    WRITE_KEY = "write key"
    """An API key of the owner with every scope but `read`."""
    FOREIGN_KEY = "foreign key"
    """An API key of the stranger with all scopes."""


MEMBERS = (Caller.VIEWER, Caller.COMMENTER, Caller.EDITOR, Caller.ADMIN, Caller.OWNER)
"""The callers with a role, from the least to the most powerful; their names are those of the roles."""
KEYS = {
    Caller.READ_KEY: (Caller.OWNER, frozenset({"read"})),
    Caller.WRITE_KEY: (Caller.OWNER, ALL_SCOPES - {"read"}),
    Caller.FOREIGN_KEY: (Caller.STRANGER, ALL_SCOPES),
}
"""Whose key each is, and its scopes."""
