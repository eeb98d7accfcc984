"""The letters that accounts get."""

from datetime import UTC, datetime, timedelta

from adapters.mail import Mail
from domain.accounts.one_time import in_words
from models import User
from resolvers.context import RequestContext
from resolvers.services import Services


def with_link(services: Services, letter: str, page: str, token: str, lifetime: timedelta, to: str) -> Mail:
    """A letter with a link to a page of the client, which is good for a time.

    It holds nothing that its cause has chosen, such as a name: anybody may have it sent to anybody.
    """
    return services.letters.write(letter, to, link=services.letters.link(page, token), lifetime=in_words(lifetime))


def notice(context: RequestContext, letter: str, user: User, to: str | None = None, **values: object) -> Mail:
    """A letter that tells an account what has happened to it, when, and from where."""
    given = {
        "name": user.name if user.is_verified else None,
        "email": user.email,
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "address": context.client.ip_address,
    }
    return context.services.letters.write(letter, to or user.email, **given, **values)
