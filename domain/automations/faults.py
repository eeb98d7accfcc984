"""How a step of an automation ends other than well.

StepFailed   it has failed, and doing it again is of no use
Passing      it has failed for a reason that passes: it is done again after a while
Waiting      it has not failed: the run goes on at a later moment
"""

from datetime import datetime

from domain.errors import BadRequest, DomainError, Unavailable


class StepFailed(BadRequest):
    """A step cannot be done; the message says why."""


class Passing(Unavailable):
    """A step could not be done now: a server was away, or too busy."""


class Waiting(Exception):
    """Nothing more is to be done before a moment."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"until {until.isoformat()}")
        self.until = until


def is_passing(error: DomainError) -> bool:
    """Whether the same step may succeed another time."""
    return error.code in ("UNAVAILABLE", "RATE_LIMITED")
