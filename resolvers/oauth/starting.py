"""Sending somebody to a provider."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import orjson

from adapters.providers.contract import Asked, Provider
from domain.accounts.secrets import digest
from domain.errors import BadRequest
from models import OAuthRequest
from resolvers.authentication import require_session
from resolvers.context import RequestContext
from resolvers.expiry import sweep


@dataclass(frozen=True, slots=True)
class Started:
    """Where to send the browser, and what it comes back with."""

    authorization_url: str
    state: str = field(repr=False)
    expires_at: datetime


async def start_oauth(context: RequestContext, provider: str, redirect_uri: str, *, link: bool = False) -> Started:
    """Begin to sign in, or to `link` an account to the caller's; the browser comes back to a page of the client's.

    Raises `NotFound` for a provider that there is not, `BadRequest` for an address that is not allowed, and
    `Unavailable` where the provider cannot be reached.
    """
    user_id = None
    if link:
        require_session(context)
        user_id = context.user_id
    _require_allowed(context, redirect_uri, "redirectUri")
    return await _start(context, context.services.oauth.providers.get(provider), redirect_uri, user_id=user_id)


async def start_in_browser(context: RequestContext, provider: str, return_to: str, browser: str) -> Started:
    """Begin to sign in by a route of ours, to which `browser`, the value of a cookie, must come back as well."""
    _require_allowed(context, return_to, "return_to")
    oauth = context.services.oauth
    found = oauth.providers.get(provider)
    return await _start(context, found, oauth.callback_of(provider), return_to=return_to, browser=browser)


async def _start(
    context: RequestContext,
    provider: Provider,
    redirect_uri: str,
    *,
    user_id: UUID | None = None,
    return_to: str | None = None,
    browser: str | None = None,
) -> Started:
    state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
    asked = Asked(state, nonce, verifier, redirect_uri)
    url = await provider.authorization_url(asked)
    oauth = context.services.oauth
    request = OAuthRequest(
        state_hash=digest(asked.state),
        provider=provider.config.key,
        sealed=context.services.seal.close(orjson.dumps([asked.nonce, asked.verifier]).decode()),
        redirect_uri=redirect_uri,
        return_to=return_to,
        browser_hash=None if browser is None else digest(browser),
        user_id=user_id,
        expires_at=datetime.now(UTC) + oauth.request_lifetime,
    )
    async with context.unit() as unit:
        await sweep(unit, OAuthRequest.state_hash, OAuthRequest.expires_at)
        unit.session.add(request)
        await unit.session.flush()
    return Started(url, asked.state, request.expires_at)


def _require_allowed(context: RequestContext, address: str, argument: str) -> None:
    """Only whole addresses that the operator has listed: all else could lead anybody's browser, and code, away."""
    if address not in context.services.oauth.redirect_uris:
        message = (
            f"{argument} must be one of the addresses in the server's setting `oauth_redirect_uris`, to the letter."
        )
        raise BadRequest(message, argument=argument)
