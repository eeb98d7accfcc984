"""Internal tokens."""

import time
from datetime import timedelta
from typing import Any

import jwt
import pytest

from adapters.tokens import AccessTokens, InternalTokens, TokenRules
from adapters.tokens.internal import PREFIX
from domain.errors import Unauthenticated, ValidationFailed
from domain.ids import Kind, new_id

SECRET = "a secret for tests only, 32+ letters"
USER, SESSION = new_id(Kind.USER), new_id(Kind.SESSION)
INVALID = "The access token is not valid; sign in again."


def refusal(text: str) -> str:
    """The message with which a token is refused."""
    with pytest.raises(Unauthenticated) as caught:
        InternalTokens(SECRET).read(text)
    return caught.value.message


def forged(key: Any = None, **changes: Any) -> str:
    """A token that is signed as ours are, with other claims; a claim of None is left out."""
    text = InternalTokens(SECRET).issue("worker", USER, ["read"]).removeprefix(PREFIX)
    claims = {**jwt.decode(text, options={"verify_signature": False}), **changes}
    claims = {name: value for name, value in claims.items() if value is not None}
    return PREFIX + jwt.encode(claims, key or InternalTokens(SECRET)._keys.signer, algorithm="HS256")


def test_a_token_states_who_acts_for_whom_and_within_which_scopes() -> None:
    before = int(time.time())
    stated = InternalTokens(SECRET).read(InternalTokens(SECRET).issue("worker", USER, ["write", "read", "read"]))

    assert (stated.user_id, stated.service, stated.scopes) == (USER, "worker", frozenset({"read", "write"}))
    assert stated.expires_at - before in (60, 61)


def test_the_lifetime_is_a_setting() -> None:
    tokens = InternalTokens(SECRET, timedelta(seconds=5), clock=lambda: time.time() - 10)
    text = tokens.issue("worker", USER, ["read"])

    assert InternalTokens(SECRET, rules=TokenRules(leeway=timedelta(seconds=30))).read(text).service == "worker"
    assert refusal(forged(exp=int(time.time()) - 11)).startswith("The access token has expired")


@pytest.mark.parametrize("scopes", [[], ["everything"], ["read", ""]])
def test_there_is_no_token_without_scopes_that_exist(scopes: list[str]) -> None:
    with pytest.raises(ValidationFailed):
        InternalTokens(SECRET).issue("worker", USER, scopes)


def test_neither_kind_of_token_passes_for_the_other() -> None:
    internal = InternalTokens(SECRET).issue("worker", USER, ["read"])
    access = AccessTokens(SECRET).issue(USER, SESSION).text

    assert refusal(access) == refusal(PREFIX + access) == INVALID
    for text in (internal, internal.removeprefix(PREFIX)):
        with pytest.raises(Unauthenticated):
            AccessTokens(SECRET).read(text)


def test_a_token_of_another_secret_or_of_the_secret_itself_is_refused() -> None:
    assert refusal(InternalTokens(SECRET + "!").issue("worker", USER, ["read"])) == INVALID
    assert refusal(forged(SECRET)) == INVALID
    assert refusal(forged(AccessTokens(SECRET)._keys.signer)) == INVALID


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "azp", "scope", "jti", "iat", "exp"])
def test_a_token_without_one_of_its_claims_is_refused(claim: str) -> None:
    assert refusal(forged(**{claim: None})) == INVALID


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "tablegraph-api"},
        {"iss": "other"},
        {"sub": "ada"},
        {"scope": ""},
        {"scope": "all"},
        {"scope": "read all"},
    ],
)
def test_a_token_with_foreign_claims_is_refused(changes: dict[str, Any]) -> None:
    assert refusal(forged(**changes)) == INVALID


@pytest.mark.parametrize("text", ["tgi_", "tgi_a.b.c", "tgi_" + "a" * 3000, "tgi_é"])
def test_what_is_no_token_is_refused(text: str) -> None:
    assert refusal(text) == INVALID
