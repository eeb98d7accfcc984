"""A piece of work that waits in the queue, and what is known of all of its kind."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

Payload = Mapping[str, Any]
"""What a job is about, as JSON. It is kept as it is: secrets do not belong there, ids do."""
SEALED: Final = "sealed"
"""The member of a payload that is sealed, as a text, where a secret must go with the job after all."""


@dataclass(frozen=True, slots=True)
class Job:
    """One to be put into the queue, or one that was taken from it.

    `delay` is how long it waits at least. Of jobs that are waiting or under way, one has a `key`; another one with the
    same is left out.
    """

    kind: str
    payload: Payload = field(default_factory=dict)
    delay: timedelta = timedelta(0)
    key: str | None = None
    priority: int = 0
    """Those of a higher one are taken first."""
    attempt: int = 1
    """Which attempt it is; 1 for the first."""
    is_last: bool = False
    """Whether no other follows when this attempt fails."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often work that fails is tried, and how long it rests between: twice as long each time, and as chance has it.

    The pauses are between half and all of `pause`, doubled with each attempt up to `longest`.
    """

    attempts: int = 5
    pause: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=5)


Handler = Callable[[Job], Awaitable[None]]
"""Does a job. It may be called again for one that was done, when the worker ended before it could say so."""


class GiveUp(Exception):
    """Raised by a handler: the job has failed, and trying again is of no use. Its message is kept with the job."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """All jobs of one name: who does them, how many at a time in all processes, and with how much patience.

    `at_once` is 0 for as many as the workers take. Work that takes longer than `timeout` has failed.
    """

    name: str
    handle: Handler
    at_once: int = 0
    timeout: timedelta = timedelta(seconds=60)
    patience: Patience | Callable[[], Patience] = field(default_factory=Patience)

    def patience_now(self) -> Patience:
        """What it is at this moment, where it may change."""
        return self.patience if isinstance(self.patience, Patience) else self.patience()
