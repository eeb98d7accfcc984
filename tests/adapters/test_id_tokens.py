"""ID tokens that somebody forged, or that were made for others, against a real provider's keys."""

import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from adapters.providers.description import DOCUMENT, FRESH_SECONDS, PAUSE_SECONDS, Description
from adapters.providers.id_tokens import LEEWAY_SECONDS, IdTokens
from domain.errors import Unauthenticated, Unavailable
from tests.support.oidc import CLIENT_ID, CLIENT_SECRET, PAGE, OidcServer

NONCE = "the nonce of this sign-in"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Known(Description):
    """The description of the real provider, which has one more key: that of the tests."""

    async def key(self, id: object) -> jwt.PyJWK | None:
        if id == "test":
            return jwt.PyJWK.from_dict(
                {**jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True), "alg": "RS256"}
            )
        return await super().key(id)


@pytest.fixture(scope="module")
def oidc() -> Iterator[OidcServer]:
    with OidcServer(PAGE) as server:
        yield server


@pytest.fixture
def tokens(oidc: OidcServer) -> IdTokens:
    config = oidc.config()
    return IdTokens(config, Known(config))


@pytest.fixture
def claims(oidc: OidcServer) -> dict[str, Any]:
    """Those of a token as it should be."""
    now = int(time.time())
    return {"iss": oidc.issuer, "sub": "ada", "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": NONCE}


def signed(claims: dict[str, Any], key: Any = KEY, algorithm: str = "RS256", kid: str | None = "test") -> str:
    headers = {} if kid is None else {"kid": kid}
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


async def test_a_token_as_it_should_be(tokens: IdTokens, claims: dict[str, Any]) -> None:
    assert await tokens.read(signed(claims), NONCE) == claims
    several = {**claims, "aud": [CLIENT_ID, "other"], "azp": CLIENT_ID}
    assert await tokens.read(signed(several), NONCE) == several


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example.com"},
        {"aud": "another client"},
        {"aud": [CLIENT_ID, "other"]},
        {"azp": "another client"},
        {"nonce": "that of another sign-in"},
        {"nonce": None},
        {"exp": 1},
        {"exp": int(time.time()) - LEEWAY_SECONDS - 5},
        {"iat": int(time.time()) + 3_600},
        {"nbf": int(time.time()) + 3_600},
        {"sub": 7},
    ],
)
async def test_what_was_not_made_for_us_now(tokens: IdTokens, claims: dict[str, Any], changes: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        await tokens.read(signed({**claims, **changes}), NONCE)


@pytest.mark.parametrize("missing", ["iss", "sub", "aud", "exp", "iat", "nonce"])
async def test_what_leaves_out_a_claim(tokens: IdTokens, claims: dict[str, Any], missing: str) -> None:
    del claims[missing]
    with pytest.raises(Unauthenticated):
        await tokens.read(signed(claims), NONCE)


class _Tenants(BaseHTTPRequestHandler):
    """Answers as https://login.microsoftonline.com/common/v2.0 does, which is for people of all tenants."""

    issuer = ""

    def do_GET(self) -> None:
        assert self.path == "/common/v2.0" + DOCUMENT
        body = orjson.dumps({"issuer": self.issuer, "jwks_uri": "http://127.0.0.1/unused"})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def tenants() -> Iterator[str]:
    """The address of a provider for many tenants."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Tenants)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


async def test_a_token_of_a_tenant_s_own_issuer(oidc: OidcServer, tenants: str, claims: dict[str, Any]) -> None:
    config = replace(oidc.config(), issuer=f"{tenants}/common/v2.0")
    tokens, own = IdTokens(config, Known(config)), f"{tenants}/9188040d/v2.0"
    _Tenants.issuer = f"{tenants}/{{tenantid}}/v2.0"
    theirs = {**claims, "iss": own, "tid": "9188040d"}

    assert await tokens.read(signed(theirs), NONCE) == theirs
    for forged in ({"tid": "another"}, {"tid": None}, {"iss": f"{tenants}/common/v2.0"}, {"iss": oidc.issuer}):
        with pytest.raises(Unauthenticated):
            await tokens.read(signed({**theirs, **forged}), NONCE)


@pytest.mark.parametrize(
    "issuer", ["https://evil.example.com/{tenantid}/v2.0", "{tenantid}", "https://evil.example.com"]
)
async def test_a_document_of_another_server_s_tenants(oidc: OidcServer, tenants: str, issuer: str) -> None:
    _Tenants.issuer = issuer
    with pytest.raises(Unavailable):
        await Description(replace(oidc.config(), issuer=f"{tenants}/common/v2.0")).document()


async def test_what_is_not_signed_by_the_provider(tokens: IdTokens, claims: dict[str, Any], oidc: OidcServer) -> None:
    async with httpx.AsyncClient() as http:
        [real] = (await http.get(f"{oidc.issuer}/jwks")).json()["keys"]
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = [
        jwt.encode(claims, None, algorithm="none", headers={"kid": real["kid"]}),
        signed(claims, CLIENT_SECRET + "padding to 32", "HS256"),
        signed(claims, "the public key of the provider, say", "HS256", real["kid"]),
        signed(claims, stranger),
        signed(claims, stranger, kid=real["kid"]),
        signed(claims, stranger, kid="unknown"),
        signed(claims)[:-4] + "AAAA",
        "",
        "a.b.c",
        "x" * 5_000,
    ]
    for token in forged:
        with pytest.raises(Unauthenticated):
            await tokens.read(token, NONCE)


async def test_unknown_keys_are_looked_for_once_in_a_while(oidc: OidcServer) -> None:
    now = [1_000.0]
    config = oidc.config()
    description = Description(config, lambda: now[0])
    fetched = []
    fetch = description._fetch_keys

    async def counted() -> jwt.PyJWKSet:
        fetched.append(now[0])
        return await fetch()

    description._fetch_keys = counted  # type: ignore[method-assign]
    for _ in range(5):
        assert await description.key("unknown") is None
    assert fetched == [1_000.0]
    now[0] += PAUSE_SECONDS
    assert await description.key("unknown") is None
    [known] = (await description._fetch_keys()).keys
    assert fetched[1:] == [1_030.0, 1_030.0]
    assert (await description.key(known.key_id)) is not None
    now[0] += FRESH_SECONDS
    assert (await description.key(known.key_id)) is not None
    assert len(fetched) == 4
