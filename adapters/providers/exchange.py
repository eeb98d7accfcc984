"""The part of OAuth 2.0 that all providers share: a code for tokens (RFC 6749), with PKCE (RFC 7636), by Authlib."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx2
import structlog
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.integrations.httpx_client import AsyncOAuth2Client  # type: ignore[import-untyped]

from adapters.providers.contract import MAX_BYTES, SECONDS, Asked, ProviderConfig, away, refused

logger = structlog.get_logger(__name__)


@cache
def _tls() -> ssl.SSLContext:
    """Whom to trust; reading all authorities takes 20 ms, in which nobody else is answered."""
    return httpx2.create_ssl_context()


def client_of(config: ProviderConfig, **options: Any) -> AsyncOAuth2Client:
    """An HTTP client that signs its requests as the provider wants; it follows no redirects."""
    return AsyncOAuth2Client(
        client_id=config.client_id,
        client_secret=config.client_secret,
        scope=" ".join(config.scopes),
        code_challenge_method="S256",
        timeout=SECONDS,
        follow_redirects=False,
        verify=_tls(),
        **options,
    )


async def fetch_tokens(config: ProviderConfig, endpoint: str, asked: Asked, code: str, method: str) -> dict[str, Any]:
    """The tokens for a code. `method` is how the client names itself, of `token_endpoint_auth_methods_supported`."""
    async with client_of(config, token_endpoint_auth_method=method) as client:
        try:
            async with asyncio.timeout(SECONDS):  # the library's own is one for each piece of the answer
                tokens = await client.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=asked.verifier,
                    redirect_uri=asked.redirect_uri,
                )
        except AuthlibBaseError as error:
            logger.info("provider refused a code", provider=config.key, error=error.error)
            raise refused(config, "the code is not valid, or was used already.") from error
        except (httpx2.HTTPError, ValueError, TimeoutError) as error:
            raise _unreachable(config, error) from error
    return dict(tokens)


async def fetch_json(config: ProviderConfig, url: str, *, bearer: str | None = None) -> Any:
    """A JSON document of the provider's, of at most `MAX_BYTES`; raises `Unavailable`."""
    try:
        return await read_json(url, bearer=bearer)
    except (httpx2.HTTPError, ValueError, TimeoutError) as error:
        raise _unreachable(config, error) from error


async def read_json(url: str, *, bearer: str | None = None) -> Any:
    """The same; raises `httpx2.HTTPError`, `ValueError` or `TimeoutError`."""
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
    async with (
        asyncio.timeout(SECONDS),
        httpx2.AsyncClient(timeout=SECONDS, verify=_tls()) as client,
        client.stream("GET", url, headers=headers) as answer,
    ):
        answer.raise_for_status()
        return json.loads(await _body(answer))


async def _body(answer: httpx2.Response) -> bytes:
    body = b""
    async for chunk in answer.aiter_bytes():
        body += chunk
        if len(body) > MAX_BYTES:
            raise ValueError(f"more than {MAX_BYTES:,} bytes")
    return body


def _unreachable(config: ProviderConfig, error: Exception) -> Exception:
    logger.warning("provider failed", provider=config.key, error=repr(error))
    return away(config)


def text_of(values: Mapping[str, Any], key: str) -> str | None:
    """A member of a provider's answer that is a text with something in it, as it should be."""
    value = values.get(key)
    return value if isinstance(value, str) and value else None
