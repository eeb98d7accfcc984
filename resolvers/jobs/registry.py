"""All kinds of jobs, of followers and of schedules, in one place: whoever adds one adds a line."""

from collections.abc import Mapping

from adapters.jobs import JobKind
from resolvers.automations.clock import AutomationClock
from resolvers.automations.reader import AUTOMATION, AutomationReader
from resolvers.automations.running.job import run_kind
from resolvers.followers.follower import Reader
from resolvers.mailing.kinds import mail_kinds
from resolvers.schedules.ticker import Fired
from resolvers.services import Services


def job_kinds(services: Services) -> tuple[JobKind, ...]:
    """The jobs that a worker of these services does."""
    return (*mail_kinds(services), run_kind(services))


def readers(services: Services) -> Mapping[str, Reader]:
    """What the followers of each kind read, by the name of the kind."""
    return {AUTOMATION: AutomationReader(services)}


def clocks(services: Services) -> Mapping[str, Fired]:
    """What the schedules of each kind set off, by the name of the kind."""
    return {AUTOMATION: AutomationClock(services)}
