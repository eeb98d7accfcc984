"""The least role that reads or writes a field, where not everybody may who may read or write its table."""

from enum import Enum


class FieldRole(Enum):
    """A role in the field's table. Viewers are not here: whoever may read a table has that role at least."""

    ADMIN = "ADMIN"
    EDITOR = "EDITOR"
    COMMENTER = "COMMENTER"
