"""All kinds of jobs and of followers, in one place: whoever adds one adds a line."""

from collections.abc import Mapping

from adapters.jobs import JobKind
from resolvers.followers.follower import Reader
from resolvers.functions.queueing import function_calls
from resolvers.mailing.kinds import mail_kinds
from resolvers.services import Services


def job_kinds(services: Services) -> tuple[JobKind, ...]:
    """The jobs that a worker of these services does."""
    return (*mail_kinds(services), function_calls(services))


def readers(_services: Services) -> Mapping[str, Reader]:
    """What the followers of each kind read, by the name of the kind."""
    return {}
