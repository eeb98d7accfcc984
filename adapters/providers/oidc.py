"""OpenID Connect (Core 1.0): the provider says where it is in a document, and who came in a signed token."""

from collections.abc import Mapping
from typing import Any

from adapters.providers.contract import Asked, Granted, ProviderConfig, refused
from adapters.providers.description import Description
from adapters.providers.exchange import client_of, fetch_json, fetch_tokens, text_of
from adapters.providers.id_tokens import IdTokens
from domain.accounts.profiles import Profile, is_subject


class OidcProvider:
    """A provider that is described by `<issuer>/.well-known/openid-configuration`."""

    def __init__(self, config: ProviderConfig) -> None:
        self.config = config
        self.description = Description(config)
        self.id_tokens = IdTokens(config, self.description)

    async def authorization_url(self, asked: Asked) -> str:
        """Where to send the browser, see `Provider`."""
        endpoint = await self.description.endpoint("authorization_endpoint")
        async with client_of(self.config, redirect_uri=asked.redirect_uri) as client:
            url, _ = client.create_authorization_url(
                endpoint, state=asked.state, nonce=asked.nonce, code_verifier=asked.verifier
            )
        return str(url)

    async def exchange(self, asked: Asked, code: str) -> Granted:
        """Who came back with this code, see `Provider`."""
        endpoint = await self.description.endpoint("token_endpoint")
        tokens = await fetch_tokens(self.config, endpoint, asked, code, await self._auth_method())
        id_token = text_of(tokens, "id_token")
        if id_token is None:
            raise refused(self.config, "there is no ID token in its answer.")
        claims = await self.id_tokens.read(id_token, asked.nonce)
        return Granted(await self._profile(claims, tokens), tokens)

    async def _auth_method(self) -> str:
        supported = (await self.description.document()).get("token_endpoint_auth_methods_supported")
        basic = "client_secret_basic"  # the default of the specification
        return "client_secret_post" if isinstance(supported, list) and basic not in supported else basic

    async def _profile(self, claims: Mapping[str, Any], tokens: Mapping[str, Any]) -> Profile:
        """What the ID token says, and where that has no address, what the provider's page about the user says."""
        subject = claims["sub"]
        if not isinstance(subject, str) or not is_subject(subject):
            raise refused(self.config, "it does not say who came.")
        if "email" not in claims and (bearer := text_of(tokens, "access_token")):
            claims = {**await self._user_info(bearer, subject), **claims}
        is_verified = any(claims.get(each) in (True, "true", "1") for each in ("email_verified", "xms_edov"))
        return Profile(subject, text_of(claims, "email"), is_verified, text_of(claims, "name"))

    async def _user_info(self, bearer: str, subject: str) -> Mapping[str, Any]:
        if text_of(await self.description.document(), "userinfo_endpoint") is None:
            return {}
        found = await fetch_json(self.config, await self.description.endpoint("userinfo_endpoint"), bearer=bearer)
        if not isinstance(found, dict) or found.get("sub") != subject:
            raise refused(self.config, "it speaks of two users.")
        return found
