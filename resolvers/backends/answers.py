"""What comes of asking whose a name and a password are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models import User


@dataclass(frozen=True, slots=True)
class KnownUser:
    """A user as they were when they were known, the hash to keep of their password from now on, and who knew them."""

    user: User
    renewed: str | None = field(repr=False)
    by: str | None = None
    """The name of the backend; None for the server's own passwords."""

    @property
    def details(self) -> Mapping[str, str]:
        """What the audit log tells of it besides."""
        return {} if self.by is None else {"by": self.by}


@dataclass(frozen=True, slots=True)
class Refused:
    """Nobody: no backend knows them. `user` has the address that was given, where an account has."""

    user: User | None
