"""All kinds of jobs and of followers, in one place: whoever adds one adds a line."""

from collections.abc import Mapping

from adapters.jobs import JobKind
from resolvers.followers.follower import Reader
from resolvers.mailing.kinds import mail_kinds
from resolvers.services import Services
from resolvers.webhooks import kinds as webhook_kinds
from resolvers.webhooks.jobs import webhook_jobs
from resolvers.webhooks.reader import WebhookReader


def job_kinds(services: Services) -> tuple[JobKind, ...]:
    """The jobs that a worker of these services does."""
    return (*mail_kinds(services), *webhook_jobs(services))


def readers(services: Services) -> Mapping[str, Reader]:
    """What the followers of each kind read, by the name of the kind."""
    return {webhook_kinds.FOLLOWER: WebhookReader(services)}
