"""All kinds of jobs, of followers and of schedules, in one place: whoever adds one adds a line."""

from collections.abc import Mapping

from adapters.jobs import JobKind
from resolvers.automations.clock import AutomationClock
from resolvers.automations.reader import AUTOMATION, AutomationReader
from resolvers.automations.running.job import run_kind
from resolvers.followers.follower import Reader
from resolvers.functions.queueing import function_calls
from resolvers.mailing.kinds import mail_kinds
from resolvers.schedules.ticker import Fired
from resolvers.services import Services
from resolvers.timers.clock import TIMER, TimerClock
from resolvers.webhooks import kinds as webhook_kinds
from resolvers.webhooks.jobs import webhook_jobs
from resolvers.webhooks.reader import WebhookReader


def job_kinds(services: Services) -> tuple[JobKind, ...]:
    """The jobs that a worker of these services does."""
    return (*mail_kinds(services), function_calls(services), run_kind(services), *webhook_jobs(services))


def readers(services: Services) -> Mapping[str, Reader]:
    """What the followers of each kind read, by the name of the kind."""
    return {AUTOMATION: AutomationReader(services), webhook_kinds.FOLLOWER: WebhookReader(services)}


def clocks(services: Services) -> Mapping[str, Fired]:
    """What the schedules of each kind set off, by the name of the kind."""
    return {AUTOMATION: AutomationClock(services), TIMER: TimerClock(services)}
