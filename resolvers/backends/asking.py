"""Asks the backends in their order, and finds the user of what they say."""

from typing import Final

from adapters.auth_backends import BackendAway, NamedAuthBackend
from domain.accounts.auth_backends import LDAP
from domain.accounts.logins import normal_login
from domain.errors import Conflict, Unavailable
from models import User
from resolvers.backends.answers import KnownUser, Refused
from resolvers.backends.passwords import check_password
from resolvers.context import RequestContext
from resolvers.oauth.claims import Claim
from resolvers.oauth.identities import user_of

TITLES: Final = {LDAP: "The directory"}
SECONDS_BEHIND: Final = 5.0
"""What an operation has left, at the least, once a backend has taken all of its time: for the next one and the rest."""


class PartlyAsked(Unavailable):
    """Those who could be asked refused; others are away. It counts as a failed attempt, or else every guess at the
    server's own passwords would be free while a directory is away."""


async def ask_backends(context: RequestContext, email: str, password: str) -> KnownUser | Claim | Refused:
    """Whose they are, as the first says that knows; raises `Unavailable` where nobody does and one was away."""
    user, refusals, away = None, 0, 0
    for backend in context.services.auth_backends:
        try:
            answer = await _ask(context, backend, email, password)
        except BackendAway:
            away += 1
            continue
        if not isinstance(answer, Refused):
            return answer
        user, refusals = answer.user or user, refusals + 1
    if away:
        raise (PartlyAsked if refusals else Unavailable)("The password cannot be verified now; try again.")
    return Refused(user)


async def user_of_claim(context: RequestContext, claim: Claim) -> KnownUser:
    """The user of what a backend says, by the rules of accounts at providers; a new one perhaps.

    It stays whatever becomes of the operation: a code that is asked for next makes that fail, and whoever has the
    account is to be known by the id in the directory all the same.
    """
    try:
        user = await _committed(context, claim)
    except Conflict:  # who signs in twice at the same moment is found once the first one is through
        user = await _committed(context, claim)
    return KnownUser(user, user.password_hash, claim.provider)


async def _committed(context: RequestContext, claim: Claim) -> User:
    async with context.lasting_transaction() as unit:
        return await user_of(unit, context, claim)


async def _ask(
    context: RequestContext, backend: NamedAuthBackend | str, email: str, password: str
) -> KnownUser | Claim | Refused:
    if isinstance(backend, str):
        return await check_password(context, email, password)
    login = normal_login(email)
    if login is None or not password:
        return Refused(None)
    context.allow_seconds(backend.seconds + SECONDS_BEHIND)
    profile = await backend.authenticate(login, password)
    if profile is None:
        return Refused(None)
    return Claim(
        backend.name,
        TITLES.get(backend.name, backend.name),
        profile,
        is_linked_by_users=False,
        makes_users=context.services.limits.registration_by_backend,
    )
