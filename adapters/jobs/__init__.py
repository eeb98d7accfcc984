"""Work in the background: a durable queue in the same database, and the workers that take from it.

PgQueuer does the work (https://pgqueuer.readthedocs.io); here is what of it the rest of the code knows.
"""

from adapters.jobs.job import SEALED, GiveUp, Job, JobKind, Patience
from adapters.jobs.queue import cancel, cancel_keys, enqueue
from adapters.jobs.watching import Attempt, AttemptOutcome, JobWatching
from adapters.jobs.worker import Pace, Worker

__all__ = [
    "SEALED",
    "Attempt",
    "AttemptOutcome",
    "GiveUp",
    "Job",
    "JobKind",
    "JobWatching",
    "Pace",
    "Patience",
    "Worker",
    "cancel",
    "cancel_keys",
    "enqueue",
]
