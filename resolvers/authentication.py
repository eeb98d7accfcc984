"""From the credentials of a request to the viewer that they stand for."""

from dataclasses import dataclass
from uuid import UUID

import structlog

from domain.accounts.viewer import Viewer
from domain.errors import BadRequest, EmailNotVerified, Forbidden, Unauthenticated
from resolvers.bearer import token_seconds_left, viewer_of
from resolvers.context import Client, RequestContext
from resolvers.services import Services

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request brought: the `Authorization` header and the `X-API-Key` header, as sent."""

    authorization: str | None = None
    api_key: str | None = None

    def __repr__(self) -> str:
        return "Credentials(…)"


async def authenticate(services: Services, credentials: Credentials, client: Client) -> Viewer | None:
    """The viewer, or None when nothing was sent.

    Raises `Unauthenticated` for credentials that are not valid, `EmailNotVerified` for ones that are not yet, and
    `BadRequest` for both kinds at once: whose rights would count?
    """
    try:
        viewer = await _viewer(services, credentials)
        if viewer is not None and services.account_rules.require_verified_email and not viewer.is_verified:
            raise EmailNotVerified
        return viewer
    except Unauthenticated as error:
        reason = error.message
        logger.info("credentials refused", reason=reason, request_id=client.request_id, ip_address=client.ip_address)
        raise


def seconds_left(services: Services, credentials: Credentials, viewer: Viewer | None) -> float | None:
    """How long what was begun with these credentials may last; None for ones that say nothing of it.

    For an API key the database says it, as it does of a session that is ended. Raises `Unauthenticated` for a token
    that is not valid, or no longer.
    """
    if credentials.authorization is None:
        return None
    return token_seconds_left(services, _token(credentials.authorization), viewer)


async def _viewer(services: Services, credentials: Credentials) -> Viewer | None:
    if credentials.authorization is None:
        if credentials.api_key is None:
            return None
        return await services.authenticator.by_api_key(credentials.api_key)
    if credentials.api_key is not None:
        raise BadRequest("Send either 'Authorization: Bearer <access token>' or 'X-API-Key: <secret>', not both.")
    return await viewer_of(services, _token(credentials.authorization))


def _token(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("The Authorization header must be 'Bearer <access token>'.")
    return token.strip()


def require_session(context: RequestContext) -> UUID:
    """The id of the caller's session; raises `Forbidden` for an API key and for tokens of other kinds.

    Accounts, sessions, keys and tokens are for people alone: a key that leaked must not be able to make others, or to
    lock its owner out.
    """
    session_id = context.viewer.session_id
    if session_id is None:
        what = "An API key" if context.viewer.api_key_id else "A token of this kind"
        raise Forbidden(f"{what} may not do this; sign in with e-mail and password.")
    return session_id
