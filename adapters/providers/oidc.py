"""OpenID Connect (Core 1.0): the provider says where it is in a document, and who came in a signed token."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import jwt

from adapters.providers.contract import Asked, Granted, ProviderConfig, away, refused
from adapters.providers.exchange import client_of, fetch_json, fetch_tokens, text_of
from domain.accounts.profiles import Profile, is_subject
from domain.errors import DomainError

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA", "RS384", "RS512", "PS384", "PS512", "ES384", "ES512")
"""Signatures by a key of the provider's. Never `none`, and never HMAC, whose key every copy of a secret is."""
LEEWAY_SECONDS: Final = 60
"""How far the provider's clock may lie from ours."""
FRESH_SECONDS: Final = 3_600.0
"""How long a provider's document and keys are taken to be as they were."""
PAUSE_SECONDS: Final = 30.0
"""The least time between two looks for a key that is not known: forged tokens must not make us ask all the time."""
TENANT: Final = "{tenantid}"
"""Stands in the issuer of Microsoft's document for all tenants; a token has its own tenant there."""


class OidcProvider:
    """A provider that is described by `<issuer>/.well-known/openid-configuration`."""

    def __init__(self, config: ProviderConfig, clock: Callable[[], float] = time.monotonic) -> None:
        self.config = config
        self._clock = clock
        self._document: Mapping[str, Any] = {}
        self._document_until = 0.0
        self._keys: jwt.PyJWKSet | None = None
        self._keys_at = 0.0

    async def authorization_url(self, asked: Asked) -> str:
        """Where to send the browser, see `Provider`."""
        endpoint = await self._endpoint("authorization_endpoint")
        async with client_of(self.config, redirect_uri=asked.redirect_uri) as client:
            url, _ = client.create_authorization_url(
                endpoint, state=asked.state, nonce=asked.nonce, code_verifier=asked.verifier
            )
        return str(url)

    async def exchange(self, asked: Asked, code: str) -> Granted:
        """Who came back with this code, see `Provider`."""
        endpoint = await self._endpoint("token_endpoint")
        tokens = await fetch_tokens(self.config, endpoint, asked, code, self._auth_method())
        id_token = text_of(tokens, "id_token")
        if id_token is None:
            raise refused(self.config, "there is no ID token in its answer.")
        claims = await self._claims(id_token, asked.nonce)
        return Granted(await self._profile(claims, tokens), tokens)

    # --- the provider's own description ---

    async def _describe(self) -> Mapping[str, Any]:
        if self._clock() >= self._document_until:
            document = await fetch_json(
                self.config, f"{self.config.issuer.rstrip('/')}/.well-known/openid-configuration"
            )
            if not isinstance(document, dict) or not self._is_its_own(document.get("issuer")):
                raise away(self.config)
            self._document, self._document_until = document, self._clock() + FRESH_SECONDS
        return self._document

    def _is_its_own(self, issuer: object) -> bool:
        """Whether the document names the issuer that it was asked of (OpenID Connect Discovery 1.0, section 4.3)."""
        own = self.config.issuer.rstrip("/")
        return isinstance(issuer, str) and (issuer.rstrip("/") == own or TENANT in issuer)

    async def _endpoint(self, name: str) -> str:
        url = text_of(await self._describe(), name)
        if url is None or not url.startswith(("https://", "http://")):
            raise away(self.config)
        return url

    def _auth_method(self) -> str:
        supported = self._document.get("token_endpoint_auth_methods_supported")
        basic = "client_secret_basic"  # the default of the specification
        return "client_secret_post" if isinstance(supported, list) and basic not in supported else basic

    # --- the ID token (OpenID Connect Core 1.0, section 3.1.3.7) ---

    async def _claims(self, token: str, nonce: str) -> Mapping[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            algorithm = header.get("alg")
            if algorithm not in ALGORITHMS:
                raise refused(self.config, "its ID token is not signed as it must be.")
            claims = jwt.decode(
                token,
                (await self._key(header.get("kid"))).key,
                algorithms=[algorithm],
                audience=self.config.client_id,
                leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except jwt.InvalidTokenError as error:
            raise refused(self.config, "its ID token is not valid.") from error
        self._require_ours(claims, nonce)
        return claims

    def _require_ours(self, claims: Mapping[str, Any], nonce: str) -> None:
        issuer = str(self._document["issuer"]).replace(TENANT, str(claims.get("tid")))
        audience = claims["aud"]
        if claims["iss"] != issuer:
            raise refused(self.config, "its ID token is of another issuer.")
        if claims.get("nonce") != nonce:
            raise refused(self.config, "its ID token was made for another sign-in.")
        many = isinstance(audience, list) and len(audience) > 1
        if claims.get("azp", None if many else self.config.client_id) != self.config.client_id:
            raise refused(self.config, "its ID token was made for another client.")

    async def _key(self, id: object) -> jwt.PyJWK:
        """The key with this id; the only one there is, where the token names none."""
        found = _find(self._keys, id) if self._clock() < self._keys_at + FRESH_SECONDS else None
        if found is None and (self._keys is None or self._clock() >= self._keys_at + PAUSE_SECONDS):
            self._keys = await self._fetch_keys()
            self._keys_at = self._clock()
            found = _find(self._keys, id)
        if found is None:
            raise refused(self.config, "its ID token is signed with a key that is not known.")
        return found

    async def _fetch_keys(self) -> jwt.PyJWKSet:
        document = await fetch_json(self.config, await self._endpoint("jwks_uri"))
        try:
            return jwt.PyJWKSet.from_dict(document)
        except (jwt.PyJWKSetError, AttributeError, TypeError) as error:
            raise away(self.config) from error

    async def _profile(self, claims: Mapping[str, Any], tokens: Mapping[str, Any]) -> Profile:
        """What the ID token says, and where that has no address, what the provider's page about the user says."""
        if "email" not in claims and (bearer := text_of(tokens, "access_token")):
            claims = {**await self._user_info(bearer, claims["sub"]), **claims}
        subject = claims["sub"]
        if not isinstance(subject, str) or not is_subject(subject):
            raise refused(self.config, "it does not say who came.")
        is_verified = any(claims.get(each) in (True, "true", 1, "1") for each in ("email_verified", "xms_edov"))
        return Profile(subject, text_of(claims, "email"), is_verified, text_of(claims, "name"))

    async def _user_info(self, bearer: str, subject: object) -> Mapping[str, Any]:
        if text_of(await self._describe(), "userinfo_endpoint") is None:
            return {}
        found = await fetch_json(self.config, await self._endpoint("userinfo_endpoint"), bearer=bearer)
        if not isinstance(found, dict) or found.get("sub") != subject:
            raise self._wrong_user()
        return found

    def _wrong_user(self) -> DomainError:
        return refused(self.config, "it speaks of two users.")


def _find(keys: jwt.PyJWKSet | None, id: object) -> jwt.PyJWK | None:
    if keys is None:
        return None
    usable = [key for key in keys.keys if key.public_key_use in (None, "sig")]
    if id is None:
        return usable[0] if len(usable) == 1 else None
    return next((key for key in usable if key.key_id == id), None)
