"""Taking somebody back who comes from a provider: each request is good for one return."""

from dataclasses import dataclass

import orjson
from sqlalchemy import ColumnElement, delete, func

from adapters.providers.contract import Asked, Granted, Provider
from domain.accounts.secrets import digest
from domain.errors import Unauthenticated
from models import OAuthRequest
from resolvers.context import RequestContext
from resolvers.oauth.claims import Claim


@dataclass(frozen=True, slots=True)
class Returned:
    """Who came back, from where, and where to send the browser where it came by a route of ours."""

    provider: Provider
    granted: Granted
    return_to: str | None

    @property
    def claim(self) -> Claim:
        """What is said of who they are."""
        config = self.provider.config
        return Claim(config.key, config.title, self.granted.profile, self.granted.tokens)


async def take(context: RequestContext, state: str, *which: ColumnElement[bool]) -> OAuthRequest:
    """The request with this state, which is over with that; raises `Unauthenticated` where there is none.

    It is taken by a statement of its own, before the provider is asked: of two who come back with one state, one does.
    """
    statement = (
        delete(OAuthRequest)
        .where(OAuthRequest.state_hash == digest(state), OAuthRequest.expires_at > func.now(), *which)
        .returning(OAuthRequest)
        .execution_options(synchronize_session=False)
    )
    async with context.lasting_unit() as unit:
        found = await unit.session.scalar(statement)
    if found is None:
        raise unknown_state()
    return found


async def exchange(
    context: RequestContext, request: OAuthRequest, state: str, code: str, issuer: str | None
) -> Returned:
    """Ask the provider who it was. `issuer` is the parameter `iss` of the return, where there was one (RFC 9207)."""
    oauth = context.services.oauth
    provider = oauth.providers.get(request.provider)
    if issuer is not None and issuer.rstrip("/") != provider.config.issuer.rstrip("/"):
        raise Unauthenticated("The answer is of another provider than the one that was asked.")
    opened = context.services.seal.open(request.sealed)
    if opened is None:
        raise unknown_state()
    nonce, verifier = orjson.loads(opened)
    granted = await provider.exchange(Asked(state, nonce, verifier, request.redirect_uri), code)
    return Returned(provider, granted, request.return_to)


def unknown_state() -> Unauthenticated:
    """The error for a state that was never given out, was used, or is too old."""
    return Unauthenticated("This sign-in has expired, or was completed already; begin anew.")
