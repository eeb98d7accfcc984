"""What is told of each attempt at a job, to those who measure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from adapters.statement_times import StatementTimes


class AttemptOutcome(Enum):
    """How an attempt ended."""

    DONE = "done"
    RETRIED = "retried"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a job that is over. Times are those of `perf_counter`, in seconds."""

    kind: str
    job: int
    number: int
    """Which attempt at the job it was, from 1."""
    began: float
    ended: float
    outcome: AttemptOutcome
    statements: StatementTimes | None

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.began


@dataclass(frozen=True, slots=True)
class JobWatching:
    """Who is told of attempts, and whether their statements are timed for them."""

    watchers: Sequence[Callable[[Attempt], None]] = ()
    times_statements: bool = False
