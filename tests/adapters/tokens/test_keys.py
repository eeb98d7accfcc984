"""Access tokens that are signed with RSA or Ed25519, whose keys change, and what is tried against them."""

import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.tokens import AccessTokens, Key, Keyring, TokenRules, read_keys
from adapters.tokens.key_file import MAX_RSA_BITS
from domain.ids import Kind, new_id
from tests.adapters.tokens.test_access import INVALID, refusal
from tests.support.keys import new_key, private_pem, public_pem, write_keys

SECRET = "a secret for tests only, 32+ letters"
USER, SESSION = new_id(Kind.USER), new_id(Kind.SESSION)
BOTH = pytest.mark.parametrize("algorithm", ["RS256", "EdDSA"])


def ring(folder: Path, algorithm: str, **more: dict[str, Any]) -> Keyring:
    """A ring whose key `now` signs, and more keys."""
    return read_keys(write_keys(folder, now={"key": new_key(algorithm), "signs": True}, **more), algorithm)


def tokens_of(keys: Keyring, **options: Any) -> AccessTokens:
    """What issues and reads tokens with these keys."""
    return AccessTokens(SECRET, keys=keys, **options)


def claims_of(**changes: Any) -> dict[str, Any]:
    """The claims of one of our tokens, with changes; a claim of None is left out."""
    claims = jwt.decode(AccessTokens(SECRET).issue(USER, SESSION).text, options={"verify_signature": False})
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def forged(key: Any, algorithm: str, headers: dict[str, Any] | None = None, **changes: Any) -> str:
    """A token with these claims that somebody signs."""
    return jwt.encode(claims_of(**changes), key, algorithm, headers)


@BOTH
def test_a_token_says_which_key_signed_it_and_is_read(algorithm: str, tmp_path: Path) -> None:
    tokens = tokens_of(ring(tmp_path, algorithm))
    token = tokens.issue(USER, SESSION).text

    assert jwt.get_unverified_header(token) == {"alg": algorithm, "typ": "JWT", "kid": "now"}
    assert tokens.read(token).user_id == USER
    assert tokens_of(ring(tmp_path, algorithm)).read(token).session_id == SESSION


@BOTH
def test_others_can_verify_a_token_by_the_public_keys(algorithm: str, tmp_path: Path) -> None:
    tokens = tokens_of(ring(tmp_path, algorithm))
    token = tokens.issue(USER, SESSION).text
    key_set = jwt.PyJWKSet(tokens.public_keys())

    claims = jwt.decode(token, key_set["now"], [algorithm], audience="tablegraph-api", issuer="tablegraph")

    assert claims["sub"] == str(USER)


@BOTH
def test_the_public_keys_have_nothing_private(algorithm: str, tmp_path: Path) -> None:
    [key] = tokens_of(ring(tmp_path, algorithm)).public_keys()
    names = {"RS256": {"kty", "n", "e"}, "EdDSA": {"kty", "crv", "x"}}[algorithm]

    assert set(key) == {*names, "kid", "use", "alg"}
    assert (key["kid"], key["use"], key["alg"]) == ("now", "sig", algorithm)


def test_a_secret_key_is_not_among_them() -> None:
    assert AccessTokens(SECRET).public_keys() == []


@BOTH
def test_an_older_key_verifies_until_its_date_and_never_signs(algorithm: str, tmp_path: Path) -> None:
    now = [time.time()]
    old = {"key": new_key(algorithm, 1), "is_public": True}
    token = forged(new_key(algorithm, 1), algorithm, {"kid": "old"})
    until = datetime.fromtimestamp(now[0] + 60, UTC)
    tokens = tokens_of(ring(tmp_path, algorithm, old={**old, "verify_until": until}), clock=lambda: now[0])

    assert jwt.get_unverified_header(tokens.issue(USER, SESSION).text)["kid"] == "now"
    assert tokens.read(token).user_id == USER
    assert [key["kid"] for key in tokens.public_keys()] == ["now", "old"]
    now[0] += 59
    assert tokens.read(token).user_id == USER  # remembered
    now[0] += 2
    assert refusal(tokens, token) == INVALID
    assert [key["kid"] for key in tokens.public_keys()] == ["now"]


@BOTH
def test_a_key_to_come_is_published_and_verifies(algorithm: str, tmp_path: Path) -> None:
    tokens = tokens_of(ring(tmp_path, algorithm, next={"key": new_key(algorithm, 2)}))
    ahead = forged(new_key(algorithm, 2), algorithm, {"kid": "next"})

    assert tokens.read(ahead).user_id == USER
    assert [key["kid"] for key in tokens.public_keys()] == ["now", "next"]


@BOTH
def test_a_token_without_a_signature_is_refused(algorithm: str, tmp_path: Path) -> None:
    tokens = tokens_of(ring(tmp_path, algorithm))
    payload = forged(SECRET, "HS256").split(".")[1]
    for name in ("none", "None", "NONE", "", algorithm):
        for kid in ({}, {"kid": "now"}):
            head = jwt.utils.base64url_encode(_json({"alg": name, **kid})).decode()
            assert refusal(tokens, f"{head}.{payload}.") == INVALID


@BOTH
def test_the_public_key_is_no_secret_to_sign_with(algorithm: str, tmp_path: Path) -> None:
    """Algorithm confusion: a server that believes the token's `alg` verifies an HMAC keyed with the public key."""
    key = new_key(algorithm)
    tokens = tokens_of(ring(tmp_path, algorithm))
    raw = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    payload = forged(SECRET, "HS256").split(".")[1]
    head = jwt.utils.base64url_encode(b'{"alg":"HS256","typ":"JWT","kid":"now"}').decode()
    for secret in (public_pem(key), public_pem(key).strip(), raw):
        signature = hmac.digest(secret, f"{head}.{payload}".encode(), "sha256")
        forgery = f"{head}.{payload}.{jwt.utils.base64url_encode(signature).decode()}"
        assert refusal(tokens, forgery) == INVALID


