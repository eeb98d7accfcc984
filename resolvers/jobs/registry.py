"""All kinds of jobs and of followers, in one place: whoever adds one adds a line."""

from collections.abc import Mapping

from adapters.jobs import JobKind
from resolvers.automations.running.job import run_kind
from resolvers.followers.follower import Reader
from resolvers.services import Services


def job_kinds(services: Services) -> tuple[JobKind, ...]:
    """The jobs that a worker of these services does."""
    return (run_kind(services),)


def readers(_services: Services) -> Mapping[str, Reader]:
    """What the followers of each kind read, by the name of the kind."""
    return {}
