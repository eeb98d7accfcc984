"""ID tokens: who came, signed by the provider (OpenID Connect Core 1.0, section 3.1.3.7)."""

from collections.abc import Mapping
from typing import Any, Final

import jwt

from adapters.providers.contract import ProviderConfig, refused
from adapters.providers.description import Description

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA", "RS384", "RS512", "PS384", "PS512", "ES384", "ES512")
"""Signatures by a key of the provider's. Never `none`, and never HMAC, whose key every copy of a secret is."""
LEEWAY_SECONDS: Final = 60
"""How far the provider's clock may lie from ours."""


class IdTokens:
    """Those of one provider."""

    def __init__(self, config: ProviderConfig, description: Description) -> None:
        self._config = config
        self._description = description

    async def read(self, token: str, nonce: str) -> Mapping[str, Any]:
        """The claims of a token that was made for us and for this nonce; raises `Unauthenticated` for any other."""
        try:
            claims = await self._verified(token)
        except jwt.InvalidTokenError as error:
            raise refused(self._config, "its ID token is not valid.") from error
        await self._require_ours(claims, nonce)
        return claims

    async def _verified(self, token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise refused(self._config, "its ID token is not signed as it must be.")
        key = await self._description.key(header.get("kid"))
        if key is None:
            raise refused(self._config, "its ID token is signed with a key that is not known.")
        return jwt.decode(
            token,
            key.key,
            algorithms=[algorithm],
            audience=self._config.client_id,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )

    async def _require_ours(self, claims: Mapping[str, Any], nonce: str) -> None:
        audience, party = claims["aud"], claims.get("azp")
        is_shared = isinstance(audience, list) and len(audience) > 1
        if claims["iss"] != await self._description.issuer(claims.get("tid")):
            raise refused(self._config, "its ID token is of another issuer.")
        if claims.get("nonce") != nonce:
            raise refused(self._config, "its ID token was made for another sign-in.")
        if party != self._config.client_id and (party is not None or is_shared):
            raise refused(self._config, "its ID token was made for another client.")
