"""What may come as `Authorization: Bearer …`: tokens of several kinds, told apart by their form."""

import time
from typing import Final

from adapters.tokens import EXPIRED
from adapters.tokens.internal import PREFIX
from domain.accounts.secrets import API_KEY_PREFIX, APPLICATION_PREFIX, application_token_digest, digest
from domain.accounts.viewer import Viewer
from domain.errors import Unauthenticated
from resolvers.authenticator import Credential
from resolvers.credentials import ApplicationCredential, BackendCredential, InternalCredential, no_such_token
from resolvers.services import Services

MAX_FOREIGN_LENGTH: Final = 8192
"""Characters of a token that a backend is asked about."""


async def viewer_of(services: Services, text: str) -> Viewer:
    """Whose a token is; raises `Unauthenticated`."""
    credential = _credential(services, text)
    if credential is None:
        return await services.authenticator.by_access_token(text)
    return await services.authenticator.by_credential(credential)


def token_seconds_left(services: Services, text: str, viewer: Viewer | None) -> float | None:
    """How long what was begun with a token may last; None for a kind of which the database, or its maker, says it.

    Raises `Unauthenticated` for a token that is not valid, or no longer.
    """
    if text.startswith(APPLICATION_PREFIX):
        return None
    if viewer is not None and viewer.service is not None:
        end = services.internal_tokens.read(text).expires_at if text.startswith(PREFIX) else viewer.expires_at
        left = None if end is None else end - time.time()
    else:
        left = services.tokens.seconds_left(text)
    if left is not None and left <= 0:
        raise Unauthenticated(EXPIRED)
    return left


def _credential(services: Services, text: str) -> Credential | None:
    """The token as the authenticator takes it; None for what can only be an access token."""
    if text.startswith(APPLICATION_PREFIX):
        found = application_token_digest(text)
        if found is None:
            raise no_such_token()
        return ApplicationCredential(found)
    if text.startswith(API_KEY_PREFIX):
        raise Unauthenticated("This is an API key and no access token: send it as 'X-API-Key: <secret>'.")
    if text.startswith(PREFIX):
        stated = services.internal_tokens.read(text)
        return InternalCredential(stated.user_id, stated.service, stated.scopes)
    if not services.token_backends or len(text) > MAX_FOREIGN_LENGTH:
        return None
    backend = next((each for each in services.token_backends if each.recognises(text)), None)
    return None if backend is None else BackendCredential(backend, backend.name, digest(text), text)
