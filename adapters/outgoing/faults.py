"""What goes wrong with a request to a target that a user has named.

TargetRefused   it may not be sent: the address, the port, a header; sending it again changes nothing
TargetFailed    it was sent, or was to be, and no answer came: another time one may
"""

from enum import StrEnum
from typing import Final

from domain.errors import BadRequest, Unavailable

SHOWN: Final = 200
"""Characters of an address that a message has."""


class Failure(StrEnum):
    """Why there is no answer."""

    NAME = "NAME"
    """The name has no address."""
    CONNECT = "CONNECT"
    """Nobody takes connections there, or the certificate is not in order."""
    TIMEOUT = "TIMEOUT"
    """It took too long."""
    PROTOCOL = "PROTOCOL"
    """What came is not HTTP, or it broke off."""


TO_ALLOW: Final = "Who runs the server allows more by its setting outgoing_networks."
"""Behind the refusal of an address that is not public."""


class TargetRefused(BadRequest):
    """A request that may not be sent; the message says why, and never which address a name has."""


class TargetFailed(Unavailable):
    """A request without an answer; `failure` is the kind, and the message tells more."""

    def __init__(self, message: str, failure: Failure) -> None:
        super().__init__(message)
        self.failure = failure
