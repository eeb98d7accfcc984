"""Who may make an account on this server."""

from enum import Enum


class Registration(Enum):
    """The three ways; INVITE lets those make one who were invited to a workspace."""

    OPEN = "OPEN"
    INVITE = "INVITE"
    CLOSED = "CLOSED"

    @classmethod
    def of(cls, *, is_open: bool, by_invitation: bool) -> "Registration":
        """What two settings of the process come to."""
        if is_open:
            return cls.OPEN
        return cls.INVITE if by_invitation else cls.CLOSED
