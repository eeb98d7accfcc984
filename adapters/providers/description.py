"""What a provider says of itself (OpenID Connect Discovery 1.0): where it is asked for what, and its keys."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import jwt

from adapters.providers.contract import ProviderConfig, away
from adapters.providers.exchange import fetch_json, read_json, text_of

DOCUMENT: Final = "/.well-known/openid-configuration"
FRESH_SECONDS: Final = 3_600.0
"""How long a provider's document and keys are taken to be as they were."""
PAUSE_SECONDS: Final = 30.0
"""The least time between two looks for a key that is not known: forged tokens must not make us ask all the time."""
TENANT: Final = "{tenantid}"
"""Stands in the issuer of Microsoft's document for all tenants; a token has its own tenant there."""


class Description:
    """That of one provider, asked for when it is needed and kept for a while."""

    def __init__(self, config: ProviderConfig, clock: Callable[[], float] = time.monotonic) -> None:
        self._config = config
        self._clock = clock
        self._document: Mapping[str, Any] | None = None
        self._document_at = 0.0
        self._keys: jwt.PyJWKSet | None = None
        self._keys_at = 0.0

    async def document(self) -> Mapping[str, Any]:
        """The document; raises `Unavailable` where there is none, or one of another issuer."""
        if self._document is None or self._clock() >= self._document_at + FRESH_SECONDS:
            found = await fetch_json(self._config, self._url)
            if not self._is_its_own(found):
                raise away(self._config)
            self._document, self._document_at = found, self._clock()
        return self._document

    async def probe(self) -> None:
        """Fetch the document, whatever is kept; raises as `read_json`, and `ValueError` for one of another issuer."""
        found = await read_json(self._url)
        if not self._is_its_own(found):
            issuer = found.get("issuer") if isinstance(found, dict) else None
            raise ValueError(f"the document at {self._url} is of the issuer {str(issuer)[:200]!r}")

    async def endpoint(self, name: str) -> str:
        """A URL that the document must have."""
        url = text_of(await self.document(), name)
        if url is None or not url.startswith(("https://", "http://")):
            raise away(self._config)
        return url

    async def issuer(self, tenant: object) -> str:
        """Who tokens are of; `tenant` is the claim `tid` of one."""
        return str((await self.document())["issuer"]).replace(TENANT, str(tenant))

    async def key(self, id: object) -> jwt.PyJWK | None:
        """The key with this id, or the only one there is where the token names none; None for an unknown one."""
        age = self._clock() - self._keys_at
        found = _find(self._keys, id) if age < FRESH_SECONDS else None
        if found is None and (self._keys is None or age >= PAUSE_SECONDS):
            self._keys, self._keys_at = await self._fetch_keys(), self._clock()
            found = _find(self._keys, id)
        return found

    @property
    def _url(self) -> str:
        return self._config.issuer.rstrip("/") + DOCUMENT

    def _is_its_own(self, document: object) -> bool:
        """Whether the document names the issuer that it was asked of (section 4.3), or all tenants of its server."""
        own = self._config.issuer.rstrip("/")
        issuer = document.get("issuer") if isinstance(document, dict) else None
        if not isinstance(issuer, str):
            return False
        return issuer.rstrip("/") == own or (TENANT in issuer and urlsplit(issuer)[:2] == urlsplit(own)[:2])

    async def _fetch_keys(self) -> jwt.PyJWKSet:
        document = await fetch_json(self._config, await self.endpoint("jwks_uri"))
        try:
            return jwt.PyJWKSet.from_dict(document)
        except (jwt.PyJWKSetError, AttributeError, TypeError) as error:
            raise away(self._config) from error


def _find(keys: jwt.PyJWKSet | None, id: object) -> jwt.PyJWK | None:
    if keys is None:
        return None
    usable = [key for key in keys.keys if key.public_key_use in (None, "sig")]
    if id is None:
        return usable[0] if len(usable) == 1 else None
    return next((key for key in usable if key.key_id == id), None)
