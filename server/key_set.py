"""`/.well-known/jwks.json`: the public keys with which others verify access tokens (RFC 7517)."""

from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from adapters.tokens import AccessTokens

CACHED_SECONDS: Final = 300
"""How long others may keep the answer, and so how long before its first signature a new key should be there."""


class KeySet:
    """The page; it is empty where the key is a secret."""

    def __init__(self, tokens: AccessTokens) -> None:
        self._tokens = tokens

    async def page(self, _: Request) -> Response:
        """Answer `GET /.well-known/jwks.json`."""
        body = orjson.dumps({"keys": self._tokens.public_keys()})
        headers = {"Cache-Control": f"public, max-age={CACHED_SECONDS}"}
        return Response(body, headers=headers, media_type="application/jwk-set+json")