@BOTH
def test_the_key_of_the_secret_signs_nothing_where_there_are_others(algorithm: str, tmp_path: Path) -> None:
    tokens = tokens_of(ring(tmp_path, algorithm))

    assert refusal(tokens, AccessTokens(SECRET).issue(USER, SESSION).text) == INVALID


def test_a_token_of_other_keys_is_refused_where_the_key_is_the_secret(tmp_path: Path) -> None:
    token = tokens_of(ring(tmp_path, "EdDSA")).issue(USER, SESSION).text

    assert refusal(AccessTokens(SECRET), token) == INVALID


@BOTH
@pytest.mark.parametrize(
    "kid",
    [
        None,
        "",
        "other",
        "NOW",
        "now ",
        "now\0",
        "../now",
        "/dev/null",
        "now.pem",
        "' OR 1=1 --",
        "x" * 1000,
        1,
        ["now"],
        {},
    ],
)
def test_the_kid_finds_no_other_key_and_no_file(kid: object, algorithm: str, tmp_path: Path) -> None:
    tokens = tokens_of(ring(tmp_path, algorithm))
    head = jwt.utils.base64url_encode(_json({"alg": algorithm, **({} if kid is None else {"kid": kid})})).decode()
    signed = _signed(head, new_key(algorithm), algorithm)

    assert refusal(tokens, signed) == INVALID


@BOTH
@pytest.mark.parametrize("header", ["jwk", "jku", "x5u", "x5c"])
def test_a_token_brings_no_key_of_its_own(header: str, algorithm: str, tmp_path: Path) -> None:
    tokens = tokens_of(ring(tmp_path, algorithm))
    thief = new_key(algorithm, 9)
    public = Key(algorithm, thief.public_key(), id="now").public()
    value = {"jwk": public, "x5c": [public_pem(thief).decode()]}.get(header, "https://thief.example/keys.json")

    assert refusal(tokens, forged(thief, algorithm, {"kid": "now", header: value})) == INVALID


@BOTH
def test_another_key_under_the_same_kid_is_refused(algorithm: str, tmp_path: Path) -> None:
    tokens = tokens_of(ring(tmp_path, algorithm))
    other = "EdDSA" if algorithm == "RS256" else "RS256"

    assert refusal(tokens, forged(new_key(algorithm, 9), algorithm, {"kid": "now"})) == INVALID
    assert refusal(tokens, forged(new_key(other), other, {"kid": "now"})) == INVALID


def test_another_algorithm_of_the_same_key_is_refused(tmp_path: Path) -> None:
    tokens = tokens_of(ring(tmp_path, "RS256"))

    for algorithm in ("RS384", "RS512", "PS256"):
        assert refusal(tokens, forged(new_key("RS256"), algorithm, {"kid": "now"})) == INVALID


@BOTH
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"exp": -11}, "The access token has expired; get a new one with refreshTokens."),
        ({"iat": 60}, INVALID),
        ({"nbf": 60}, INVALID),
        ({"iss": "tablegraph2"}, INVALID),
        ({"aud": "tablegraph-internal"}, INVALID),
        ({"aud": ["other", "more"]}, INVALID),
        ({"pad": "x" * 2000}, INVALID),
    ],
)
def test_times_issuer_audience_and_size_count(
    changes: dict[str, Any], message: str, algorithm: str, tmp_path: Path
) -> None:
    tokens = tokens_of(ring(tmp_path, algorithm))
    now = int(time.time())
    moved = {name: now + value if isinstance(value, int) else value for name, value in changes.items()}

    assert refusal(tokens, forged(new_key(algorithm), algorithm, {"kid": "now"}, **moved)) == message


def test_issuer_audience_and_leeway_are_settings() -> None:
    rules = TokenRules("https://auth.example.com", "crm", timedelta(seconds=60))
    tokens = AccessTokens(SECRET, rules=rules)
    token = tokens.issue(USER, SESSION).text
    claims = jwt.decode(token, options={"verify_signature": False})
    key = tokens._keys.signer

    assert (claims["iss"], claims["aud"]) == ("https://auth.example.com", "crm")
    assert tokens.read(token).user_id == USER
    assert refusal(AccessTokens(SECRET), token) == INVALID
    assert refusal(tokens, AccessTokens(SECRET).issue(USER, SESSION).text) == INVALID
    assert tokens.read(jwt.encode({**claims, "exp": int(time.time()) - 50}, key, "HS256")).user_id == USER


def test_the_longest_of_our_tokens_is_read(tmp_path: Path) -> None:
    id = "k" * 64
    path = write_keys(tmp_path, **{id: {"key": new_key("RS256", bits=MAX_RSA_BITS), "signs": True}})
    tokens = tokens_of(read_keys(path, "RS256"), rules=TokenRules("i" * 200, "a" * 200))

    assert tokens.read(tokens.issue(USER, SESSION).text).user_id == USER


def test_no_key_shows_itself(tmp_path: Path) -> None:
    shown = repr(ring(tmp_path, "EdDSA").signing)

    assert "PrivateKey" not in shown
    assert private_pem(new_key("EdDSA")).decode() not in shown


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _signed(head: str, key: Any, algorithm: str) -> str:
    payload = forged(SECRET, "HS256").split(".")[1]
    signature = jwt.get_algorithm_by_name(algorithm).sign(f"{head}.{payload}".encode(), key)
    return f"{head}.{payload}.{jwt.utils.base64url_encode(signature).decode()}"
